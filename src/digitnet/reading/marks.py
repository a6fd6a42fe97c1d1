"""The connected marks of a mask, and how large they are."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, Mask

Labels = NDArray[np.int32]
Stats = NDArray[np.int64]
Ends = NDArray[np.intp]
Numbers = NDArray[np.integer[Any] | np.floating[Any]]  # as OpenCV's stubs declare its statistics


def find_marks(mask: Mask) -> tuple[Labels, Stats]:
    """Label the marks whose pixels touch, diagonally too.

    OpenCV's own statistics look at every pixel of the page; runs of ink in its rows are few.

    Args:
        mask: uint8 (h, w), 0 where there is no mark.

    Returns:
        The labels (h, w), 0 being the ground; and for every label left, top, width, height and
        area, in the columns that OpenCV names ``CC_STAT_…``. The ground's are 0.
    """
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    row, left, right = runs(mask)
    label = np.asarray(labels[row, left], np.intp)
    stats = np.zeros((count, 5), np.int64)
    for axis, starts, ends in ((0, left, right), (1, row, row + 1)):
        low = np.full(count, max(mask.shape), np.int64)
        high = np.zeros(count, np.int64)
        np.minimum.at(low, label, starts)
        np.maximum.at(high, label, ends)
        stats[1:, axis] = low[1:]
        stats[1:, axis + 2] = high[1:] - low[1:]
    stats[1:, cv2.CC_STAT_AREA] = np.bincount(label, right - left, count)[1:]
    return np.asarray(labels, np.int32), stats


def runs(mask: Mask) -> tuple[Ends, Ends, Ends]:
    """Return the row of every run of ink, the column where it starts, and the one behind its end.

    They go from top to bottom, and in every row from left to right.
    """
    height, width = mask.shape
    # With a column of ground before each row, and a pixel behind the last, every run ends in it.
    inked = np.zeros(height * (width + 1) + 1, bool)
    np.not_equal(mask, 0, out=inked[:-1].reshape(height, width + 1)[:, 1:])
    turns = np.flatnonzero(inked[1:] != inked[:-1])
    row, left = np.divmod(turns[::2], width + 1)
    return row, left, left + turns[1::2] - turns[::2]


def only_marks(labels: Labels, kept: NDArray[np.bool_]) -> Mask:
    """The mask of those marks that are kept, of which ``kept`` tells for every label.

    The ground is no mark, whatever is told of it.
    """
    mask = np.zeros(labels.shape, np.uint8)
    if kept.any():
        # Ink is a small part of the page: look at nothing else.
        ink = np.flatnonzero(labels != 0)
        mask.ravel()[ink] = np.multiply(kept, 255, dtype=np.uint8)[labels.ravel()[ink]]
    return mask


def soft_ink(
    strength: Gray, labels: Labels, stat: NDArray[np.int64], label: int
) -> tuple[int, int, Gray]:
    """Return the ink of a mark with the soft edge of its strokes, one pixel more on each side.

    Args:
        strength: (h, w), the ink of the page.
        labels: (h, w), as `find_marks` gives them.
        stat: the mark's, as `find_marks` gives them.
        label: the mark's.

    Returns:
        Left, top, and the ink, uint8, which is 0 where other marks are.
    """
    x, y, w, h = (int(v) for v in stat[:4])
    left, top = max(0, x - 1), max(0, y - 1)
    right, bottom = min(labels.shape[1], x + w + 1), min(labels.shape[0], y + h + 1)
    near = labels[top:bottom, left:right]
    ink = np.where((near == label) | (near == 0), strength[top:bottom, left:right], 0)
    return left, top, ink.astype(np.uint8)


def edges_reached(stats: Numbers, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """How many edges of the picture, whose shape is given, each mark reaches."""
    left, top, width, height = stats[:, :4].T
    edges = (left == 0, top == 0, left + width == shape[1], top + height == shape[0])
    return np.asarray(np.sum(edges, axis=0))


def labels_at_edge(labels: Numbers) -> Numbers:
    """The labels of all pixels along the edge of a picture, the ground's too."""
    return np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])


def longer_sides(stats: Stats) -> NDArray[np.int64]:
    """The width or the height of every mark, whichever is larger."""
    return np.asarray(stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1))


def typical_height(stats: Stats) -> float:
    """The height above and below which half of the ink of some marks is; 0 without any."""
    if len(stats) == 0:
        return 0.0
    heights, areas = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    order = np.argsort(heights)
    share = np.cumsum(areas[order])
    return float(heights[order][np.searchsorted(share, 0.5 * share[-1])])
