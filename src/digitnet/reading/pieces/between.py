"""Marks that run across two lines, where a stroke of one reaches into the other."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple, TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray
from digitnet.reading.marks import Labels, Stats, soft_ink
from digitnet.reading.pieces.cuts import Seam, find_cuts

TALL = 1.5  # times as high as most marks: what runs across two lines at least,
LONG = 1.8  # and what is rather two digits
BESIDE = 3.0  # heights: so far to either side others say where the lines are
LIKE = (0.5, 1.4)  # times as high as most: marks that do
BETWEEN = 0.25  # of the most marks that stand beside a row: so many beside one between lines
CORE = 0.15  # of a mark, above and below: where it may reach between the lines
NECK = 0.35  # heights: through so much ink it is cut at most
LEAST_PART = 0.5  # heights: of a digit, either way
WIDEST = 4.0  # heights: what is wider is no writing, and is cut straight


class Crossing(NamedTuple):
    """A mark that may run across two lines.

    Attributes:
        whole: its ink.
        ways: to cut it between the lines, of which there is one at least: the ink above each cut,
            and below.
        are_likely: whether it is so long, with marks on either side, that it is rather two digits
            than the one it may look like.
    """

    whole: Gray
    ways: list[tuple[Gray, Gray]]
    are_likely: bool


_Result = TypeVar("_Result")

# It yields the marks that may be cut, is sent which way each is, or None for those that stay whole,
# and in the end returns its result.
Cutting: TypeAlias = Generator[list[Crossing], list[int | None], _Result]


def cut_between_lines(
    strength: Gray, labels: Labels, stats: Stats, kept: NDArray[np.intp]
) -> Cutting[tuple[Stats, NDArray[np.intp]]]:
    """Cut the marks that run across two lines of others.

    Args:
        strength: (h, w), the ink.
        labels: (h, w), the marks by number; the lower parts get new numbers, in place.
        stats: as `find_marks` gives them.
        kept: which marks count.

    Returns:
        The marks' new statistics, and which of them count now.
    """
    height = float(np.median(stats[kept, cv2.CC_STAT_HEIGHT]))
    marks = kept.tolist()
    while marks:
        tall = [i for i in marks if stats[i, cv2.CC_STAT_HEIGHT] >= TALL * height]
        found = [_ways(labels, stats, kept, mark, height) for mark in tall]
        crossing = [(mark, ways) for mark, ways in zip(tall, found, strict=True) if ways]
        if not crossing:
            break
        chosen = yield [
            Crossing(
                *_parts(strength, labels, stats[mark], mark, ways),
                are_likely=_are_likely(stats, kept, mark, height),
            )
            for mark, ways in crossing
        ]
        marks = []
        for (mark, ways), way in zip(crossing, chosen, strict=True):
            if way is not None:
                stats = _cut(labels, stats, mark, ways[way])
                kept = np.append(kept, len(stats) - 1)
                marks += [mark, len(stats) - 1]  # They may run across further lines.
    return stats, kept


def _ways(
    labels: Labels, stats: Stats, kept: NDArray[np.intp], mark: int, height: float
) -> list[Seam]:
    """The cuts through a mark where marks stand beside it in two lines: one straight, and seams.

    Each is the first row below the cut, in every column of the mark's box.
    """
    x, y, width, tall, _ = stats[mark].tolist()
    between = _between(stats, kept, mark, height)
    rows = np.arange(tall)
    least = LEAST_PART * height
    between &= (rows >= least) & (rows <= tall - least)
    if not between.any():
        return []
    own = labels[y : y + tall, x : x + width] == mark
    ink = np.count_nonzero(own, axis=1)
    may_cut = between & (ink <= NECK * height)
    ways = []
    if may_cut.any():
        ways.append(np.full(width, np.where(may_cut, ink, tall + width).argmin()))
    if width > WIDEST * height:
        return ways
    for seam in find_cuts(np.ascontiguousarray(own.T) * np.uint8(255), height):
        cut = seam[own[np.minimum(seam, tall - 1), np.arange(width)]]  # where there is ink
        if 0 < len(cut) <= NECK * height and least <= cut.mean() <= tall - least:
            ways.append(seam)
    return ways


def _between(stats: Stats, kept: NDArray[np.intp], mark: int, height: float) -> NDArray[np.bool_]:
    """In which rows of a mark's box hardly any of the marks beside it stands: between two lines."""
    _, y, _, tall, _ = stats[mark].tolist()
    _, top, _, heights, _ = _beside(stats, kept, mark, height).T
    if len(top) == 0:
        return np.zeros(tall, bool)
    rows = np.arange(tall)
    upper = top[:, None] + CORE * heights[:, None] - y
    lower = top[:, None] + (1 - CORE) * heights[:, None] - y
    stand = np.count_nonzero((upper <= rows) & (rows < lower), axis=0)
    above, below = (lower <= rows).any(axis=0), (upper > rows).any(axis=0)
    return np.asarray(above & below & (stand <= BETWEEN * stand.max()))


def _are_likely(stats: Stats, kept: NDArray[np.intp], mark: int, height: float) -> bool:
    """Whether a mark that runs across two lines is long, and stands inside them, not beside.

    Lines above or below that begin or end there say so of the first and of the last mark, too.
    """
    x, _, width, tall, _ = stats[mark].tolist()
    if tall < LONG * height:
        return False
    left, _, widths, *_ = _beside(stats, kept, mark, height, further=height).T
    middle = left + widths / 2
    return bool((middle <= x + width).any() and (middle >= x).any())


def _beside(
    stats: Stats, kept: NDArray[np.intp], mark: int, height: float, further: float = 0.0
) -> Stats:
    """The statistics of the marks near a mark's sides that say where the lines are.

    Args:
        stats: of all marks.
        kept: which of them count.
        mark: the mark.
        height: of most marks.
        further: how far above or below it others may stand as well, in pixels.
    """
    x, y, width, tall, _ = stats[mark].tolist()
    left, top, widths, heights, _ = stats[kept].T
    is_beside = np.maximum(left - (x + width), x - (left + widths)) <= BESIDE * height
    is_beside &= (top < y + tall + further) & (top + heights > y - further) & (kept != mark)
    is_beside &= (heights >= LIKE[0] * height) & (heights <= LIKE[1] * height)
    beside: Stats = stats[kept[is_beside]]
    return beside


def _parts(
    strength: Gray, labels: Labels, stat: NDArray[np.int64], mark: int, ways: list[Seam]
) -> tuple[Gray, list[tuple[Gray, Gray]]]:
    """The ink of a mark, and what of it lies above each cut, and below."""
    x, y, width, _, _ = stat.tolist()
    left, top, own = soft_ink(strength, labels, stat, mark)
    rows = np.arange(own.shape[0])[:, None] + top - y
    columns = np.clip(np.arange(own.shape[1]) + left - x, 0, width - 1)
    is_below = [rows >= seam[columns] for seam in ways]
    return own, [(own * ~below, own * below) for below in is_below]


def _cut(labels: Labels, stats: Stats, mark: int, seam: Seam) -> Stats:
    """Make what of a mark lies below a cut one of its own, and return the statistics."""
    x, y, width, tall, _ = stats[mark].tolist()
    box = labels[y : y + tall, x : x + width]
    box[(box == mark) & (np.arange(tall)[:, None] >= seam)] = len(stats)
    stats = np.concatenate([stats, stats[mark : mark + 1]])
    for number in (mark, len(stats) - 1):
        rows, columns = np.nonzero(box == number)
        low, high = (int(columns.min()), int(rows.min())), (int(columns.max()), int(rows.max()))
        size = (high[0] - low[0] + 1, high[1] - low[1] + 1)
        stats[number] = (x + low[0], y + low[1], *size, len(rows))
    return stats
