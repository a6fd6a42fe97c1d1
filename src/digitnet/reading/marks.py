"""The connected marks of a mask, and how large they are."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask

Labels = NDArray[np.int32]
Stats = NDArray[np.int64]
Numbers = NDArray[np.integer[Any] | np.floating[Any]]  # as OpenCV's stubs declare its statistics


def find_marks(mask: Mask) -> tuple[Labels, Stats]:
    """Label the marks whose pixels touch, diagonally too.

    OpenCV's own statistics look at every pixel of the page; ink is a small part of them.

    Args:
        mask: uint8 (h, w), 0 where there is no mark.

    Returns:
        The labels (h, w), 0 being the ground; and for every label left, top, width, height and
        area, in the columns that OpenCV names ``CC_STAT_…``. The ground's are 0.
    """
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    found = cv2.findNonZero(mask)
    stats = np.zeros((count, 5), np.int64)
    if found is None:
        return np.asarray(labels, np.int32), stats
    x, y = np.ascontiguousarray(np.reshape(found, (-1, 2)).T)
    label = labels[y, x]
    for axis, along in enumerate((x, y)):
        low = np.full(count, np.iinfo(along.dtype).max, along.dtype)
        high = np.zeros(count, along.dtype)
        np.minimum.at(low, label, along)
        np.maximum.at(high, label, along)
        stats[1:, axis] = low[1:]
        stats[1:, axis + 2] = high[1:] + 1 - low[1:]
    stats[1:, cv2.CC_STAT_AREA] = np.bincount(label, minlength=count)[1:]
    return np.asarray(labels, np.int32), stats


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
