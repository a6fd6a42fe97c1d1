"""Hands: the same digit as another person would write it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.training.variations.pen import Ink

CANVAS = 108
SCALE = 3.0  # A digit of MNIST's box of 20 pixels becomes about 60 pixels high.
_KNOTS = 5
_STEPS = (np.arange(CANVAS) - (CANVAS - 1) / 2).astype(np.float32)  # From the middle.
# Spreads shifts at a few knots smoothly over the canvas: (CANVAS, _KNOTS).
_SPREAD = cv2.resize(
    np.eye(_KNOTS, dtype=np.float32), (_KNOTS, CANVAS), interpolation=cv2.INTER_CUBIC
)


def rewrite(ink: Ink, rng: np.random.Generator, *, strength: float = 1.0) -> Ink:
    """Return the ink slanted, turned, stretched and bent, on a canvas of its own.

    The bending is the elastic distortion of Simard et al., *Best practices for convolutional
    neural networks applied to visual document analysis*, ICDAR 2003, from a coarse grid of shifts.

    Args:
        ink: (H, W), 0 for paper to 255 for full ink.
        rng: decides how.
        strength: 1 for the whole range of hands, 0 for the very same digit, enlarged.
    """
    turn = np.deg2rad(np.clip(rng.normal(0, 7), -16, 16)) * strength
    slant = np.clip(rng.normal(0, 0.17), -0.5, 0.5) * strength
    stretch = np.exp(np.clip(rng.normal(0, 0.17), -0.45, 0.45) * strength)
    matrix = (
        np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        @ np.array([[1, slant], [0, 1]])
        @ np.diag([np.sqrt(stretch), 1 / np.sqrt(stretch)])
    )
    # Enlarged smoothly first: bending can then be quick and straight between the pixels.
    size = round(28 * SCALE)
    large = cv2.resize(ink, _fit(ink.shape, size), interpolation=cv2.INTER_CUBIC)
    (a, b), (c, d) = np.linalg.inv(matrix).astype(np.float32)
    bend = _bend(rng, strength * rng.uniform(0, 1.1) * SCALE)
    from_x = _STEPS * a + (_STEPS * b + np.float32(large.shape[1] - 1) / 2)[:, None] + bend[0]
    from_y = _STEPS * c + (_STEPS * d + np.float32(large.shape[0] - 1) / 2)[:, None] + bend[1]
    bent = cv2.remap(large, from_x, from_y, cv2.INTER_LINEAR)
    return crop(sharpen(np.asarray(bent, np.uint8), rng.uniform(1, 4)))


def _fit(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    scale = side / max(shape)
    return max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))


def _bend(rng: np.random.Generator, pixels: float) -> NDArray[np.float32]:
    """Return smooth shifts in x and y, (2, CANVAS, CANVAS), of about that many pixels."""
    shifts = rng.standard_normal((2, _KNOTS, _KNOTS), np.float32) * np.float32(pixels)
    return np.asarray(_SPREAD @ shifts @ _SPREAD.T, np.float32)


def sharpen(ink: Ink, steepness: float) -> Ink:
    """Return the ink with edges that many times as steep, as a larger image would show them."""
    levels = np.clip((np.arange(256) - 127.5) * steepness + 127.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(ink, levels), np.uint8)


def crop(ink: Ink, margin: int = 8) -> Ink:
    """Return the ink's box with a margin of paper around it."""
    x, y, width, height = cv2.boundingRect(ink)
    box = ink[y : y + height, x : x + width]
    return np.asarray(
        cv2.copyMakeBorder(box, *(margin,) * 4, borderType=cv2.BORDER_CONSTANT, value=0), np.uint8
    )
