"""Inks of different colours, told apart: a pen, and the print, rules or stamps around it."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitnet.reading.arrays import Floats, Gray, as_bytes
from digitnet.reading.gray import reduced, reduction

PAPER_SIDE, PAPER_AROUND = 200, 21  # pixels: the paper is the median of so many around, from afar
LEAST_DROP, OF_STRONGEST = 6.0, 0.2  # L*: what is darker than the paper by so much is ink
STRONGEST = 99.7  # percent
LEAST_INK, SAMPLE = 200, 4000  # pixels
LEAST_COLOUR = 0.25  # inks differ in chroma by so much of what they are darker than the paper,
APART = 1.8  # and by so many times as much as they vary
LEAST_PART = 0.015  # of the ink
STEEP = 3.0  # how sharply pixels are told apart between the two
BLUR = 3  # pixels a side of the square over which an ink's colour is the mean
L_STAR, TINY = 100 / 255, 1e-3  # of OpenCV's brightness; no division by 0
COLOUR_PIXELS = 1_500_000  # of larger pictures, colours are looked at in less detail


def by_ink(rgb: Image.Image, gray: Gray) -> list[Gray]:
    """Return pictures on which there is one of two or three inks alone; none where there is one.

    What is thin or blurred is paler, but in darkness and chroma alike: their ratio belongs to the
    ink (as in Ruifrok and Johnston, *Quantification of histochemical staining by color
    deconvolution*, 2001).

    Args:
        rgb: the picture, of mode RGB, with dark ink on bright paper.
        gray: the same, uint8 (h, w), of any size.

    Returns:
        Each like ``gray``, with paper in the place of the other inks; the one of which there is
        least comes first, as pens mostly leave less than print does.
    """
    # Cameras keep fewer pixels of colour than of brightness.
    less = reduced(rgb, reduction(*rgb.size, COLOUR_PIXELS))
    lab = as_bytes(cv2.cvtColor(np.asarray(less), cv2.COLOR_RGB2LAB))
    change = cv2.subtract(_around(lab), lab, dtype=cv2.CV_32F)
    drop = cv2.extractChannel(change, 0) * L_STAR
    least = max(LEAST_DROP, OF_STRONGEST * float(np.percentile(drop[::3, ::3], STRONGEST)))
    ink = (drop > least).astype(np.uint8)
    if np.count_nonzero(ink) < LEAST_INK:
        return []
    near = cv2.dilate(ink, np.ones((BLUR, BLUR), np.uint8)) > 0
    blurred = cv2.blur(cv2.copyTo(change, ink), (BLUR, BLUR))[near]
    colours = blurred[:, 1:] / np.maximum(blurred[:, :1] * L_STAR, TINY)
    is_ink = ink[near] > 0
    inks = _inks(colours[is_ink])
    if inks is None:
        return []
    darker = as_bytes(cv2.subtract(_around(gray), gray))
    colours = np.concatenate([colours, np.zeros((1, 2), np.float32)])  # Elsewhere there is none.
    is_ink = np.append(is_ink, False)
    parts = [_part(colours, inks, which) for which in range(len(inks))]
    parts.sort(key=lambda part: part[is_ink].sum())
    return [_without(gray, darker, near, 1 - part) for part in parts]


def _part(colours: Floats, inks: Floats, which: int) -> Floats:
    """How much of each of some colours, (N, 2), is one of the inks': (N,), 0…1."""
    part = np.ones(len(colours), np.float32)
    for other in np.delete(inks, which, axis=0):
        between = inks[which] - other
        nearer = (colours - (inks[which] + other) / 2) @ (between / (between @ between))
        part *= np.clip(nearer * STEEP + 0.5, 0, 1)
    return part


def _without(gray: Gray, darker: Gray, near: NDArray[np.bool_], part: Floats) -> Gray:
    """A picture without a part of the ink that makes it darker than its paper.

    Args:
        gray: the picture.
        darker: by how much.
        near: on a picture of any size, where there may be ink, N pixels.
        part: (N + 1,), 0…1, of what is darker there, and of what is darker elsewhere.
    """
    levels = as_bytes(np.rint(part * 255))
    everywhere = np.full(near.shape, levels[-1])
    everywhere[near] = levels[:-1]
    everywhere = as_bytes(cv2.resize(everywhere, gray.shape[::-1]))
    return as_bytes(cv2.add(gray, cv2.multiply(darker, everywhere, scale=1 / 255)))


def _around(pixels: Gray) -> Gray:
    """The paper around every pixel: of the same shape, (h, w) or (h, w, 3)."""
    height, width = pixels.shape[:2]
    shrink = max(1, max(height, width) // PAPER_SIDE)
    size = (max(1, width // shrink), max(1, height // shrink))
    low = cv2.medianBlur(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), PAPER_AROUND)
    return as_bytes(cv2.resize(low, (width, height)))


def _inks(colours: Floats) -> Floats | None:
    """The colours of two or three inks, (2 or 3, 2), if so many are far apart.

    Args:
        colours: (N, 2) of pixels of ink.
    """
    some = np.ascontiguousarray(colours[:: max(1, len(colours) // SAMPLE)])
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 1e-3)
    for count in (2, 3):
        cv2.setRNGSeed(0)  # The same picture is read alike each time.
        nearest = np.zeros((len(some), 1), np.int32)
        found = cv2.kmeans(some, count, nearest, stop, 3, cv2.KMEANS_PP_CENTERS)
        which, inks = np.ravel(found[1]), np.asarray(found[2], np.float32)
        groups = [some[which == k] for k in range(count)]
        if min(map(len, groups)) >= LEAST_PART * len(some) and all(
            _are_apart(groups[i], groups[j], inks[j] - inks[i])
            for i, j in combinations(range(count), 2)
        ):
            return inks
    return None


def _are_apart(first: Floats, second: Floats, between: Floats) -> bool:
    """Whether the pixels of two inks, (N, 2) and (M, 2), differ more than each varies."""
    apart = float(np.linalg.norm(between))
    if apart < LEAST_COLOUR:
        return False
    axis = between / apart**2
    return bool(APART * ((first @ axis).std() + (second @ axis).std()) <= 1)
