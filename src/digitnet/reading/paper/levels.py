"""Pictures of two levels of brightness: ink and paper, or a sheet and a table."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, Mask, as_bytes

Counts = NDArray[np.float64]

_GREYS = np.arange(256.0)

SEPARATION = 0.72  # of the variance is between two levels, where there are two
LEAST_STEP = 16  # grey levels between them


@dataclass(frozen=True, eq=False)
class Levels:
    """A picture split in two where Otsu (1979) does.

    What is asked of each level is answered from its histogram: the picture is looked at once.

    Attributes:
        upper: a mask of the brighter level.
        above: float64 (256,), how many of its pixels have each grey.
        below: the same for the darker level.
    """

    upper: Mask
    above: Counts
    below: Counts

    @property
    def has_both(self) -> bool:
        """Whether there are pixels of either level."""
        return bool(self.above.any() and self.below.any())

    @property
    def step(self) -> float:
        """From the mean of the darker level to that of the brighter."""
        return float(
            self.above @ _GREYS / self.above.sum() - self.below @ _GREYS / self.below.sum()
        )

    @property
    def separation(self) -> float:
        """The share of the variance that is between the two: 1 for two levels, 0.75 for a ramp."""
        counts = self.above + self.below
        size = counts.sum()
        share = self.above.sum() / size
        variance = counts @ (_GREYS - _mean(counts)) ** 2 / size
        return float(share * (1 - share) * self.step**2 / max(variance, 1e-6))


def _mean(counts: Counts) -> float:
    return float(counts @ _GREYS / counts.sum())


def split_levels(gray: Gray) -> Levels:
    """Split a picture into two levels of brightness."""
    threshold, upper = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    counts = cv2.calcHist([gray], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    is_above = threshold < _GREYS
    return Levels(as_bytes(upper), np.where(is_above, counts, 0), np.where(is_above, 0, counts))


def quantile(counts: Counts, share: float) -> float:
    """A quantile of greys that were counted, in proportion between two of them (`np.quantile`)."""
    upto = counts.cumsum()
    place = share * (upto[-1] - 1)
    low, high = upto.searchsorted([math.floor(place), math.ceil(place)], side="right")
    return float(low + (high - low) * (place - math.floor(place)))


def two_levels(low: Gray) -> Mask | None:
    """The marks of a picture that has two levels with sharp edges between them, else None.

    The level to which most of the border belongs is the ground.
    """
    levels = split_levels(low)
    if not levels.has_both or levels.separation < SEPARATION or levels.step < LEAST_STEP:
        return None
    upper, step = levels.upper, levels.step
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


def number_of_levels(gray: Gray) -> int:
    """Return how many grey levels a picture has."""
    return int(np.count_nonzero(cv2.calcHist([gray], [0], None, [256], [0, 256])))
