"""Sheets before the camera: one that fills the picture, or notes on a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digitnet.pages import layout
from digitnet.pages.camera import Pose
from digitnet.pages.layout import WrittenLine
from digitnet.pages.pen import Colour
from digitnet.pages.plan import Plan
from digitnet.pages.supply import Supply
from digitnet.pages.usual import ballpoint

Random = np.random.Generator

_PAPERS: tuple[Colour, ...] = (
    (250, 249, 247),
    (244, 243, 240),
    (238, 235, 228),
    (250, 236, 140),
    (255, 205, 210),
    (190, 228, 180),
)
_TURN = 7.0  # degrees: how far a note lies from straight, at most


@dataclass
class Sheet:
    """A sheet of paper: its plan, what is written on it, and how it lies before the camera."""

    plan: Plan
    lines: list[WrittenLine]
    pose: Pose


def write_sheets(plan: Plan, source: Supply, rng: Random) -> list[Sheet]:
    """Write what is planned, on one sheet or several, in reading order."""
    if plan.sheets > 1:
        return _notes(plan, source, rng)
    lines = layout.write(plan, source, rng)
    return [Sheet(plan, lines, Pose(plan, _extent(lines, plan), rng))]


def _extent(lines: list[WrittenLine], plan: Plan) -> tuple[float, float, float, float]:
    """What must be seen: the whole note on a table, otherwise the writing."""
    if plan.table:
        return 0.0, 0.0, float(plan.width), float(plan.height)
    return layout.around([mark for line in lines for mark in line.marks])


def _notes(plan: Plan, source: Supply, rng: Random) -> list[Sheet]:
    """Notes that lie side by side, each with lines, ink and paper of its own."""
    camera = Pose(plan, (0.0, 0.0, float(plan.width), float(plan.height)), rng)
    found = []
    for left, top, width, height in _places(plan):
        note = _note(plan, width, height, rng)
        turn = np.radians(rng.uniform(-_TURN, _TURN))
        place = _placed(note, (left + width / 2, top + height / 2), float(turn))
        found.append(Sheet(note, layout.write(note, source, rng), camera.on(place)))
    return found


def _places(plan: Plan) -> list[tuple[float, float, float, float]]:
    """Rectangles (left, top, width, height) on the table, row by row."""
    wide = plan.width > plan.height
    rows = {2: [2] if wide else [1, 1], 3: [3] if wide else [1, 2], 4: [2, 2]}[plan.sheets]
    height = plan.height / len(rows)
    return [
        (column * plan.width / count, row * height, plan.width / count, height)
        for row, count in enumerate(rows)
        for column in range(count)
    ]


def _note(plan: Plan, width: float, height: float, rng: Random) -> Plan:
    """A sheet that fits into a rectangle however it is turned."""
    shares = rng.uniform(0.6, 0.84, 2)
    note = replace(
        plan,
        width=round(shares[0] * width),
        height=round(shares[1] * height),
        paper=_PAPERS[int(rng.integers(len(_PAPERS)))],
        inks=[ballpoint(rng)],
    )
    usual = plan.digit_height * float(np.exp(rng.normal(0, 0.2)))
    note.digit_height = min(usual, note.height / 5.5, note.width / 4)
    if rng.random() < 0.3:
        note.ruling, note.rule_pitch = "ruled", float(rng.uniform(1.2, 1.8))
        note.leading, note.slope = (0.05, 0.4), 0.0
        note.rule_width = max(1.0, 0.025 * note.digit_height)
    return note


def _placed(note: Plan, middle: tuple[float, float], turn: float) -> NDArray[np.float64]:
    """The matrix that turns a sheet about its middle and puts that somewhere on the table."""
    cos, sin = np.cos(turn), np.sin(turn)
    x, y = note.width / 2, note.height / 2
    return np.array(
        [
            [cos, -sin, middle[0] - cos * x + sin * y],
            [sin, cos, middle[1] - sin * x - cos * y],
            [0.0, 0.0, 1.0],
        ]
    )
