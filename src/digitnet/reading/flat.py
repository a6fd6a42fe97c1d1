"""Small pictures of two levels: thumbnails and tightly cropped digits."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, as_bytes
from digitnet.reading.ink import Ink
from digitnet.reading.levels import above_otsu, separation
from digitnet.reading.rules import without_rules

FLAT_SIDE = 400  # pictures up to this size may be a single digit that fills them
FLAT_SEPARATION = 0.78
LEAST_WRITING = 0.4  # of the shorter side: the height of a digit in such a picture
MAX_STROKE = 0.3  # of the shorter side: half the width of a stroke
SMALL_SIDE = 112  # smaller pictures are enlarged to this, so that strokes are some pixels wide


def flat_inks(gray: Gray, scale: float) -> list[Ink]:
    """The ink of a small picture that has two levels and even light, seen both ways.

    Such are thumbnails and tightly cropped digits, where no neighbourhood is mostly paper, and
    where even the edge of the picture may be mostly ink. Empty for any other picture.
    """
    if max(gray.shape) > FLAT_SIDE:
        return []
    upper = above_otsu(gray)
    above, below = gray[upper > 0], gray[upper == 0]
    if len(above) == 0 or len(below) == 0:
        return []
    high, low = float(np.median(above)), float(np.median(below))
    if high - low < 16 or separation(gray, upper) < FLAT_SEPARATION:
        return []
    border = np.concatenate([upper[0], upper[-1], upper[:, 0], upper[:, -1]])
    light_first = bool(np.count_nonzero(border) * 2 < border.size)
    inks = []
    for light in (light_first, not light_first):
        ground, level = (below, high - low) if light else (above, high - low)
        quarter, three_quarters = np.percentile(ground, [25, 75])
        if three_quarters - quarter > 0.3 * level:
            continue
        values = gray.astype(np.float32) - low if light else high - gray.astype(np.float32)
        mask = cv2.bitwise_not(upper) if not light else upper
        strength = np.clip((values / level - 0.15) / 0.75, 0, 1) * 255
        if scale == 1:
            least = LEAST_WRITING * min(mask.shape)
            mask = without_rules(as_bytes(mask), strength.astype(np.uint8), least)
        near = cv2.dilate(mask, np.ones((3, 3), np.uint8))
        strength[near == 0] = 0
        inks.append(Ink(strength.astype(np.uint8), as_bytes(mask), scale, light))
    return inks


def may_be_shadow(ink: Ink) -> bool:
    """Whether ink of a picture of some size is wider than a stroke that leaves room for a digit."""
    if ink.scale < 1:
        return False
    depth = cv2.distanceTransform(ink.mask, cv2.DIST_L2, 3)
    return bool(depth.max() > MAX_STROKE * min(depth.shape))


def enlarge(gray: Gray) -> tuple[Gray, float]:
    """Make a small picture larger; with its pixels for one pixel of the result."""
    height, width = gray.shape
    factor = SMALL_SIDE / min(height, width)
    if factor <= 1:
        return gray, 1.0
    factor = float(np.ceil(factor))
    if max(height, width) * factor > 16 * SMALL_SIDE:
        factor = max(1.0, 16 * SMALL_SIDE / max(height, width))
    size = (round(width * factor), round(height * factor))
    return cv2.resize(gray, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8), 1.0 / factor
