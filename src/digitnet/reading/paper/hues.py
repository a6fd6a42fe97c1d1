"""Pens told from their paper by colour: where a shadow falls, or where both are as bright."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from digitnet.reading.arrays import Gray, as_bytes

LEAST_COLOUR = 0.25  # the logarithm of red or blue to green: pen and paper differ by so much
DARK = 8  # grey levels added to each: what is near black has no colour, but its noise would have
EXTREMES = (0.2, 99.8)  # percent
SAMPLE = 200  # pixels of the longer side of the picture on which colours are compared
STRONGEST = 0.05  # of the pixels: those that differ most from the paper show the axis
LOGARITHMS = np.log(np.arange(256, dtype=np.float32) + DARK)


def by_colour(rgb: Image.Image) -> Gray | None:
    """Return a picture in which grey is colour and shadows are gone, if there is colour in it.

    A shadow dims red, green and blue by the same factor, all but a little, so that their ratios
    stay (Finlayson, Hordley, Lu and Drew, *On the removal of shadows from images*, PAMI 2006).

    Args:
        rgb: the picture, of mode RGB.

    Returns:
        uint8 (h, w), from one end to the other of the axis along which the logarithms of red to
        green and of blue to green differ most; or None.
    """
    pixels = np.asarray(rgb)
    step = max(1, max(pixels.shape) // SAMPLE)
    some = pixels[::step, ::step].reshape(-1, 3)
    if np.array_equal(some[:, 0], some[:, 1]) and np.array_equal(some[:, 0], some[:, 2]):
        return None  # Grey, as every 1 of a scan or of MNIST: told before anything is measured.
    logs = LOGARITHMS[some]
    ratios = logs[:, ::2] - logs[:, 1:2]
    colours = ratios - np.median(ratios, axis=0)
    strength = np.hypot(*colours.T)
    strong = colours[strength >= np.quantile(strength, 1 - STRONGEST)]
    red, blue = np.linalg.svd(strong, full_matrices=False)[2][0]
    low, high = np.percentile(ratios @ (red, blue), EXTREMES)
    if high - low < LEAST_COLOUR:
        return None
    scale = 255 / (high - low)
    along = np.full(pixels.shape[:2], -low * scale, np.float32)
    for channel, weight in enumerate((red, -red - blue, blue)):
        along += cv2.LUT(pixels[..., channel], LOGARITHMS * np.float32(weight * scale))
    return as_bytes(np.clip(along, 0, 255))
