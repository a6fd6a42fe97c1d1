"""What stands out of writing on dashed lines: the dashes that touch it."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import Stats, find_marks, only_marks
from digitnet.reading.rules.straight import turned

LIKE = 1.8  # times as long, or as thick, as a dash: another at most
SLOPE, SLACK = 0.12, 1.5  # by how much the next lies beside the line; and so many pixels
ENOUGH = 500  # dashes, to know how a page lies
REACH = 4.0  # times as far as a dash is long: writing may lie on so much of a line
CRUMB = 3.0  # times as large as dashes are thick: where they cross, no more is left of them
MOST_SPURS = 3000  # of dashes: among more there is no telling

Point = tuple[float, float]


def spurs(mask: Mask, dashes: Stats) -> Mask:
    """Return the dashes that touch writing, as far as they stand out of it.

    They lie on the lines of others, and have their size: where a stroke crosses a line, the ink is
    longer or higher, and it stays.

    Args:
        mask: uint8 (h, w), 255 where there is ink, without the dashes that touch none.
        dashes: (N, …) those: left, top, width, height.
    """
    shorter, longer = np.sort(dashes[:, 2:4], axis=1).T
    length, thickness = float(np.median(longer)), float(np.median(shorter))
    level = dashes[:, 2] > dashes[:, 3]
    found = _level(mask, dashes[level], length, thickness) | turned(
        _level(turned(mask), dashes[~level][:, [1, 0, 3, 2]], length, thickness)
    )
    return _apart(mask, as_bytes(found), length, thickness)


def _level(mask: Mask, row: Stats, length: float, thickness: float) -> Mask:
    """The ink that is no longer and no higher than level dashes, on the lines on which they lie."""
    found = np.zeros_like(mask)
    high = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((int(LIKE * thickness + SLACK) + 1, 1)))
    for (x, y), (right, bottom) in _lines(row, thickness):
        ends = [
            (round(x - REACH * length), round(y)),
            (round(right + REACH * length), round(bottom)),
        ]
        cv2.line(found, ends[0], ends[1], 255, round(thickness) + 2)
    labels, stats = find_marks(as_bytes(found & mask & ~as_bytes(high)))
    return only_marks(labels, (stats[:, 2] > 0) & (stats[:, 2] <= LIKE * length + SLACK))


def _lines(row: Stats, thickness: float) -> Iterator[tuple[Point, Point]]:
    """Both ends of the lines on which level dashes lie, wherever these are interrupted."""
    x, y = row[:, 0] + row[:, 2] / 2, row[:, 1] + row[:, 3] / 2
    along, across = (at[None, :ENOUGH] - at[:ENOUGH, None] for at in (x, y))
    beside = (along > 0) & (np.abs(across) <= SLOPE * along)
    slope = float(np.median(across[beside] / along[beside])) if beside.any() else 0.0
    offset = y - slope * x
    order = np.argsort(offset)
    for part in np.split(order, np.flatnonzero(np.diff(offset[order]) > thickness + SLACK) + 1):
        if len(part):
            first, last = row[part, 0].min(), (row[part, 0] + row[part, 2]).max()
            middle = offset[part].mean()
            yield (first, slope * first + middle), (last, slope * last + middle)


def _apart(mask: Mask, spurs: Mask, length: float, thickness: float) -> Mask:
    """Which spurs may go: those without which no mark is in two.

    With them go the crumbs between them, and what is left of marks that were nothing but dashes.
    """
    labels, stats = find_marks(as_bytes(mask & ~spurs))
    shorter, longer = np.sort(stats[:, 2:4], axis=1).T
    is_crumb = longer <= CRUMB * thickness
    is_dash = (longer <= LIKE * length + SLACK) & (shorter <= LIKE * thickness + SLACK)
    loose, boxes = find_marks(spurs | only_marks(labels, is_crumb & (longer > 0)))
    goes = np.bincount(loose[spurs > 0], minlength=len(boxes)) > 0
    goes[0] = False
    if np.count_nonzero(goes) > MOST_SPURS:
        return np.zeros_like(mask)
    dashes_left = np.zeros(len(stats), bool)
    for k in np.flatnonzero(goes).tolist():
        x, y, w, h = boxes[k, :4].tolist()
        around = np.s_[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
        here = as_bytes(np.where(loose[around] == k, 255, 0))
        beside = np.unique(labels[around][cv2.dilate(here, np.ones((3, 3), np.uint8)) > 0])
        marks = beside[~is_crumb[beside]]
        goes[k] = len(marks) <= 1
        dashes_left[marks] = goes[k] & is_dash[marks]
    return only_marks(loose, goes) | only_marks(labels, dashes_left)
