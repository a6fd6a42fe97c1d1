"""Pictures of two levels of brightness: ink and paper, or a sheet and a table."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, Mask, as_bytes

SEPARATION = 0.72  # of the variance is between two levels, where there are two
LEAST_STEP = 16  # grey levels between them


def above_otsu(gray: Gray) -> Mask:
    """The brighter of two levels, split where Otsu (1979) does."""
    _, upper = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return as_bytes(upper)


def separation(gray: Gray, upper: Mask) -> float:
    """The share of the variance that is between two classes: 1 for two levels, 0.75 for a ramp."""
    above, below = gray[upper > 0], gray[upper == 0]
    share = len(above) / gray.size
    step = float(above.mean() - below.mean())
    return share * (1 - share) * step * step / max(float(gray.var()), 1e-6)


def two_levels(low: Gray) -> Mask | None:
    """The marks of a picture that has two levels with sharp edges between them, else None.

    The level to which most of the border belongs is the ground.
    """
    upper = above_otsu(low)
    if not 0 < np.count_nonzero(upper) < upper.size:
        return None
    step = float(low[upper > 0].mean() - low[upper == 0].mean())
    if separation(low, upper) < SEPARATION or step < LEAST_STEP:
        return None
    # A light gradient has two levels as well, but no edge between them.
    gx = cv2.Sobel(low, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(low, cv2.CV_32F, 0, 1, scale=1 / 8)
    edge = cv2.morphologyEx(upper, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    slope = float(np.hypot(gx, gy)[edge].mean())
    if slope * max(low.shape) / 12 < step:
        return None
    border = np.concatenate([upper[0], upper[-1], upper[:, 0], upper[:, -1]])
    ground_is_light = np.count_nonzero(border) * 2 > border.size
    return as_bytes(cv2.bitwise_not(upper)) if ground_is_light else upper
