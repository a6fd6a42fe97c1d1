"""The MNIST convention, in one place: how ink becomes the 28×28 image that a network sees.

Both training and reading place their glyphs here, and nowhere else.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 28
BOX = 20  # The longer side of the ink, in pixels of the 28×28 image.

# Ink this faint, beside the darkest of the glyph, is paper: it moves neither box nor centre.
PAPER = 1 / 16
# Strokes are measured and thickened at this many pixels for the longer side, at the most.
WORKING_SIDE = 80
# The thinnest stroke, in pixels of the 28×28 image; MNIST's own are 1.5 to 4 pixels wide. A
# hairline would otherwise come out as a row of faint dots.
THINNEST = 1.6


def place(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the ink as MNIST would show it.

    The ink's box is scaled so that its longer side measures 20 pixels, the darkest ink becomes
    255, and the centre of mass comes to lie on pixel (14, 14), as near as whole pixels allow
    and so far as nothing is cut off (LeCun et al., *Gradient-based learning applied to document
    recognition*, Proceedings of the IEEE 1998, section III.A). Strokes thinner than in MNIST are
    thickened first. Where the ink lies on its canvas, and how dark it is, makes no difference.

    Args:
        ink: (H, W), 0 for paper to 255 for full ink.

    Returns:
        (28, 28), 0 for paper to 255 for full ink; all paper if there is no ink.
    """
    glyph = crop(ink)
    if glyph is None:
        return np.zeros((SIDE, SIDE), np.uint8)
    glyph = scale_down(glyph, WORKING_SIDE / max(glyph.shape))
    glyph = thicken(full_ink(glyph), max(glyph.shape))
    return _centre(full_ink(_scale_to_box(glyph)))


def crop(ink: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the ink's box, without paper around it; None if there is no ink."""
    darkest = int(ink.max(initial=0))
    if darkest == 0:
        return None
    _, marked = cv2.threshold(ink, int(darkest * PAPER), 255, cv2.THRESH_BINARY)
    x, y, width, height = cv2.boundingRect(marked)
    return ink[y : y + height, x : x + width]


def scale_down(glyph: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Return the glyph in that scale, or as it is where that is 1 or more."""
    if scale >= 1:
        return glyph
    height, width = glyph.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(glyph, size, interpolation=cv2.INTER_AREA), np.uint8)


def _scale_to_box(glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = glyph.shape
    scale = BOX / max(height, width)
    if scale == 1:
        return glyph
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Going up, straight lines between the few pixels that there are; going down, their mean.
    way = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(glyph, size, interpolation=way), np.uint8)


def full_ink(glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the glyph with its darkest ink at 255."""
    return np.asarray(cv2.convertScaleAbs(glyph, alpha=255 / max(1, int(glyph.max()))), np.uint8)


def thicken(glyph: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return the glyph with strokes no thinner than `THINNEST`, when ``side`` becomes `BOX`."""
    missing = THINNEST * side / BOX - stroke_width(glyph)
    growth = round(missing)
    if growth < 1:
        return glyph
    # Room for the strokes at the edge to grow outwards.
    glyph = _pad(glyph, (growth + 1) // 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (growth + 1, growth + 1))
    return np.asarray(cv2.dilate(glyph, kernel), np.uint8)


def stroke_width(glyph: NDArray[np.uint8]) -> float:
    """Return the mean width of the strokes in pixels: twice their area over their outline.

    Args:
        glyph: (H, W), 0 for paper to 255 for full ink.
    """
    padded = _pad(glyph, 1).astype(np.float32)  # Differences of uint8 would wrap around.
    across = cv2.subtract(padded[:-1, 1:], padded[:-1, :-1])
    down = cv2.subtract(padded[1:, :-1], padded[:-1, :-1])
    outline = float(cv2.magnitude(across, down).sum())
    return 2 * float(cv2.sumElems(glyph)[0]) / outline if outline else 0.0


def _pad(glyph: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
    padded = cv2.copyMakeBorder(glyph, by, by, by, by, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(padded, np.uint8)


def _centre(glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = np.zeros((SIDE, SIDE), np.uint8)
    height, width = glyph.shape
    moments = cv2.moments(glyph)
    top = _start(moments["m01"] / moments["m00"], height)
    left = _start(moments["m10"] / moments["m00"], width)
    image[top : top + height, left : left + width] = glyph
    return image


def _start(centre: float, length: int) -> int:
    return min(max(0, round(SIDE / 2 - centre)), SIDE - length)
