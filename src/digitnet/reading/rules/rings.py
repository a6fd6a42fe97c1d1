"""Lines that are drawn around writing: circles, and frames of a digit or a number."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import Numbers, find_marks, only_marks

RING_FILL = 0.25  # of its box: a line drawn around writing is no thicker,
RING_HEIGHT = 1.2  # times as high as most other marks at least,
RING_WRITING = 0.25  # of its height: the least writing within it
ENCLOSED = 0.6  # of its box: what a ring encloses at least, which an ellipse does to 0.79
WITHIN = 0.02  # of a ring's ink is away from its outline at most: else writing touches it


def without_rings(mask: Mask) -> Mask:
    """Leave out of a mask the lines that are drawn around other marks and touch none of them.

    Args:
        mask: uint8 (h, w), 255 where there is ink.

    Returns:
        The mask without them; the same array where there are none.
    """
    labels, stats = find_marks(mask)
    rings = np.zeros(len(stats), bool)
    for i in 1 + np.flatnonzero(are_rings(stats[1:])):
        x, y, width, height, _ = (int(side) for side in stats[i])
        line = np.where(labels[y : y + height, x : x + width] == i, 255, 0).astype(np.uint8)
        if _is_outline(line):
            rings[i] = True
    return as_bytes(cv2.subtract(mask, only_marks(labels, rings))) if rings.any() else mask


def _is_outline(line: Mask) -> bool:
    """Whether a mark encloses its box, and is nothing but its own outline, as a pen draws it."""
    padded = cv2.copyMakeBorder(line, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    contours, _ = cv2.findContours(padded, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.fillPoly(np.zeros_like(padded), contours, 255)
    if np.count_nonzero(filled) < ENCLOSED * line.size:
        return False
    width = 2 * float(cv2.distanceTransform(padded, cv2.DIST_L2, 3).max())
    inside = cv2.distanceTransform(filled, cv2.DIST_L2, 3) > width + 1
    return bool(np.count_nonzero(inside & (padded > 0)) <= WITHIN * np.count_nonzero(padded))


def are_rings(stats: Numbers) -> NDArray[np.bool_]:
    """Which marks are thin lines drawn around others, as frames are.

    Args:
        stats: of marks, as `find_marks` gives them, without the ground's.
    """
    if len(stats) < 2:
        return np.zeros(len(stats), bool)
    stats = stats[by_left := np.argsort(stats[:, cv2.CC_STAT_LEFT])]
    left, top, width, height, area = stats.T
    right, bottom = left + width, top + height
    around = np.zeros(len(stats), bool)
    for i in np.flatnonzero((area < RING_FILL * width * height) & (height > np.median(height))):
        within = slice(*np.searchsorted(left, [left[i] + 1, right[i]]))
        inside = (top[within] > top[i]) & (right[within] < right[i]) & (bottom[within] < bottom[i])
        around[i] = np.any(inside & (height[within] > RING_WRITING * height[i]))
    if around.any():
        around &= height > RING_HEIGHT * np.median(height[~around])
    return around[np.argsort(by_left)]
