"""Where nearly level rules run, each straight but for some sway, also where digits lie on them."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import find_marks, longer_sides, only_marks
from digitnet.reading.rules.straight import turned

LONG = 0.35  # of the page's width, each rule's ink
LEAST_PIECE = 6  # pixels: a piece of a rule between digits,
ALIKE = 0.06, 0.02, 0.02  # of the slope that is expected, first, then more narrowly,
ENOUGH = 6  # while there are so many,
SAME = 3.0  # pixels or less from the next in height
COURSE = 0.15  # of the page's longer side: over so much a rule is straight,
BEYOND = 0.1  # and so far it goes on
SWAY = 1.0  # pixels that a rule may be off its course
DEEPER = 2  # pixels more than a rule is thick: a stroke that crosses it
ACROSS = (60, 90, 120)  # degrees, to a rule: ways of strokes that cross it
CRUMB = 2.0  # times as long as rules are thick: what is left of them where they cross

_Numbers = NDArray[np.float64]
Pixels = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows and columns


class Course(NamedTuple):
    """Where a nearly level rule runs."""

    points: NDArray[np.int32]  # (n, 2), a column and a row each, from left to right
    thickness: float  # pixels

    def at(self, column: float) -> float:
        """The row in which it runs at a column."""
        return float(np.interp(column, *self.points.T))

    def draw(self, mask: Mask, sway: float = 0.0) -> None:
        """Draw it into a mask, by so many pixels wider on either side."""
        width = max(1, round(self.thickness + 2 * sway))
        cv2.polylines(mask, [self.points], False, 255, width)


def long_rules(level: Mask, length: float) -> list[Pixels]:
    """The pixels of every nearly level line that is long, its parts taken together.

    Args:
        level: uint8 (h, w), lines: rules, and straight parts of digits.
        length: of a rule, in pixels.
    """
    labels, stats = find_marks(level)
    pieces = stats[:, cv2.CC_STAT_WIDTH] >= LEAST_PIECE
    if not pieces.any():
        return []
    rows, columns = np.nonzero(level)
    owner = labels[rows, columns]
    x, y, slope, weight = _straight_lines(rows, columns, owner, stats[:, cv2.CC_STAT_AREA])
    slope = _seen_from_aside(y, slope, np.where(pieces, weight, 0.0))
    in_middle = y + slope * (level.shape[1] / 2 - x)
    order = np.flatnonzero(pieces)[np.argsort(in_middle[pieces])]
    rule = np.zeros(len(stats), np.intp)
    rule[order] = 1 + np.cumsum(np.diff(in_middle[order], prepend=in_middle[order[0]]) > SAME)
    inked = np.bincount(rule, stats[:, cv2.CC_STAT_WIDTH])
    inked[0] = 0
    of_rule = rule[owner]
    long = np.flatnonzero(inked >= LONG * length)
    return [(rows[of_rule == i], columns[of_rule == i]) for i in long]


def course(pixels: Pixels, shape: tuple[int, ...]) -> Course:
    """Where a rule runs, from a little beyond one end to a little beyond the other."""
    rows, columns = pixels
    count = np.bincount(columns)
    inked = np.flatnonzero(count)
    height = np.bincount(columns, rows)[inked] / count[inked]
    slope = np.polyfit(inked, height, 1)
    window = round(COURSE * max(shape)) | 1
    off = np.pad(height - np.polyval(slope, inked), window // 2, mode="edge")
    sway = np.median(np.lib.stride_tricks.sliding_window_view(off, window), axis=1)
    beyond = round(BEYOND * max(shape))
    at = np.arange(max(0, inked[0] - beyond), min(shape[1], inked[-1] + beyond + 1))
    height = np.polyval(slope, at) + np.interp(at, inked, sway)
    points = np.rint(np.stack([at, height], axis=1)).astype(np.int32)
    return Course(points, float(np.median(count[inked])))


def between_strokes(mask: Mask, level: list[Course], upright: list[Course]) -> tuple[Mask, Mask]:
    """The ink of level rules, and of those that stand, but where a stroke crosses them.

    A stroke that runs nearly along a rule soon leaves its course, which goes on as it was.
    """
    rules, thickness = _along(mask, level)
    standing, width = _along(turned(mask), upright)
    standing = turned(standing)
    left = as_bytes(cv2.subtract(mask, rules | standing))
    labels, stats = find_marks(left)
    crumbs = longer_sides(stats) <= CRUMB * max(thickness, width)
    crossings = only_marks(labels, crumbs)
    left = as_bytes(cv2.subtract(left, crossings))
    rules = as_bytes(cv2.subtract(rules, _bridges(left, thickness)))
    standing = as_bytes(cv2.subtract(standing, turned(_bridges(turned(left), width))))
    return rules | crossings, standing


def _along(mask: Mask, courses: list[Course]) -> tuple[Mask, float]:
    """The ink of nearly level rules, but what is deeper than they are, and how thick they are."""
    bands = np.zeros_like(mask)
    for each in courses:
        each.draw(bands, SWAY)
    if not courses:
        return bands, 0.0
    thickness = float(np.median([each.thickness for each in courses]))
    deep = np.ones((round(thickness) + DEEPER, 1), np.uint8)
    strokes = cv2.morphologyEx(mask, cv2.MORPH_OPEN, deep)
    return as_bytes(cv2.subtract(cv2.bitwise_and(mask, bands), strokes)), thickness


def _bridges(left: Mask, thickness: float) -> Mask:
    """Ink, and where its strokes would run on across level rules that were taken out of it."""
    bridges = np.zeros_like(left)
    half = (thickness + 2 * SWAY + 1) / 2
    for way in np.radians(ACROSS):
        right, up = round(half / np.tan(way)), round(half)
        line = np.zeros((2 * up + 1, 2 * abs(right) + 1), np.uint8)
        middle = abs(right)
        cv2.line(line, (middle - right, 2 * up), (middle + right, 0), 1)
        bridges |= as_bytes(cv2.morphologyEx(left, cv2.MORPH_CLOSE, line))
    return bridges


def _straight_lines(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    owner: NDArray[np.int32],
    area: NDArray[np.int64],
) -> tuple[_Numbers, _Numbers, _Numbers, _Numbers]:
    """The straight line through each of some marks.

    Args:
        rows: of all their pixels, (n,).
        columns: likewise.
        owner: the mark of each.
        area: how many pixels each mark has, (m,).

    Returns:
        Of each mark the column and the row of its middle, its slope, and how well that is known.
    """
    count = np.maximum(area, 1)
    x = np.bincount(owner, columns, minlength=len(area)) / count
    y = np.bincount(owner, rows, minlength=len(area)) / count
    along, across = columns - x[owner], rows - y[owner]
    spread = np.bincount(owner, along**2, minlength=len(area))
    slope = np.bincount(owner, along * across, minlength=len(area)) / np.maximum(spread, 1)
    return x, y, slope, np.sqrt(spread)


def _seen_from_aside(y: _Numbers, slope: _Numbers, weight: _Numbers) -> _Numbers:
    """The slopes that rules have at some heights: seen from aside, they run together.

    Args:
        y: the heights of pieces of rules, (n,), of which some are strokes of digits.
        slope: theirs.
        weight: how well each is known; 0 of one that says nothing.
    """
    order = np.argsort(slope)
    share = np.cumsum(weight[order])
    model = np.array([0.0, slope[order][np.searchsorted(share, share[-1] / 2)]])
    for most in ALIKE:
        kept = (weight > 0) & (np.abs(slope - np.polyval(model, y)) < most)
        if np.count_nonzero(kept) < ENOUGH or np.ptp(y[kept]) < SAME:
            break
        model = np.polyfit(y[kept], slope[kept], 1, w=weight[kept])
    return np.asarray(np.polyval(model, y))
