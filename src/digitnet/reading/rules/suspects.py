"""Which marks of a page may be rules or frames, and how high the others are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask
from digitnet.reading.marks import Stats, find_marks, longer_sides, only_marks, typical_height
from digitnet.reading.rules.nets import is_net, nets
from digitnet.reading.rules.straight import MAX_THICKNESS

LEAST_LENGTH = 0.07  # of the page's longer side, for the first guess
LARGEST_WRITING = 0.35  # of the page's longer side; larger marks say nothing of its height
LEAST_MARK = 12  # pixels of ink: smaller marks within others do not count
LEAST_FRAME = 20  # pixels: the smallest frame round a digit


def find_suspects(mask: Mask) -> tuple[Mask | None, float, float]:
    """The connected marks that may be rules or frames: long and mostly empty, or round others.

    Returns:
        A mask of them or None, how long a rule is at least, and how high the other marks are.
    """
    least = max(24.0, LEAST_LENGTH * max(mask.shape))
    labels, stats = find_marks(mask)
    count = len(stats)
    if count < 3 and not is_net(mask):
        return None, least, 0.0
    width = stats[:, cv2.CC_STAT_WIDTH].astype(np.float64)
    height = stats[:, cv2.CC_STAT_HEIGHT].astype(np.float64)
    area = stats[:, cv2.CC_STAT_AREA]
    side = np.maximum(width, height)
    suspect = (side >= least) & ((area < 0.4 * width * height) | (area < MAX_THICKNESS * side**2))
    frame = (np.minimum(width, height) >= LEAST_FRAME) & (area < 0.3 * width * height)
    frame &= has_marks_inside(stats, mask.shape)
    suspect[0] = frame[0] = False
    if not (suspect | frame).any():
        return None, least, 0.0
    if frame.any():
        least = min(least, 0.7 * float(np.minimum(width, height)[frame].min()))
    others = ~frame & (side < LARGEST_WRITING * max(mask.shape))
    others[0] = False
    for net in nets(mask):
        x, y = net[0, 0]
        others[labels[y, x]] = False
    writing = _typical_height(stats[others])
    return only_marks(labels, suspect | frame), least, writing


def has_marks_inside(stats: Stats, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Whether the middle of another mark of some size lies in a mark's box."""
    points = np.zeros(shape, np.uint8)
    sized = stats[stats[:, cv2.CC_STAT_AREA] > LEAST_MARK]
    points[sized[:, 1] + sized[:, 3] // 2, sized[:, 0] + sized[:, 2] // 2] = 1
    total = cv2.integral(points)
    left, top = stats[:, 0], stats[:, 1]
    right, bottom = left + stats[:, 2], top + stats[:, 3]
    inside = total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]
    # Its own middle counts as well.
    return np.asarray(inside >= 2)


def writing_height(mask: Mask) -> float:
    """How high the writing is, or 0 if nothing is left that could be writing."""
    _, stats = find_marks(mask)
    side = longer_sides(stats)
    writing = side < LARGEST_WRITING * max(mask.shape)
    writing[0] = False
    return _typical_height(stats[writing])


def _typical_height(stats: Stats) -> float:
    """The height above and below which half of the ink is; 0 without marks of some size."""
    heights, areas = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    sized = (heights >= 8) & (areas > 16)
    return typical_height(stats[sized])
