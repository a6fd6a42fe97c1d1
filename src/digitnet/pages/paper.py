"""What is written on: paper, boards, printed lines, and the table below a note."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.pages import forms
from digitnet.pages.arrays import Bytes, Floats, as_bytes, as_floats
from digitnet.pages.camera import Pose, tiled
from digitnet.pages.layout import WrittenLine
from digitnet.pages.pen import Colour, Draughtsman, Ink, Strokes
from digitnet.pages.plan import Plan


def ground(plan: Plan, rng: np.random.Generator) -> Bytes:
    """Blank paper (or a board) that fills the picture: uint8, (height, width, 3)."""
    return _blank(plan, (plan.height, plan.width), rng)


def _blank(plan: Plan, shape: tuple[int, int], rng: np.random.Generator) -> Bytes:
    tone = np.ones(shape, np.float32)
    if plan.grain:
        fine = cv2.GaussianBlur(tiled(shape, rng), (0, 0), 0.9)
        tone += np.float32(2.2 * plan.grain) * fine
    tone += np.float32(plan.mottle) * _clouds(shape, rng)
    if plan.board:
        tone += np.float32(0.25) * np.abs(_smears(shape, rng))
    return as_bytes(cv2.merge([cv2.convertScaleAbs(tone, alpha=share) for share in plan.paper]))


def _clouds(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Slow variation over the sheet, of standard deviation about 1."""
    height, width = shape
    cells = (max(8 * height // min(shape), 8), max(8 * width // min(shape), 8))
    coarse = np.zeros((4 * cells[0], 4 * cells[1]), np.float32)
    for finer in (1, 2, 4):
        layer = rng.standard_normal((finer * cells[0] // 2, finer * cells[1] // 2), np.float32)
        coarse += cv2.resize(layer, coarse.shape[::-1], interpolation=cv2.INTER_CUBIC) * 0.7
    return as_floats(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def _smears(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """The traces of a duster: clouds drawn out in one direction."""
    height, width = shape
    coarse = rng.standard_normal((max(height // 12, 4), max(width // 160, 4)), np.float32)
    field = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-35, 35)), 1.2)
    turned = cv2.warpAffine(field, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    return as_floats(turned)


def table(plan: Plan, rng: np.random.Generator) -> Bytes:
    """Dark wood that fills the picture: uint8, (height, width, 3)."""
    shape = (plan.height, plan.width)
    streaks = cv2.resize(
        rng.standard_normal((max(plan.height // 3, 2), max(plan.width // 90, 2)), np.float32),
        (plan.width, plan.height),
        interpolation=cv2.INTER_CUBIC,
    )
    tone = 1 + rng.uniform(0.05, 0.18) * streaks + 0.1 * _clouds(shape, rng)
    if rng.random() < 0.5:
        turn = cv2.getRotationMatrix2D(
            (plan.width / 2, plan.height / 2), float(rng.uniform(0, 180)), 1.8
        )
        tone = cv2.warpAffine(tone, turn, (plan.width, plan.height), borderMode=cv2.BORDER_REFLECT)
    woods: list[Colour] = [(92, 62, 40), (60, 44, 34), (48, 48, 50), (110, 84, 58), (34, 40, 52)]
    wood = np.array(woods[int(rng.integers(len(woods)))], np.float32) * rng.uniform(0.7, 1.15)
    return as_bytes(np.clip(tone[:, :, None] * wood, 0, 255).astype(np.uint8))


def put(picture: Bytes, plan: Plan, pose: Pose, rng: np.random.Generator) -> Bytes:
    """Lay a sheet on a table: its rectangle, of blank paper, with its shadow.

    Args:
        picture: of the table, uint8, (height, width, 3).
        plan: the sheet.
        pose: how it lies.
        rng: decides what the plan leaves open.
    """
    height, width = shape = picture.shape[:2]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    quad = pose(corners * np.array([plan.width, plan.height], np.float32))
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(quad * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    drop = max(width // 150, 2)
    shade = cv2.GaussianBlur(np.roll(mask, (drop, drop), (0, 1)), (0, 0), drop)
    dimmed = cv2.multiply(picture, cv2.merge([1 - shade / np.float32(510)] * 3), dtype=cv2.CV_8U)
    cover = mask[:, :, None].astype(np.float32) / 255
    paper = _blank(plan, (height, width), rng)
    return (dimmed + cover * (paper.astype(np.float32) - dimmed)).astype(np.uint8)


def rule(
    plan: Plan, lines: list[WrittenLine], pose: Pose, brush: Draughtsman, rng: np.random.Generator
) -> None:
    """Print the plan's lines, squares or boxes on the sheet, where the writing wants them."""
    strokes: Strokes = []
    if plan.ruling == "ruled":
        strokes = _parallels(plan, _pitch(plan), 1, lines[0].baseline + 0.05 * lines[0].size)
        if rng.random() < 0.4:
            x = float(rng.uniform(0.05, 0.12)) * plan.width
            beyond = 0.0 if plan.table else 0.5 * plan.height
            margin = forms.stroke((x, -beyond), (x, plan.height + beyond), plan.rule_width)
            brush.draw(_posed([margin], pose), Ink((205, 90, 90), 0.7, unevenness=0.0))
    elif plan.ruling == "grid":
        pitch = _pitch(plan)
        strokes = _parallels(plan, pitch, 1, lines[0].baseline + 0.05 * lines[0].size)
        strokes += _parallels(plan, pitch, 0, float(rng.uniform(0, pitch)))
    elif plan.ruling != "none":
        strokes = [stroke for line in lines for stroke in forms.boxes(plan, line)]
    if strokes:
        for stroke in _posed(strokes, pose):
            brush.draw([stroke], plan.rule_ink)


def _pitch(plan: Plan) -> float:
    return plan.rule_pitch * plan.digit_height


def _parallels(plan: Plan, pitch: float, axis: int, through: float) -> Strokes:
    """Lines over the sheet (axis 1: horizontal, 0: vertical); without a table there is no edge."""
    size = (plan.width, plan.height)
    beyond = 0.0 if plan.table else 0.5
    first = through - pitch * np.floor((through + beyond * size[axis]) / pitch)
    strokes: Strokes = []
    for at in np.arange(first, (1 + beyond) * size[axis], pitch):
        span = size[1 - axis]
        ends = [(-beyond * span, at), ((1 + beyond) * span, at)]
        if axis == 0:
            ends = [(y, x) for x, y in ends]
        strokes.append(forms.stroke(ends[0], ends[1], plan.rule_width))
    return strokes


def _posed(strokes: Strokes, pose: Pose) -> Strokes:
    return [(pose(path), radius) for path, radius in strokes]
