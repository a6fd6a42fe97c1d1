"""Ticks, which look like a 1: a short stroke down and a long one up."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

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
    runs = [_runs(row) for row in ink[rows]]
    height = len(runs)
    both = [i for i, found in enumerate(runs) if len(found) > 1]
    if len(both) < APART or not _is_corner(runs, both[0], both[-1]):
        return False
    top, corner, left = (float(part.mean()) for part in (runs[0][0], runs[-1][0], runs[both[0]][0]))
    if top - corner < ACROSS * height or corner - left < BEFORE * height:
        return False
    middles = np.array([found[-1].mean() for found in runs])
    y = np.arange(height)
    away = middles - np.polyval(np.polyfit(y, middles, 1), y)
    return bool(np.abs(away).max() <= BOWED * height)


def _is_corner(runs: list[list[NDArray[np.intp]]], first: int, last: int) -> bool:
    """Whether from one row to another there are two strokes, which meet below and not above.

    Args:
        runs: of ink, in every row of a glyph.
        first: the row where the shorter stroke begins.
        last: the last one where the two are apart.
    """
    height = len(runs)
    if any(len(found) != 2 for found in runs[first : last + 1]):
        return False
    if first < (1 - SHORT) * height or height - 1 - last > CORNER * height:
        return False
    above, short = runs[first - 1][0], runs[first][0]
    thickest = max(len(found[0]) for found in runs[:first])
    return bool(above[0] > short[-1] + 1 and thickest <= THICK * height)


def _runs(row: NDArray[np.uint8]) -> list[NDArray[np.intp]]:
    """The columns of every run of ink in a row."""
    columns = np.flatnonzero(row)
    return np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
