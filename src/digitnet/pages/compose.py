"""Compose a page: plan, write, lay before the camera, take the picture."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.datasets import Digits
from digitnet.errors import UsageError
from digitnet.pages import clutter, layout, paper, things
from digitnet.pages.arrays import Bytes, as_floats
from digitnet.pages.camera import Pose, expose
from digitnet.pages.conditions import CONDITIONS, planned
from digitnet.pages.layout import WrittenLine
from digitnet.pages.page import Box, Page
from digitnet.pages.pen import Draughtsman, Ink
from digitnet.pages.plan import Plan


def compose(digits: Digits, condition: str, seed: int, *, megapixels: float | None = None) -> Page:
    """Compose a photograph of a handwritten page with known text.

    Args:
        digits: where the digits come from; which stand on the page is drawn at random.
        condition: one of `CONDITIONS`.
        seed: the same seed, condition and digits give the same page, to the pixel.
        megapixels: the size of the picture in millions of pixels; without it the sizes vary,
            from snippets of 300×180 to 3 megapixels.

    Returns:
        The page. All its digits lie inside the picture.

    Raises:
        UsageError: there is no such condition.
    """
    if condition not in CONDITIONS:
        raise UsageError(
            "There is no condition {condition}: use one of {conditions}.",
            condition=condition,
            conditions=", ".join(CONDITIONS),
        )
    rng = np.random.default_rng([seed, CONDITIONS.index(condition)])
    plan = planned(condition, rng, megapixels)
    source = layout.supply(digits, rng)
    lines = layout.write(plan, source, rng)
    pose = Pose(plan, _extent(lines, plan), rng)
    ground = paper.table(plan, pose, rng) if plan.table else paper.ground(plan, rng)
    brush = Draughtsman(ground, rng)
    if plan.bleed:
        _bleed(plan, layout.write(plan, source, rng), brush)
    paper.rule(plan, lines, pose, brush, rng)
    boxes = [_ink(line, pose, brush, plan.inks[line.ink]) for line in lines]
    size = float(np.median([box[3] for line in boxes for box in line]))
    lookalikes: tuple[Box, ...] = ()
    if plan.clutter:
        lookalikes = clutter.scatter(plan, _taken(boxes, ground), size, brush, rng)
    if plan.things:
        things.lay(ground, plan.things, _taken(boxes, ground), size, rng)
    picture = expose(ground, plan, size, rng)
    text = tuple(line.text for line in lines)
    return Page(picture, text, tuple(map(tuple, boxes)), condition, lookalikes)


def _extent(lines: list[WrittenLine], plan: Plan) -> tuple[float, float, float, float]:
    """What must be seen: the whole note on a table, otherwise the writing."""
    if plan.table:
        return 0.0, 0.0, float(plan.width), float(plan.height)
    extents = np.array([digit.extent() for line in lines for digit in line.digits])
    left, top = extents[:, :2].min(axis=0)
    right, bottom = extents[:, 2:].max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _ink(line: WrittenLine, pose: Pose, brush: Draughtsman, ink: Ink) -> list[Box]:
    return [brush.draw(pose.strokes(digit.strokes), ink) for digit in line.digits]


def _bleed(plan: Plan, lines: list[WrittenLine], brush: Draughtsman) -> None:
    """The other side's writing, mirrored and soft."""
    for line in lines:
        ink = Ink(plan.inks[0].colour, plan.bleed, 0.2, 0.5)
        for digit in line.digits:
            mirrored = [
                (as_floats(path * (-1, 1) + (plan.width, 0)), as_floats(radius * 1.15))
                for path, radius in digit.strokes
            ]
            brush.draw(mirrored, ink, soft=0.02 * line.size)


def _taken(boxes: list[list[Box]], picture: Bytes) -> Bytes:
    """Where the writing is, with the room that keeps other things from being taken for it."""
    taken = np.zeros(picture.shape[:2], np.uint8)
    for line in boxes:
        for x, y, width, height in line:
            pad = max(round(0.35 * height), 4)
            corner = (x + width + pad, y + height + pad)
            cv2.rectangle(taken, (x - pad, y - pad), corner, 1, -1)
    return taken
