"""Pens: from strokes to ink, and from ink to the same writing by another pen."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.glyph import stroke_width
from digitnet.pages.strokes import Stroke

Ink = NDArray[np.uint8]

DRAWING_SIDE = 64  # The longer side of a drawn digit, in pixels.
MARGIN = 12
SUBPIXEL = 4  # Bits after the point in the coordinates that OpenCV draws with.


def draw(strokes: Sequence[Stroke], width: float, side: int = DRAWING_SIDE) -> Ink:
    """Return strokes as ink.

    Args:
        strokes: polylines (points, 2) of x and y; the box of all of them is scaled to ``side``.
        width: of the pen, in pixels.
        side: of the longer side of the box, in pixels.

    Returns:
        (H, W), 0 for paper to 255 for full ink, with a margin of paper.
    """
    points = np.concatenate(strokes)
    low, extent = points.min(0), np.ptp(points, axis=0)
    scale = side / max(extent.max(), 1e-6)
    columns, rows = np.ceil(extent * scale).astype(int) + 2 * MARGIN
    ink = np.zeros((rows, columns), np.uint8)
    for stroke in strokes:
        pixels = np.round(((stroke - low) * scale + MARGIN) * 2**SUBPIXEL).astype(np.int32)
        cv2.polylines(ink, [pixels], False, 255, max(1, round(width)), cv2.LINE_AA, shift=SUBPIXEL)
    return ink


def with_width(ink: Ink, width: float) -> Ink:
    """Return the writing as a pen of another width would have left it.

    Thicker strokes are all that lies near enough to the ink. Thinner ones are what lies near the
    strokes' middle, measured against the local width, so that they never break.

    Args:
        ink: (H, W), 0 for paper to 255 for full ink.
        width: of the strokes wanted, in pixels.
    """
    now = stroke_width(ink)
    if now == 0:
        return ink
    if width > now:
        paper = cv2.threshold(ink, 127, 255, cv2.THRESH_BINARY_INV)[1]
        distance = cv2.distanceTransform(paper, cv2.DIST_L2, 3)
        return _ramp((width - now) / 2 + 0.5 - distance)
    inside = cv2.threshold(ink, 127, 255, cv2.THRESH_BINARY)[1]
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    reach = 2 * round(now / 2) + 1
    deepest = cv2.dilate(depth, np.ones((reach, reach), np.uint8))
    # One pixel is kept around the middle, where a narrow stroke has no inside to measure.
    return _ramp(np.where(depth > 0, depth - (deepest - 1) * (1 - width / now), 0))


def ridges(ink: Ink, rng: np.random.Generator) -> Ink:
    """Return the ink as a dry pen leaves it: paler here and there along its strokes."""
    height, width = ink.shape
    coarse = rng.uniform(0.35, 1.15, (max(2, height // 7), max(2, width // 7))).astype(np.float32)
    strength = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.minimum(ink * np.minimum(strength, 1), 255), np.uint8)


def _ramp(values: NDArray[np.float32]) -> Ink:
    return np.asarray(cv2.convertScaleAbs(np.clip(values, 0, 1), alpha=255), np.uint8)
