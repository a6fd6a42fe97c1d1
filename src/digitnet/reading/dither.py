"""Pages in black and white whose shades are patterns of dots, as Pillow's ``convert("1")`` makes.

Seen from further away, the dots are shades again; what is left of a page's strokes is enough.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, as_bytes

CHANGES = 0.08  # of neighbours in a row differ at least; at the edges of strokes alone, some 0.02
LEAST_SIDE = 64  # pixels: in smaller pictures there are as many edges
SIGMA = 1.5  # pixels: the dots of a shade run together


def with_shades(gray: Gray, scale: int) -> Gray:
    """Return a dithered page with shades of grey in place of its dots; any other as it is.

    Args:
        gray: uint8 (h, w).
        scale: pixels of the picture, each way, whose mean is one of ``gray``.
    """
    if min(gray.shape) < LEAST_SIDE or not _is_black_and_white(gray, scale):
        return gray
    if float(np.mean(gray[:, 1:] != gray[:, :-1])) < CHANGES:
        return gray
    return as_bytes(cv2.GaussianBlur(gray, (0, 0), SIGMA))


def _is_black_and_white(gray: Gray, scale: int) -> bool:
    """Whether there are no more levels than the means of so many black and white pixels have."""
    levels = np.count_nonzero(cv2.calcHist([gray], [0], None, [256], [0, 256]))
    return int(levels) <= scale**2 + 1
