"""Marks that run across two lines, where a stroke of one reaches into the other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.candidate import Box
from digitnet.reading.marks import Labels, Stats


@dataclass(frozen=True)
class Cut:
    """A mark that was cut.

    Attributes:
        box: that it had.
        parts: the numbers of its parts, of which the first is its own.
    """

    box: Box
    parts: list[int]


TALL = 1.5  # times as high as most marks: what runs across two lines at least
BESIDE = 3.0  # heights: so far to either side others say where the lines are
LIKE = (0.5, 1.4)  # times as high as most: marks that do
BETWEEN = 0.34  # of the most marks that stand beside a row: so many beside one between lines
CORE = 0.15  # of a mark, above and below: where it may reach between the lines
NECK = 0.35  # heights: through so much ink it is cut at most
LEAST_PART = 0.5  # heights: of a digit, either way


def cut_between_lines(
    labels: Labels, stats: Stats, kept: NDArray[np.intp], whole: frozenset[int]
) -> tuple[Stats, NDArray[np.intp], list[Cut]]:
    """Cut the marks that run across two lines of others.

    Args:
        labels: (h, w), the marks by number; the lower parts get new numbers, in place.
        stats: as `find_marks` gives them.
        kept: which marks count.
        whole: marks that are known to be none of these.

    Returns:
        The marks' new statistics, which of them count now, and the marks that were cut.
    """
    height = float(np.median(stats[kept, cv2.CC_STAT_HEIGHT]))
    tall = [i for i in kept.tolist() if stats[i, cv2.CC_STAT_HEIGHT] >= TALL * height]
    found: list[Cut] = []
    cut_of: dict[int, Cut] = {}  # By the number of each part.
    while tall:
        mark = tall.pop()
        row = None if mark in whole else _row_between(labels, stats, kept, mark, height)
        if row is None:
            continue
        if mark not in cut_of:
            cut_of[mark] = Cut(tuple(stats[mark, :4].tolist()), [mark])
            found.append(cut_of[mark])
        stats = _cut(labels, stats, mark, row)
        below = len(stats) - 1
        cut_of[below] = cut_of[mark]
        cut_of[mark].parts.append(below)
        kept = np.append(kept, below)
        # It may run across more than two.
        tall += [i for i in (mark, below) if stats[i, cv2.CC_STAT_HEIGHT] >= TALL * height]
    return stats, kept, found


def _row_between(
    labels: Labels, stats: Stats, kept: NDArray[np.intp], mark: int, height: float
) -> int | None:
    """The row of the page in which a mark is cut, where marks beside it stand in two lines."""
    x, y, width, tall, _ = stats[mark].tolist()
    left, top, widths, heights, _ = stats[kept].T
    gap = np.maximum(left - (x + width), x - (left + widths))
    beside = (gap <= BESIDE * height) & (kept != mark)
    beside &= (top < y + tall) & (top + heights > y)
    beside &= (heights >= LIKE[0] * height) & (heights <= LIKE[1] * height)
    if not beside.any():
        return None
    rows = np.arange(tall)
    upper = top[beside, None] + CORE * heights[beside, None] - y
    lower = top[beside, None] + (1 - CORE) * heights[beside, None] - y
    stand = np.count_nonzero((upper <= rows) & (rows < lower), axis=0)
    above, below = (lower <= rows).any(axis=0), (upper > rows).any(axis=0)
    ink = np.count_nonzero(labels[y : y + tall, x : x + width] == mark, axis=1)
    least = LEAST_PART * height
    may_cut = above & below & (stand <= BETWEEN * stand.max()) & (ink <= NECK * height)
    may_cut &= (rows >= least) & (rows <= tall - least)
    if not may_cut.any():
        return None
    return int(y + np.where(may_cut, ink, tall + width).argmin())


def _cut(labels: Labels, stats: Stats, mark: int, row: int) -> Stats:
    """Make what of a mark lies below a row one of its own, and return the statistics."""
    x, y, width, tall, _ = stats[mark].tolist()
    below = labels[row : y + tall, x : x + width]
    below[below == mark] = len(stats)
    stats = np.concatenate([stats, stats[mark : mark + 1]])
    for number in (mark, len(stats) - 1):
        rows, columns = np.nonzero(labels[y : y + tall, x : x + width] == number)
        low, high = (int(columns.min()), int(rows.min())), (int(columns.max()), int(rows.max()))
        size = (high[0] - low[0] + 1, high[1] - low[1] + 1)
        stats[number] = (x + low[0], y + low[1], *size, len(rows))
    return stats
