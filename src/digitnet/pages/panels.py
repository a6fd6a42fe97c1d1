"""Dark panels on a light page: a field to draw on, a banner, the windows of a meter, a board."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.pages.arrays import Floats, as_floats
from digitnet.pages.camera import Pose
from digitnet.pages.layout import CELL, WrittenLine, around
from digitnet.pages.pen import Draughtsman, Ink
from digitnet.pages.plan import Plan

Random = np.random.Generator
Rectangle = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels of the sheet."""


def plan_panels(
    plan: Plan, lines: list[WrittenLine], rng: Random
) -> tuple[list[Rectangle], set[int]]:
    """Return where the planned panels are, and the numbers of the lines that stand on them."""
    every = set(range(len(lines)))
    if plan.panel == "none":
        return [], set()
    if plan.panel == "banner":
        return _banner(plan, lines, rng)
    if plan.panel == "windows":
        return [window for line in lines for window in _windows(line, rng)], every
    left, top, right, bottom = around([mark for line in lines for mark in line.marks])
    least, most = (0.3, 0.55) if plan.panel == "canvas" else (0.35, 1.0)
    pads = rng.uniform(least, most, 4) * plan.digit_height
    if plan.panel == "canvas":  # They are squares, or not much wider.
        lacking = max(0.6 * (right - left) - (bottom - top), 0.0) / 2
        pads[[1, 3]] += min(lacking, top, plan.height - bottom)
    return [(left - pads[0], top - pads[1], right + pads[2], bottom + pads[3])], every


def paint(rectangles: list[Rectangle], plan: Plan, pose: Pose, brush: Draughtsman) -> None:
    """Paint panels on the picture."""
    ink = Ink(plan.panel_colour, 0.97, 0.0, 0.03)
    for left, top, right, bottom in rectangles:
        corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
        alpha = _filled(pose(corners), brush.picture.shape[:2])
        brush.lay(alpha, 0, 0, ink)


def _filled(corners: Floats, shape: tuple[int, ...]) -> Floats:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return as_floats(mask) / np.float32(255)


def _banner(plan: Plan, lines: list[WrittenLine], rng: Random) -> tuple[list[Rectangle], set[int]]:
    """A strip across the page, with some of its lines, often along its upper or lower edge."""
    count = int(rng.integers(1, max(len(lines), 2)))
    first = 0 if rng.random() < 0.7 else len(lines) - count
    extents = [line.extent() for line in lines]
    after = first + count
    far = 0.5 * plan.height
    top = (
        extents[first][1] - 0.5 * plan.digit_height
        if first == 0
        else ((extents[first - 1][3] + extents[first][1]) / 2)
    )
    bottom = (
        extents[after - 1][3] + 0.5 * plan.digit_height
        if after == len(lines)
        else ((extents[after - 1][3] + extents[after][1]) / 2)
    )
    if rng.random() < 0.6:
        top, bottom = (-far, bottom) if first == 0 else (top, plan.height + far)
    return [(-far, top, plan.width + far, bottom)], set(range(first, after))


def _windows(line: WrittenLine, rng: Random) -> list[Rectangle]:
    """One for every digit, alike but for the widest digits'."""
    _, top, _, bottom = line.extent()
    pad, gap = float(rng.uniform(0.12, 0.4)) * line.size, float(rng.uniform(0.04, 0.16)) * line.size
    pitch = CELL * line.size
    windows = []
    for number, mark in enumerate(line.marks):
        left, _, right, _ = mark.extent()
        start, rim = line.start + number * pitch, 0.05 * line.size
        sides = min(start + gap, left - rim), max(start + pitch - gap, right + rim)
        windows.append((sides[0], top - pad, sides[1], bottom + pad))
    return windows
