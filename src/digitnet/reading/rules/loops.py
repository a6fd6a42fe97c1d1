"""Rings drawn around writing, followed through what they touch or cross."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Floats, Mask, as_bytes
from digitnet.reading.marks import Stats, find_marks, longer_sides, only_marks

ANGLES = 360  # of a ring, about its middle
RADII = np.linspace(0.6, 1.6, 81, dtype=np.float32)  # where a ring may be: 1 is its hole's edge
BEND = 0.2  # what a bend costs, in samples without ink
BEYOND = np.float32(0.25)  # and a sample beyond the picture: where ink is seen, that is followed
COVERED = 0.95  # of a ring has ink
APART = 3  # of `RADII`: how near its ends come
HOLE_FILL = 0.5, 0.9  # of its box: an ellipse fills 0.79, and the cell of a form all
HIGHER, WIDER = 1.15, 0.9  # than most marks: the hole of a ring at least
OF_HOLE, OF_MARKS = 0.25, 0.5  # of the hole's height, and of most marks': a mark within is as high
MOST_HOLES = 40  # a page with more is rather a pattern
MOST_ROUNDS = 4  # rings that overlap are found one after the other
LEAST_MARK = 12  # pixels
CRUMB = 0.5  # of most marks: what is left of a ring where something met it is smaller, or
NEAR, MOSTLY_NEAR = 0.1, 0.6  # of most marks: as near to the ring is so much of it
BESIDE = 3  # pixels from a ring: what is there on both sides crosses it
FLAT = 4, 8  # times half a stroke, and pixels: between the two sides, the longest crossing

Points = Floats
"""(n, 2) as (x, y), in pixels."""


class _Hole(NamedTuple):
    """The box of what a ring encloses."""

    x: int
    y: int
    width: int
    height: int


def without_loops(mask: Mask) -> Mask:
    """Leave out rings that touch the writing around or within them, or one another.

    Args:
        mask: uint8 (h, w), 255 where there is ink.

    Returns:
        The mask without them; the same array where there are none.
    """
    for _ in range(MOST_ROUNDS):
        rings, height = _rings(mask)
        if not rings.any():
            break
        mask = _without_crumbs(as_bytes(cv2.subtract(mask, rings)), rings, height)
    return mask


def _rings(mask: Mask) -> tuple[Mask, float]:
    """The ink of rings, but where a stroke crosses them; and how high most marks are."""
    found = np.zeros_like(mask)
    stats = find_marks(mask)[1][1:]
    stats = stats[stats[:, cv2.CC_STAT_AREA] >= LEAST_MARK]
    if len(stats) < 2:
        return found, 0.0
    height = float(np.median(stats[:, cv2.CC_STAT_HEIGHT]))
    holes = [hole for hole in _holes(mask, height) if _has_writing(hole, stats, height)]
    if 0 < len(holes) <= MOST_HOLES:
        depth = np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 3), np.float32)
        for ring in (_follow(depth, hole) for hole in holes):
            if ring is not None:
                found |= _ink(mask, depth, ring)
    return found, height


def _holes(mask: Mask, height: float) -> list[_Hole]:
    """The holes in the ink that are as large as a ring's; the edges of the picture are ink."""
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    contours, hierarchy = cv2.findContours(framed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0], strict=True):
        x, y, w, h = cv2.boundingRect(contour)
        if parent >= 0 and h > HIGHER * height and w > WIDER * height:
            least, most = HOLE_FILL
            if least * w * h < cv2.contourArea(contour) < most * w * h:
                found.append(_Hole(x - 1, y - 1, w, h))
    return found


def _has_writing(hole: _Hole, stats: Stats, height: float) -> bool:
    """Whether a mark lies in a hole, free of its edge, that is as high as writing."""
    left, top, wide, tall, _ = stats.T
    inside = (left > hole.x) & (left + wide < hole.x + hole.width)
    inside &= (top > hole.y) & (top + tall < hole.y + hole.height)
    return bool(np.any(inside & (tall > max(OF_HOLE * hole.height, OF_MARKS * height))))


def _follow(depth: Floats, hole: _Hole) -> Points | None:
    """Follow the ink around a hole, the smoothest way; None where it does not go all around.

    Args:
        depth: (h, w), how far each pixel is from the edge of the ink; beyond the picture, rings may
            go on.
        hole: in the ink.

    Returns:
        Points of the ring, one an angle.
    """
    angle = np.arange(ANGLES, dtype=np.float32) * np.float32(2 * np.pi / ANGLES)
    x = hole.x + hole.width / 2 * (1 + np.outer(np.cos(angle), RADII))
    y = hole.y + hole.height / 2 * (1 + np.outer(np.sin(angle), RADII))
    x, y = x.astype(np.float32), y.astype(np.float32)
    around = np.asarray(cv2.remap(depth, x, y, cv2.INTER_LINEAR), np.float32)
    if not around.any():
        return None
    stroke = float(np.median(around[around > 0]))
    is_beyond = (x < 0) | (y < 0) | (x > depth.shape[1] - 1) | (y > depth.shape[0] - 1)
    way = _smoothest(np.where(is_beyond, BEYOND, 1 - np.minimum(around / stroke, 1)))
    at = np.arange(ANGLES), way
    if abs(way[0] - way[-1]) > APART or np.mean((is_beyond | (around > 0))[at]) < COVERED:
        return None
    return np.stack([x[at], y[at]], axis=1)


def _smoothest(cost: Floats) -> NDArray[np.intp]:
    """The cheapest way around, by dynamic programming: of each row, the column.

    Args:
        cost: (rows, columns); the way goes twice through all rows, so that its ends may meet, and
            from a row to the next by a column at most. Every change of that step costs `BEND`.
    """
    twice = np.concatenate([cost, cost])
    rows, columns = twice.shape
    bends = BEND * np.abs(np.subtract.outer(np.arange(3), np.arange(3))).astype(np.float32)
    best = np.zeros((3, columns), np.float32)  # by the last step: to the left, straight, right
    came = np.zeros((rows, 3, columns), np.int8)
    for row in range(rows):
        reached = np.full((3, 3, columns), np.inf, np.float32)  # by this step, and the one before
        reached[0, :, :-1] = best[:, 1:]
        reached[1] = best
        reached[2, :, 1:] = best[:, :-1]
        reached += bends[:, :, None]
        came[row] = reached.argmin(axis=1)
        best = reached.min(axis=1) + twice[row]
    step, column = (int(i) for i in np.unravel_index(best.argmin(), best.shape))
    way = np.zeros(rows, np.intp)
    for row in range(rows - 1, -1, -1):
        way[row] = column
        step, column = int(came[row, step, column]), column + 1 - step
    first = len(cost) // 2  # Near its start and its end, a way does not know what comes.
    return np.roll(way[first : first + len(cost)], first)


def _ink(mask: Mask, depth: Floats, ring: Points) -> Mask:
    """The ink of a ring, but where a stroke crosses it."""
    size = np.array(mask.shape[::-1])
    x, y = np.clip(np.rint(ring).astype(int), 0, size - 1).T
    half = float(np.median(cv2.dilate(depth, np.ones((5, 5), np.uint8))[y, x]))
    band, crossings = np.zeros_like(mask), np.zeros_like(mask)
    cv2.polylines(band, [np.rint(ring).astype(np.int32)], True, 255, 2 * round(half) + 3)
    along = np.roll(ring, -1, axis=0) - np.roll(ring, 1, axis=0)
    outward = along[:, ::-1] * (1, -1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    outer, inner = (_inked(mask, ring + side * (half + BESIDE) * outward) for side in (1, -1))
    for start in outer if len(inner) else ():
        away = np.hypot(*(inner - start).T)
        if away.min() < FLAT[0] * half + FLAT[1]:
            end = inner[away.argmin()]
            cv2.line(crossings, start.tolist(), end.tolist(), 255, max(1, round(2 * half)))
    return as_bytes(mask & band & ~crossings)


def _inked(mask: Mask, points: NDArray[np.floating]) -> NDArray[np.intp]:
    """Those of some points (n, 2) that are in the picture, and ink; in whole pixels."""
    pixels = np.rint(points).astype(np.intp)
    pixels = pixels[((pixels >= 0) & (pixels < mask.shape[::-1])).all(axis=1)]
    return np.asarray(pixels[mask[pixels[:, 1], pixels[:, 0]] > 0])


def _without_crumbs(left: Mask, rings: Mask, height: float) -> Mask:
    """What is left of the ink without what is left of rings where something met them."""
    labels, stats = find_marks(left)
    reach = 2 * round(NEAR * height) + 3
    near = cv2.dilate(rings, np.ones((reach, reach), np.uint8)) > 0
    share = np.bincount(labels[near], minlength=len(stats)) / np.maximum(stats[:, -1], 1)
    crumbs = (share > MOSTLY_NEAR) | ((share > 0) & (longer_sides(stats) < CRUMB * height))
    crumbs[0] = False
    return as_bytes(cv2.subtract(left, only_marks(labels, crumbs)))
