"""Several digits in one piece of ink, as the network that reads strips sees them.

A strip is as high as a glyph and four times as wide. Both training and reading place strips here.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.glyph import SIDE, crop, full_ink, scale_down, thicken

HEIGHT, WIDTH = SIDE, 4 * SIDE
BOX_HEIGHT, BOX_WIDTH = 24, WIDTH - 4  # The most that the ink fills.
WORKING_HEIGHT = 80  # Strokes are measured and thickened at this many pixels, at the most.


def place_strip(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the ink in the middle of a strip, 24 pixels high or 108 wide, whichever is less.

    The darkest ink becomes 255, and hairlines are thickened, as in `digitnet.glyph.place`.

    Args:
        ink: (H, W), 0 for paper to 255 for full ink.

    Returns:
        (28, 112), 0 for paper to 255 for full ink; all paper if there is no ink.
    """
    strip = np.zeros((HEIGHT, WIDTH), np.uint8)
    tight = crop(ink)
    if tight is None:
        return strip
    tight = scale_down(tight, WORKING_HEIGHT / tight.shape[0])
    tight = thicken(full_ink(tight), tight.shape[0])
    height, width = tight.shape
    scale = min(BOX_HEIGHT / height, BOX_WIDTH / width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    fitted = full_ink(np.asarray(cv2.resize(tight, size, interpolation=way), np.uint8))
    left, top = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
    strip[top : top + size[1], left : left + size[0]] = fitted
    return strip
