"""Where a piece of ink may be cut into digits that touch.

A cut is the path from top to bottom that crosses the least ink (a seam, as in Avidan and Shamir,
"Seam carving", 2007). Paths that run through the same gap fall together, so the local minima over
the width are the plausible cuts; which of them are right is for the classifier to say.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Seam = NDArray[np.intp]  # for every row the first column to the right of the cut

SEAM_ROWS = 40  # cuts are looked for on a glyph of this height
SIDEWAYS = 0.25  # what a step to the side costs, in pixels of full ink
MAX_CUTS = 12
LONGEST = 60  # times as wide as high: no writing, and too long to search


def find_cuts(ink: Gray, height: float) -> list[Seam]:
    """Find plausible cuts through a piece of ink.

    Args:
        ink: uint8 (h, w), 0 paper … 255 ink, of this piece alone.
        height: how high the line's writing is, in the same pixels.

    Returns:
        Seams from left to right that do not cross, each with one entry for every row of ``ink``.
    """
    shrink = min(1.0, SEAM_ROWS / height)
    rows = max(4, round(ink.shape[0] * shrink))
    columns = max(4, round(ink.shape[1] * shrink))
    if columns > LONGEST * rows:
        return []
    reduced = cv2.resize(ink, (columns, rows), interpolation=cv2.INTER_AREA)
    small = np.asarray(reduced, np.float32) / np.float32(255)
    unit = height * shrink
    (down, up), (from_above, from_below) = _cheapest_paths(np.stack([small, small[::-1]]))
    middle = rows // 2
    total = down[middle] + up[rows - 1 - middle] - small[middle]
    seams = []
    for column in _local_minima(total, unit):
        seam = np.empty(rows, np.intp)
        _follow(from_above, seam, middle, column)
        below = np.empty(rows, np.intp)
        _follow(from_below, below, rows - 1 - middle, column)
        seam[middle:] = below[::-1][middle:]
        seams.append(seam)
    seams = _apart(seams, small)
    return [_enlarge(seam, ink.shape, (rows, columns)) for seam in seams]


def split(ink: Gray, seams: list[Seam]) -> list[tuple[int, int, Gray]]:
    """Cut ``ink`` along ``seams``: the parts from left to right as (x, y, ink), tightly cropped."""
    height, width = ink.shape
    column = np.arange(width)[None]
    bounds = [np.zeros(height, np.intp), *seams, np.full(height, width)]
    parts = []
    for left, right in pairwise(bounds):
        inside = (column >= left[:, None]) & (column < right[:, None])
        part = np.where(inside, ink, 0).astype(np.uint8)
        x, y, w, h = cv2.boundingRect((part > 64).astype(np.uint8))
        if w and h:
            parts.append((x, y, part[y : y + h, x : x + w]))
    return parts


def _cheapest_paths(cost: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Cheapest way from the first row to each pixel, and from which side the last step came.

    For several maps of equal size at once: (n, rows, columns).
    """
    count, rows, columns = cost.shape
    # A rim that no path takes; and what a step to the side costs besides, for all of it.
    total = np.full((count, rows, columns + 2), np.inf, np.float32)
    total[:, 0, 1:-1] = cost[:, 0]
    aside = np.empty((count, columns + 2), np.float32)
    for row in range(1, rows):
        above, here = total[:, row - 1], total[:, row, 1:-1]
        np.add(above, SIDEWAYS, out=aside)
        np.minimum(aside[:, :-2], aside[:, 2:], out=here)
        np.minimum(here, above[:, 1:-1], out=here)
        here += cost[:, row]
    straight = total[:, :-1, 1:-1]
    left, right = total[:, :-1, :-2] + SIDEWAYS, total[:, :-1, 2:] + SIDEWAYS
    came = np.zeros(cost.shape, np.int8)
    came[:, 1:] = np.where(straight <= np.minimum(left, right), 0, np.where(left <= right, -1, 1))
    return total[:, :, 1:-1], came


def _follow(came: NDArray[np.int8], seam: Seam, row: int, column: int) -> None:
    for r in range(row, -1, -1):
        seam[r] = column
        column += int(came[r, column])


def _local_minima(total: NDArray[np.float32], unit: float) -> list[int]:
    """Columns where the cut is cheaper than around it, the cheapest first."""
    columns = len(total)
    margin = max(1, round(0.06 * unit))
    radius = max(1, round(0.09 * unit))
    window = 2 * radius + 1
    lowest = -cv2.dilate(-total[None], np.ones((1, window), np.uint8))[0]
    at_minimum = np.flatnonzero(total <= lowest + 1e-4)
    # The middle of each flat valley.
    runs = np.split(at_minimum, np.flatnonzero(np.diff(at_minimum) > 1) + 1)
    found = [int(run[len(run) // 2]) for run in runs if len(run)]
    found = [c for c in found if margin <= c < columns - margin]
    return sorted(found, key=lambda c: float(total[c]))


def _apart(seams: list[Seam], small: NDArray[np.float32]) -> list[Seam]:
    """Drop seams that cut off next to nothing or repeat another; order them from left to right."""
    rows, columns = small.shape
    ink_before = np.concatenate([np.zeros((rows, 1), np.float32), np.cumsum(small, axis=1)], 1)
    whole = float(ink_before[:, -1].sum())
    row = np.arange(rows)
    limit = max(MAX_CUTS, columns // 6)
    kept: list[tuple[float, Seam]] = [
        (0.0, np.zeros(rows, np.intp)),
        (whole, np.full(rows, columns)),
    ]
    least = 0.02 * whole if columns < 3 * rows else 0.3 * rows
    least = min(least, 0.5 * rows)
    for seam in seams:
        mass = float(ink_before[row, seam].sum())
        if all(abs(mass - other) > least for other, _ in kept):
            kept.append((mass, seam))
        if len(kept) == limit + 2:
            break
    ordered = [seam for _, seam in sorted(kept, key=lambda item: item[0])]
    for i in range(1, len(ordered)):
        ordered[i] = np.maximum(ordered[i], ordered[i - 1])
    return ordered[1:-1]


def _enlarge(seam: Seam, shape: tuple[int, ...], small: tuple[int, int]) -> Seam:
    rows = (np.arange(shape[0]) + 0.5) * small[0] / shape[0] - 0.5
    columns = np.interp(rows, np.arange(small[0]), seam)
    return np.clip(np.rint(columns * shape[1] / small[1]), 0, shape[1]).astype(np.intp)
