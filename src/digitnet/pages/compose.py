"""Compose a page: plan, write, lay before the camera, take the picture."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np

from digitnet.datasets import Digits
from digitnet.errors import UsageError
from digitnet.pages import clutter, layout, paper, things
from digitnet.pages.arrays import Bytes, as_floats
from digitnet.pages.camera import Pose, expose
from digitnet.pages.conditions import CONDITIONS, planned
from digitnet.pages.layout import WrittenLine, WrittenSign
from digitnet.pages.page import Box, Page
from digitnet.pages.panels import paint, plan_panels
from digitnet.pages.pen import Draughtsman, Ink, parts
from digitnet.pages.plan import Plan
from digitnet.pages.prints import add_print
from digitnet.pages.sheets import Sheet, write_sheets
from digitnet.pages.signs import FALL_APART, MARKS, SIGNS
from digitnet.pages.supply import Supply


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
    source = Supply(digits, rng)
    sheets = write_sheets(plan, source, rng)
    brush = Draughtsman(_ground(plan, sheets, rng), rng)
    if plan.bleed:
        _bleed(plan, layout.write(plan, source, rng), brush)
    lookalikes, on_panels = _prepare(plan, sheets, brush, rng)
    lines = [(line, sheet) for sheet in sheets for line in sheet.lines]
    inks = [
        plan.panel_ink if number in on_panels else sheet.plan.inks[line.ink]
        for number, (line, sheet) in enumerate(lines)
    ]
    boxes, drawn = (
        [draw(line, sheet.pose, brush, ink) for (line, sheet), ink in zip(lines, inks, strict=True)]
        for draw in (_ink, _signs)
    )
    size = float(np.median([box[3] for line in boxes for box in line]))
    lookalikes += [box for line, sheet in lines for box in _lookalikes(line.signs, sheet.pose)]
    taken = _taken([*boxes, *drawn], brush.picture)
    if plan.clutter:
        lookalikes += clutter.scatter(plan, taken, size, brush, rng)
    if plan.things:
        things.lay(brush.picture, plan.things, taken, size, rng, on_table=plan.table)
    picture = expose(brush.picture, plan, size, rng)
    text = tuple(line.text for line, _ in lines)
    signs = tuple(
        box
        for (line, _), found in zip(lines, drawn, strict=True)
        for sign, box in zip(line.signs, found, strict=True)
        if sign.name in SIGNS or sign.name in MARKS
    )
    return Page(picture, text, tuple(map(tuple, boxes)), condition, tuple(lookalikes), signs)


def _ground(plan: Plan, sheets: list[Sheet], rng: np.random.Generator) -> Bytes:
    """The blank sheets as they lie in the picture."""
    if not plan.table:
        return paper.ground(plan, rng)
    picture = paper.table(plan, rng)
    for sheet in sheets:
        picture = paper.put(picture, sheet.plan, sheet.pose, rng)
    return picture


def _prepare(
    plan: Plan, sheets: list[Sheet], brush: Draughtsman, rng: np.random.Generator
) -> tuple[list[Box], set[int]]:
    """What is there before anyone writes: panels, rules, print.

    Returns:
        The boxes of printed letters that look like digits, and the numbers of the lines that are to
        be written on panels.
    """
    first, *_ = sheets
    rectangles, on_panels = plan_panels(plan, first.lines, rng)
    paint(rectangles, plan, first.pose, brush)
    for sheet in sheets:
        paper.rule(sheet.plan, sheet.lines, sheet.pose, brush, rng)
    if plan.printed == "none" and not plan.codes:
        return [], on_panels
    return add_print(plan, first.lines, rectangles, first.pose, brush, rng), on_panels


def _ink(line: WrittenLine, pose: Pose, brush: Draughtsman, ink: Ink) -> list[Box]:
    return [brush.draw(pose.strokes(digit.strokes), ink) for digit in line.digits]


def _signs(line: WrittenLine, pose: Pose, brush: Draughtsman, ink: Ink) -> list[Box]:
    return [brush.draw(pose.strokes(sign.strokes), ink) for sign in line.signs]


def _lookalikes(signs: list[WrittenSign], pose: Pose) -> list[Box]:
    """The boxes of what stands apart in a sign, and of what the reader may join of it."""
    found: list[Box] = []
    for sign in signs:
        if sign.name in FALL_APART:
            boxes = sorted(parts(pose.strokes(sign.strokes)))
            for first, last in combinations(range(len(boxes) + 1), 2):
                if last - first < len(boxes):
                    found.append(_around(boxes[first:last]))
    return found


def _around(boxes: list[Box]) -> Box:
    left, top = min(x for x, *_ in boxes), min(y for _, y, *_ in boxes)
    right, bottom = max(x + w for x, _, w, _ in boxes), max(y + h for _, y, _, h in boxes)
    return left, top, right - left, bottom - top


def _bleed(plan: Plan, lines: list[WrittenLine], brush: Draughtsman) -> None:
    """The other side's writing, mirrored and soft."""
    for line in lines:
        ink = Ink(plan.inks[0].colour, plan.bleed, 0.2, 0.5)
        for mark in line.marks:
            mirrored = [
                (as_floats(path * (-1, 1) + (plan.width, 0)), as_floats(radius * 1.15))
                for path, radius in mark.strokes
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
