"""Dashed lines, as of boxes on forms and of the squares in which Chinese children write."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import Stats, find_marks, only_marks, typical_height
from digitnet.reading.rules.spurs import LIKE, SLACK, SLOPE, spurs

LEAST_ROW, LEAST_DASHES = 3, 12  # dashes in a row, and in all rows of a page: fewer may be signs
MOST_MARKS = 3000  # dashes: among more there is no telling
SLENDER = 1.7  # times as long as thick: dashes at least
LONGEST = 0.6  # of the writing's height: dashes at most
APART = 3.0  # of a dash's length: the gap to the next at most


def dashes(mask: Mask) -> Mask | None:
    """Return the dashes of dashed lines, or None where there are none.

    A 1 that stands in a column of others is longer than a dash, beside the writing. Of dashes that
    touch writing, what stands out of it.

    Args:
        mask: uint8 (h, w), 255 where there is ink.
    """
    labels, stats = find_marks(mask)
    in_rows = _in_rows(stats, 0) | _in_rows(stats, 1)
    if np.count_nonzero(in_rows) < LEAST_DASHES:
        return None
    # Where writing lies on them, or lines meet, fewer than a row are left.
    longer, shorter = np.sort(stats[:, 2:4], axis=1).T[::-1]
    alike = (longer >= SLENDER * shorter) & (shorter > 0)
    for size in (longer, shorter):
        typical = np.median(size[in_rows])
        alike &= (size <= LIKE * typical + SLACK) & (LIKE * size + SLACK >= typical)
    alone = only_marks(labels, in_rows | alike)
    return alone | spurs(as_bytes(mask & ~alone), stats[in_rows | alike])


def _in_rows(stats: Stats, along: int) -> NDArray[np.bool_]:
    """Which marks are dashes with others in a row: level ones (0), or upright ones (1)."""
    start, across, length, thickness = stats[:, [along, 1 - along, 2 + along, 3 - along]].T
    slender = (length >= SLENDER * thickness) & (thickness > 0)
    height = typical_height(stats[~slender][1:])  # The first is the ground.
    found = np.flatnonzero(slender & (length <= LONGEST * height))
    is_dash = np.zeros(len(stats), bool)
    if not LEAST_ROW <= len(found) <= MOST_MARKS:
        return is_dash
    start, length, thickness = start[found], length[found], thickness[found]
    middle = across[found] + thickness / 2
    # From every dash to the one that may come next.
    gap = start[None] - (start + length)[:, None]
    beside = np.abs(middle[None] - middle[:, None])
    is_next = (gap > 0) & (gap <= APART * length[:, None] + SLACK)
    is_next &= beside <= SLOPE * (gap + length[:, None]) + SLACK
    for size in (length, thickness):
        is_next &= size[None] <= LIKE * size[:, None] + SLACK
        is_next &= size[:, None] <= LIKE * size[None] + SLACK
    is_dash[found[_longest_rows(is_next, np.argsort(start)) >= LEAST_ROW]] = True
    return is_dash


def _longest_rows(is_next: NDArray[np.bool_], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many dashes stand in the longest row of which each is a part."""
    count = len(order)
    ending, starting = np.ones(count, np.intp), np.ones(count, np.intp)
    for i in order:
        behind = np.flatnonzero(is_next[:, i])
        if len(behind):
            ending[i] += ending[behind].max()
    for i in order[::-1]:
        ahead = np.flatnonzero(is_next[i])
        if len(ahead):
            starting[i] += starting[ahead].max()
    return ending + starting - 1
