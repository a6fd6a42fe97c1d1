"""Ticks, which look like a 1: a short stroke down and a long one up."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.marks import Ends, runs

LEAST_ROWS = 12  # of a glyph: lower ones show no corner
CORNER = 0.35  # of its height: from the corner up, so far at most both strokes run together
SHORT = 0.7  # of its height: the most that the short stroke goes up
APART = 3  # rows: in so many at least, both strokes can be seen
ACROSS, BEFORE = 0.2, 0.05  # of its height: from the corner to the right end, and to the left one
BOWED = 0.12  # of its height: the most by which the long stroke bends
THICK = 0.45  # of its height: the widest that the long stroke is in a row


def is_tick(glyph: NDArray[np.uint8]) -> bool:
    """Return whether a glyph, (28, 28), is a tick.

    Of MNIST's 55,000 training digits 12 look like one: a 4 or a 5 of which half is missing.
    """
    ink = cv2.threshold(glyph, 100, 1, cv2.THRESH_BINARY)[1]
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) < LEAST_ROWS or rows[-1] - rows[0] >= len(rows):
        return False
    height = len(rows)
    row, left, right = runs(np.ascontiguousarray(ink[rows]))
    starts = np.searchsorted(row, np.arange(height))  # Of the first run in every row.
    counts = np.bincount(row, minlength=height)
    both = np.flatnonzero(counts > 1)
    if len(both) < APART or not _is_corner(left[starts], right[starts], counts, both):
        return False
    middle = (left + right - 1) / 2
    top, corner, before = (float(middle[starts[i]]) for i in (0, -1, both[0]))
    if top - corner < ACROSS * height or corner - before < BEFORE * height:
        return False
    middles = middle[starts + counts - 1]
    y = np.arange(height)
    away = middles - np.polyval(np.polyfit(y, middles, 1), y)
    return bool(np.abs(away).max() <= BOWED * height)


def _is_corner(left: Ends, right: Ends, counts: Ends, both: Ends) -> bool:
    """Whether there are two strokes from one row to another, which meet below and not above.

    Args:
        left: where the first run of ink begins in every row of a glyph.
        right: the column behind its end.
        counts: how many runs there are in every row.
        both: the rows with several.
    """
    height, first, last = len(counts), int(both[0]), int(both[-1])
    if np.any(counts[first : last + 1] != 2):
        return False
    if first < (1 - SHORT) * height or height - 1 - last > CORNER * height:
        return False
    thickest = (right - left)[:first].max()
    return bool(left[first - 1] > right[first] and thickest <= THICK * height)
