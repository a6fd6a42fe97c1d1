"""Squares in a row, quartered by dashed rules, as Chinese children learn to write in."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.rules.courses import LONG, Course, between_strokes, course, long_rules
from digitnet.reading.rules.straight import find_straight, turned

LEVEL_SIDES, UPRIGHT_SIDES = 2, 4  # of squares in a row, and at least so many that stand
LEAST_SIDE = 12  # pixels: of smaller squares, nothing could be read
FROM_END_TO_END = 0.8  # of such a side's length lies between its ends: strokes are shorter
UNLIKE = 0.25  # two sides that are apart by so much more or less than they are long: no square
HALVES = 2  # of squares at least
DASHED = 0.35  # of a rule is ink,
DRAWN_THROUGH = 0.6  # or so much, where it has no gaps, or short ones;
DASHES = 1.4  # else so many pieces a square, times the share of the squares that are halved
AROUND = 8  # pixels


def quartered_squares(ink: Mask) -> Mask | None:
    """The ink of the rules of a row of squares that are quartered, but where a stroke crosses them.

    Args:
        ink: all in the box of a mark that may be such a row, uint8 (h, w).

    Returns:
        The rules, (h, w); None where it is no such row.
    """
    mask = np.pad(ink, AROUND)  # At an edge, no one sees how thick a rule is.
    sides = _sides(mask, mask.shape[1])
    if len(sides) < LEVEL_SIDES:
        return None
    height = float(np.ptp([side.at(mask.shape[1] / 2) for side in sides]))
    if height < LEAST_SIDE:
        return None
    upright = turned(mask)
    ends = _sides(upright, height)
    if len(ends) < UPRIGHT_SIDES:
        return None
    level, standing = _with_middles(mask, sides, height), _with_middles(upright, ends, height)
    level.sort(key=lambda rule: rule.at(mask.shape[1] / 2))
    if not _are_quartered(mask, level[1:-1], standing, height):
        return None
    rules = cv2.bitwise_or(*between_strokes(mask, level, standing))
    return as_bytes(rules[AROUND:-AROUND, AROUND:-AROUND]) if rules.any() else None


def _sides(mask: Mask, length: float) -> list[Course]:
    """Where the nearly level sides of squares run, of about that length, the upper first."""
    level, _ = find_straight(mask, LONG * length)
    rules = long_rules(level, length)
    whole = [rule for rule in rules if np.ptp(rule[1]) > FROM_END_TO_END * length]
    found = [course(rule, mask.shape) for rule in whole]
    return sorted(found, key=lambda side: side.at(mask.shape[1] / 2))


def _with_middles(mask: Mask, sides: list[Course], height: float) -> list[Course]:
    """Nearly level sides of squares so high, and the rules, mostly dashed, half way between two."""
    middles = []
    for above, below in pairwise(sides):
        apart = below.at(mask.shape[1] / 2) - above.at(mask.shape[1] / 2)
        middle = _between(above, below)
        if abs(apart / height - 1) < UNLIKE and np.mean(_inked(mask, middle)) > DASHED:
            middles.append(middle)
    return sides + middles


def _are_quartered(
    mask: Mask, middles: list[Course], standing: list[Course], height: float
) -> bool:
    """Whether squares are quartered, rather than some halved by digits, as it seems.

    The bars of a few 4 may cover as much of the way from end to end as dashes do.

    Args:
        mask: of the ink.
        middles: what is level half way between the sides of the squares.
        standing: their upright sides, and what stands half way between two.
        height: of the squares.
    """
    at = np.sort([each.at(mask.shape[0] / 2) for each in standing])
    halves = np.abs(np.diff(at) / (height / 2) - 1) < UNLIKE
    if not middles or np.count_nonzero(halves) < HALVES:
        return False
    inked = np.concatenate([_inked(mask, middle) for middle in middles])
    dashes = np.count_nonzero(np.diff(inked.astype(np.int8), prepend=0) > 0)
    per_square = dashes * height / len(inked) - 1  # A side of each is one.
    return bool(inked.mean() > DRAWN_THROUGH or per_square * np.mean(halves) > DASHES)


def _between(above: Course, below: Course) -> Course:
    """The course half way between two."""
    first = max(above.points[0, 0], below.points[0, 0])
    last = min(above.points[-1, 0], below.points[-1, 0])
    at = np.arange(first, last + 1)
    rows = [np.interp(at, *each.points.T) for each in (above, below)]
    points = np.rint(np.stack([at, np.mean(rows, axis=0)], axis=1)).astype(np.int32)
    return Course(points, (above.thickness + below.thickness) / 2)


def _inked(mask: Mask, rule: Course) -> NDArray[np.bool_]:
    """Where along a nearly level rule, from its left to its right, there is ink."""
    band = np.zeros_like(mask)
    rule.draw(band)
    columns = np.asarray(cv2.reduce(band, 0, cv2.REDUCE_MAX))[0] > 0
    inked = np.asarray(cv2.reduce(cv2.bitwise_and(mask, band), 0, cv2.REDUCE_MAX))[0] > 0
    return np.asarray(inked[columns])
