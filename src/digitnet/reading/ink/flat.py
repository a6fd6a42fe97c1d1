"""Small pictures of two levels: thumbnails and tightly cropped digits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, Mask, as_bytes
from digitnet.reading.ink.ink import Ink, near_marks
from digitnet.reading.paper.levels import (
    LEAST_STEP,
    Levels,
    number_of_levels,
    quantile,
    split_levels,
)
from digitnet.reading.rules.rules import without_rules

FLAT_SIDE = 400  # pixels of the picture as it came: up to these, one digit may fill it
THUMBNAIL_SIDE = 64  # pixels
FLAT_SEPARATION = 0.78
DRAWN = 3  # grey levels: the ground of a drawing varies no more, all but a hundredth of it
PAPER_EDGE = 0.95  # of the edge of a picture: where so much is of one level, that one is paper
LEAST_WRITING = 0.4  # of the shorter side: the height of a digit in such a picture
SMALL_SIDE = 112  # smaller pictures are enlarged to this, so that strokes are some pixels wide


def tight_inks(gray: Gray) -> Iterator[list[Ink]]:
    """The two levels of a small picture, each as the ink of one digit that may fill it.

    Yields:
        Those that stand to be compared: where the edge of the picture is paper, the ink within it,
        and then the other; where both levels reach the edge, both at once. Nothing where the
        picture is larger, or has no contrast.
    """
    if not is_small(gray):
        return
    gray, scale = enlarge(gray)
    levels = split_levels(gray)
    medians = _medians(levels)
    if medians is None:
        return
    bright_edge = _bright_edge(levels.upper)
    light_first = bright_edge < 0.5
    inks = (
        _ink(gray, levels.upper, medians, scale, light=light)
        for light in (light_first, not light_first)
    )
    if max(bright_edge, 1 - bright_edge) > PAPER_EDGE:
        yield from ([ink] for ink in inks)
    else:
        yield list(inks)


def flat_inks(gray: Gray, scale: float) -> list[Ink]:
    """The ink of a small picture that has two levels and even light, seen both ways.

    Such are thumbnails and tightly cropped digits, where no neighbourhood is mostly paper, and
    where even the edge of the picture may be mostly ink. Of a larger picture, the ink on a ground
    of one single grey: a drawing, which no camera has seen. Empty for any other picture.
    """
    small = is_small(gray, scale)
    levels = split_levels(gray)
    medians = _medians(levels)
    if medians is None or levels.separation < FLAT_SEPARATION:
        return []
    high, low = medians
    upper = levels.upper
    light_first = _bright_edge(upper) < 0.5
    inks = []
    for light in (light_first, not light_first):
        ground = levels.below if light else levels.above
        if quantile(ground, 0.75) - quantile(ground, 0.25) > 0.3 * (high - low):
            continue
        if not small and quantile(ground, 0.99) - quantile(ground, 0.01) > DRAWN:
            continue
        ink = _ink(gray, upper, medians, scale, light=light)
        if scale == 1:
            least = LEAST_WRITING * min(gray.shape) if small else 0.0
            mask = without_rules(ink.mask, ink.strength, least)
            if not np.array_equal(mask, ink.mask):
                # First, for digits on a line are often read well enough, and not all of them.
                inks.append(replace(ink, strength=near_marks(ink.strength, mask), mask=mask))
        inks.append(ink)
    return inks


def is_small(gray: Gray, scale: float = 1.0) -> bool:
    """Whether one digit may fill a picture, of which ``scale`` pixels became one of ``gray``."""
    return bool(max(gray.shape) * scale <= FLAT_SIDE)


def is_thumbnail(gray: Gray) -> bool:
    """Whether a picture is so small that no shadow on it could be told from ink."""
    return bool(max(gray.shape) <= THUMBNAIL_SIDE)


def _bright_edge(upper: Mask) -> float:
    """The share of the pixels at the edge of a picture that are of the brighter level."""
    edge = np.concatenate([upper[0], upper[-1], upper[:, 0], upper[:, -1]])
    return float(np.count_nonzero(edge) / edge.size)


def _medians(levels: Levels) -> tuple[float, float] | None:
    """The brighter and the darker level's grey, where there are two that differ enough."""
    if not levels.has_both:
        return None
    high, low = quantile(levels.above, 0.5), quantile(levels.below, 0.5)
    return None if high - low < LEAST_STEP else (high, low)


def _ink(
    gray: Gray, upper: Mask, medians: tuple[float, float], scale: float, *, light: bool
) -> Ink:
    mask = upper if light else as_bytes(cv2.bitwise_not(upper))
    strength = as_bytes(cv2.LUT(gray, _strengths(*medians, light=light)))
    return Ink(near_marks(strength, mask), mask, scale, light)


def _strengths(high: float, low: float, *, light: bool) -> NDArray[np.uint8]:
    """How much ink each grey is, between the paper's and the ink's."""
    greys = np.arange(256, dtype=np.float32)
    values = (greys - low if light else high - greys) / (high - low)
    return np.asarray(np.clip((values - 0.15) / 0.75, 0, 1) * 255, np.uint8)


def is_bilevel(gray: Gray) -> bool:
    """Whether a picture has two grey levels and no others: no light is as even as that."""
    return number_of_levels(gray) == 2


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
