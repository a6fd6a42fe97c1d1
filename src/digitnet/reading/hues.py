"""Pens that differ from their paper by colour alone: to grey, nothing is written there."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from digitnet.reading.arrays import Gray, as_bytes

LEAST_COLOUR = 14  # units of CIE L*a*b*: colours of pen and paper differ by so much at least,
COLOUR_RATHER = 1.2  # and so many times as much as their brightness
EXTREMES = (0.2, 99.8)  # percent
SAMPLE = 200  # pixels of the longer side of the picture on which colours are compared
STRONGEST = 0.05  # of the pixels: those that differ most from the paper show the axis


def by_colour(rgb: Image.Image) -> Gray | None:
    """Return a picture in which grey is colour, if its colours differ more than its brightness.

    Args:
        rgb: the picture, of mode RGB.

    Returns:
        uint8 (h, w), from one end of the axis along which the colours differ most to the other, in
        the plane of a* and b*, which shadows hardly touch; or None.
    """
    pixels = np.asarray(rgb)
    lab = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB))  # L* in 255ths, a* and b* + 128
    step = max(1, max(pixels.shape) // SAMPLE)
    some = lab[::step, ::step].reshape(-1, 3).astype(np.float32)
    colours = some[:, 1:] - np.median(some[:, 1:], axis=0)
    strength = np.hypot(*colours.T)
    strong = colours[strength >= np.quantile(strength, 1 - STRONGEST)]
    axis = np.linalg.svd(strong, full_matrices=False)[2][0]
    low, high = np.percentile(colours @ axis, EXTREMES)
    dark, light = np.percentile(some[:, 0] * (100 / 255), EXTREMES)
    if high - low < max(LEAST_COLOUR, COLOUR_RATHER * (light - dark)):
        return None
    along = (lab[..., 1:].astype(np.float32) - np.median(some[:, 1:], axis=0)) @ axis
    return as_bytes(np.clip((along - low) * (255 / (high - low)), 0, 255))
