"""Two inks of different colours, told apart: a pen, and the printed rules or letters around it."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from digitnet.reading.arrays import Floats, Gray, as_bytes
from digitnet.reading.gray import reduction

PAPER_SIDE, PAPER_AROUND = 200, 21  # pixels: the paper is the median of so many around, from afar
LEAST_DROP, OF_STRONGEST = 6.0, 0.2  # L*: what is darker than the paper by so much is ink
STRONGEST = 99.7  # percent
LEAST_INK, SAMPLE = 200, 4000  # pixels
LEAST_COLOUR = 0.25  # inks differ in chroma by so much of what they are darker than the paper,
APART = 1.8  # and by so many times as much as they vary
LEAST_PART = 0.015  # of the ink
STEEP = 3.0  # how sharply pixels are told apart between the two
L_STAR, TINY = 100 / 255, 1e-3  # of OpenCV's brightness; no division by 0
COLOUR_PIXELS = 1_500_000  # of larger pictures, colours are looked at in less detail


def by_ink(rgb: Image.Image, gray: Gray) -> list[Gray]:
    """Return pictures on which there is one of two inks alone; none where there are not two.

    What is thin or blurred is paler, but in darkness and chroma alike: their ratio belongs to the
    ink (as in Ruifrok and Johnston, *Quantification of histochemical staining by color
    deconvolution*, 2001).

    Args:
        rgb: the picture, of mode RGB, with dark ink on bright paper.
        gray: the same, uint8 (h, w), of any size.

    Returns:
        Each like ``gray``, with paper in the place of the other ink; the one of which there is less
        comes first, as pens mostly leave less than print does.
    """
    # Cameras keep fewer pixels of colour than of brightness.
    less = rgb.reduce(reduction(*rgb.size, COLOUR_PIXELS))
    lab = as_bytes(cv2.cvtColor(np.asarray(less), cv2.COLOR_RGB2LAB))
    change = cv2.subtract(_around(lab), lab, dtype=cv2.CV_32F)
    drop = change[..., 0] * L_STAR
    ink = drop > max(LEAST_DROP, OF_STRONGEST * float(np.percentile(drop[::3, ::3], STRONGEST)))
    if np.count_nonzero(ink) < LEAST_INK:
        return []
    change[~ink] = 0
    change = cv2.blur(change, (3, 3))
    colour = change[..., 1:] / np.maximum(change[..., :1] * L_STAR, TINY)
    inks = _two_inks(colour[ink])
    if inks is None:
        return []
    first, axis = inks
    is_second = np.clip(((colour - first) @ axis - 0.5) * STEEP + 0.5, 0, 1)
    is_lesser = is_second if is_second[ink].mean() < 0.5 else 1 - is_second
    is_lesser = np.asarray(cv2.resize(is_lesser, gray.shape[::-1]), np.float32)
    darker = np.maximum(_around(gray) - gray.astype(np.float32), 0)
    return [as_bytes(np.minimum(gray + darker * w, 255)) for w in (1 - is_lesser, is_lesser)]


def _around(pixels: Gray) -> Gray:
    """The paper around every pixel: of the same shape, (h, w) or (h, w, 3)."""
    height, width = pixels.shape[:2]
    shrink = max(1, max(height, width) // PAPER_SIDE)
    size = (max(1, width // shrink), max(1, height // shrink))
    low = cv2.medianBlur(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), PAPER_AROUND)
    return as_bytes(cv2.resize(low, (width, height)))


def _two_inks(colours: Floats) -> tuple[Floats, Floats] | None:
    """The colour of one ink, and by what to multiply colours less that: 0 for it, 1 for the other.

    Args:
        colours: (N, 2) of pixels of ink.
    """
    some = np.ascontiguousarray(colours[:: max(1, len(colours) // SAMPLE)])
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 1e-3)
    cv2.setRNGSeed(0)  # The same picture is read alike each time.
    nearer = np.zeros((len(some), 1), np.int32)
    _, which, centres = cv2.kmeans(some, 2, nearer, stop, 3, cv2.KMEANS_PP_CENTERS)
    first, second = np.asarray(centres, np.float32)
    between = second - first
    apart = float(np.linalg.norm(between))
    if apart < LEAST_COLOUR:
        return None
    axis = between / apart**2
    groups = [some[np.ravel(which) == k] @ axis for k in (0, 1)]
    varies = sum(float(group.std()) for group in groups)
    if APART * varies > 1 or min(map(len, groups)) < LEAST_PART * len(some):
        return None
    return first, axis
