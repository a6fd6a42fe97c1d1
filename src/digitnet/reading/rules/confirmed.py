"""Which straight lines are rules or frames, and which are parts of digits."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import Stats, find_marks, only_marks
from digitnet.reading.rules.suspects import LARGEST_WRITING, LEAST_MARK

LONGEST_STROKE = 1.25  # of the writing's height: where no line is longer, none is a rule
LARGE = 1.25  # times the writing's height: marks that may be digits larger than it,
LARGE_WIDTH = 1.6  # times as wide as high at most,
STROKE_WIDTH = 0.3  # times as wide, where they are no single stroke
SIDE = 0.7  # of a side that is on a line: two such opposite ones are a frame's
LIKE = 0.4  # of the height of such marks: a stroke of this more or less is one of them
LEAST_HEIGHTS = 2.0  # of the writing's height: longer lines are rules
PAGE_LONG = 0.6  # of the page: rules from edge to edge at least
SIDES, ALIKE = 5, 0.06  # so many lines between rules, of lengths that differ by less, are squares'
COVERED = 0.8  # of a rule's length has ink
UNEVEN = 1.5, 0.015  # pixels, and of its length: how far a long line leaves a straight one
FRAME_GAP = 0.15  # of the writing's height: how near its ends a frame's side meets the others


def large_writing(mask: Mask, lines: Mask, height: float) -> Mask:
    """The marks that are larger than most writing, and no rules or frames, though made of lines.

    A rule is a single stroke; it may be a 1 where other marks are as high. A frame has lines at
    opposite sides.
    """
    labels, stats = find_marks(mask)
    width, tall = stats[:, 2], stats[:, 3]
    on_line = np.bincount(labels[lines > 0], minlength=len(stats)) > 0
    large = (tall > LARGE * height) & (tall < LARGEST_WRITING * max(mask.shape)) & on_line
    large &= width < LARGE_WIDTH * tall
    strokes = large & (width < STROKE_WIDTH * tall)
    large &= ~strokes
    for i in np.flatnonzero(large).tolist():
        x, y, w, h = (int(side) for side in stats[i, :4])
        if _holds_marks(stats, i):
            large[i] = False
            continue
        here = (labels[y : y + h, x : x + w] == i) & (lines[y : y + h, x : x + w] > 0)
        upper, lower = here[: h // 4].any(0).mean(), here[-h // 4 :].any(0).mean()
        left, right = here[:, : w // 4].any(1).mean(), here[:, -w // 4 :].any(1).mean()
        large[i] = max(min(upper, lower), min(left, right)) < SIDE
    if large.any():
        large |= strokes & (np.abs(tall / np.median(tall[large]) - 1) < LIKE)
    return only_marks(labels, large)


def _holds_marks(stats: Stats, i: int) -> bool:
    """Whether others of some size lie in a mark's box, wholly: the halves of a 4 stand out."""
    low, high = stats[:, :2], stats[:, :2] + stats[:, 2:4]
    within = ((low >= low[i]) & (high <= high[i])).all(axis=1)
    within &= stats[:, cv2.CC_STAT_AREA] > LEAST_MARK
    return bool(np.count_nonzero(within) > 1)  # It holds itself.


def confirmed(lines: Mask, crossing: Mask, ink: Mask, height: float) -> Mask:
    """Of nearly level lines in the ink, those that are long, or end at lines that cross them."""
    gap = max(3, round(0.5 * height))
    joined = cv2.dilate(lines, np.ones((3, gap), np.uint8))
    labels, stats = find_marks(as_bytes(joined))
    count = len(stats)
    reach = 2 * max(2, round(FRAME_GAP * height)) + 1
    # Writing often reaches from one rule of the paper to the next; frames keep clear of the edge.
    near = np.ones((reach, reach), np.uint8)
    clear = cv2.dilate(_clear_of_edge(crossing, height), near)
    any_rule = cv2.dilate(crossing, near)
    keep = np.zeros(count, bool)
    between = []
    for i in range(1, count):
        x, y, w, h = (int(v) for v in stats[i, :4])
        here = (labels[y : y + h, x : x + w] == i) & (lines[y : y + h, x : x + w] > 0)
        if w - gap >= LEAST_HEIGHTS * height:
            keep[i] = not _are_strokes(here, ink[y : y + h, x : x + w], height)
            continue
        columns = np.flatnonzero(here.any(0))
        if len(columns) == 0:
            continue
        ends = [(y + int(np.flatnonzero(here[:, c]).mean()), x + c) for c in columns[[0, -1]]]
        if all(clear[end] for end in ends):
            keep[i] = True
        elif all(any_rule[end] for end in ends):
            between.append(i)
    # A row of squares may run on beyond the edge, and has many sides that are alike.
    if len(between) >= SIDES:
        length = np.maximum(stats[between, cv2.CC_STAT_WIDTH] - gap, 1)
        alike = np.abs(length / np.median(length) - 1) < ALIKE
        keep[np.array(between)[alike]] = np.count_nonzero(alike) >= SIDES
    return as_bytes(cv2.bitwise_and(lines, only_marks(labels, keep)))


def _are_strokes(pieces: NDArray[np.bool_], ink: Mask, height: float) -> bool:
    """Whether a nearly level line is strokes side by side, of the ink around it.

    They are short, and do not lie on one straight line; or there is nothing between them, as there
    is not between the bars of 777, but the strokes of digits are between the pieces of a rule.
    """
    stats = cv2.connectedComponentsWithStats(pieces.astype(np.uint8))[2]
    if stats[1:, cv2.CC_STAT_WIDTH].max(initial=0) > LONGEST_STROKE * height:
        return False
    y, x = np.nonzero(pieces)
    if (ink[:, x.min() : x.max() + 1] > 0).any(axis=0).mean() < COVERED:
        return True
    off = y - np.polyval(np.polyfit(x, y, 1), x)
    return bool(off.std() > UNEVEN[0] + UNEVEN[1] * np.ptp(x))


def _clear_of_edge(lines: Mask, height: float) -> Mask:
    """Upright lines that end before the edge of the page, or are short beside it."""
    gap = max(3, round(0.5 * height))
    joined = cv2.dilate(lines, np.ones((gap, 3), np.uint8))
    labels, stats = find_marks(as_bytes(joined))
    edge = max(2, round(0.01 * max(lines.shape)))
    top = stats[:, cv2.CC_STAT_TOP]
    bottom = top + stats[:, cv2.CC_STAT_HEIGHT]
    at_edge = (top < edge) | (bottom > lines.shape[0] - edge)
    long = stats[:, cv2.CC_STAT_HEIGHT] > PAGE_LONG * lines.shape[0]
    return as_bytes(cv2.bitwise_and(lines, only_marks(labels, ~(at_edge & long))))
