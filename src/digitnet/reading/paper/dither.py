"""Pages in black and white whose shades are patterns of dots, as Pillow's ``convert("1")`` makes.

Seen from further away, the dots are shades again; what is left of a page's strokes is enough.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, as_bytes
from digitnet.reading.paper.levels import number_of_levels

CHANGES = 0.08  # of neighbours in a row differ at least; at the edges of strokes alone, some 0.02
LEAST_SIDE = 64  # pixels: in smaller pictures there are as many edges
SIGMA = 1.5  # pixels: the dots of a shade run together


def with_shades(gray: Gray, scale: int) -> Gray:
    """Return a dithered page with shades of grey in place of its dots; any other as it is.

    Args:
        gray: uint8 (h, w).
        scale: pixels of the picture, each way, whose mean is one of ``gray``.
    """
    # The means of so many black and white pixels have no more levels than that.
    if min(gray.shape) < LEAST_SIDE or number_of_levels(gray) > scale**2 + 1:
        return gray
    if float(np.mean(gray[:, 1:] != gray[:, :-1])) < CHANGES:
        return gray
    return as_bytes(cv2.GaussianBlur(gray, (0, 0), SIGMA))
