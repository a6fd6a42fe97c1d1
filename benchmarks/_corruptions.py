"""Fifteen ways to spoil MNIST's digits that leave a person able to read them.

After Mu and Gilmer, *MNIST-C: a robustness benchmark for computer vision*, 2019, in their kinds and
strengths, but written anew for whole arrays of digits with NumPy and OpenCV. What is drawn at
random is drawn in another way, so the figures are like those of their files and not the same.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.float32]  # (N, 28, 28), 0 for paper to 1 for ink.
Corruption = Callable[[Images, np.random.Generator], Images]


def corrupt(images: NDArray[np.uint8], name: str, seed: int = 0) -> NDArray[np.uint8]:
    """Return digits spoiled in one way.

    Args:
        images: (N, 28, 28), 0 for paper to 255 for ink.
        name: one of `CORRUPTIONS`.
        seed: the same one gives the same images.

    Returns:
        uint8 (N, 28, 28).
    """
    # One series of numbers for each name, whichever others are made.
    chance = np.random.default_rng([seed, *name.encode()])
    spoiled = CORRUPTIONS[name](images.astype(np.float32) / np.float32(255), chance)
    return np.asarray(np.rint(255 * spoiled.clip(0, 1)), np.uint8)


def _shot_noise(images: Images, chance: np.random.Generator) -> Images:
    """Each pixel counts photons, three for full ink."""
    return (chance.poisson(3 * images) / 3).astype(np.float32)


def _impulse_noise(images: Images, chance: np.random.Generator) -> Images:
    """17% of the pixels are black or white, as it happens."""
    hit, value = chance.random(images.shape) < 0.17, chance.random(images.shape) < 0.5
    return np.where(hit, value, images).astype(np.float32)


def _glass_blur(images: Images, chance: np.random.Generator) -> Images:
    """Blurred, then neighbouring pixels change places twice over, then blurred again."""
    spoiled = _blur(images, 0.7)
    every = np.arange(len(images))
    for _ in range(2):
        for row in range(26, 0, -1):
            for column in range(26, 0, -1):
                down, right = chance.integers(-1, 2, (2, len(images)))
                there = (every, row + down, column + right)
                kept = spoiled[there]
                spoiled[there] = spoiled[:, row, column]
                spoiled[:, row, column] = kept
    return _blur(spoiled, 0.7)


def _motion_blur(images: Images, chance: np.random.Generator) -> Images:
    """Smeared to one side along a line up to 45° from the horizontal."""
    spoiled = np.empty_like(images)
    reach = np.arange(11)
    weights = np.exp(-(reach**2) / (2 * 3.0**2))
    for index, angle in enumerate(chance.uniform(-np.pi / 4, np.pi / 4, len(images))):
        kernel = np.zeros((21, 21), np.float32)
        rows = np.rint(10 + reach * np.sin(angle)).astype(int)
        columns = np.rint(10 + reach * np.cos(angle)).astype(int)
        np.add.at(kernel, (rows, columns), weights)
        spoiled[index] = cv2.filter2D(
            images[index], -1, kernel / kernel.sum(), borderType=cv2.BORDER_CONSTANT
        )
    return spoiled


def _shear(images: Images, chance: np.random.Generator) -> Images:
    """Slanted by 0.4 columns a row, one way or the other."""
    return _warp(images, [[[1, s], [0, 1]] for s in 0.4 * _signs(len(images), chance)])


def _scale(images: Images, _chance: np.random.Generator) -> Images:
    """Shrunk to 0.7 of the size."""
    return _warp(images, [[[0.7, 0], [0, 0.7]]] * len(images))


def _rotate(images: Images, chance: np.random.Generator) -> Images:
    """Turned by 0.4 radians, which is 23°, one way or the other."""
    turns = 0.4 * _signs(len(images), chance)
    return _warp(images, [[[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]] for t in turns])


def _brightness(images: Images, _chance: np.random.Generator) -> Images:
    """Half of full ink everywhere, on top of what is there."""
    return images + np.float32(0.5)


def _translate(images: Images, chance: np.random.Generator) -> Images:
    """Moved by 3 pixels across and 3 down, each one way or the other."""
    shifts = 3 * np.stack([_signs(len(images), chance), _signs(len(images), chance)], 1)
    return _warp(images, [np.eye(2).tolist()] * len(images), shifts)


def _stripe(images: Images, _chance: np.random.Generator) -> Images:
    """Ink and paper changed in the outer quarters, left and right."""
    spoiled = images.copy()
    for side in (slice(0, 7), slice(21, 28)):
        spoiled[:, :, side] = 1 - spoiled[:, :, side]
    return spoiled


def _fog(images: Images, chance: np.random.Generator) -> Images:
    """Three times as much fog as ink: noise of several sizes, each 1.4 times weaker than before."""
    haze = np.zeros_like(images)
    for octave, size in enumerate((2, 3, 5, 9, 17, 28)):
        noise = chance.uniform(-1, 1, (len(images), size, size)).astype(np.float32)
        for index, layer in enumerate(noise):
            haze[index] += 1.4**-octave * cv2.resize(layer, (28, 28), interpolation=cv2.INTER_CUBIC)
    low, high = haze.min((1, 2), keepdims=True), haze.max((1, 2), keepdims=True)
    brightest = images.max((1, 2), keepdims=True)
    foggy = images + 3 * (haze - low) / (high - low)
    return np.asarray(foggy * brightest / (brightest + 3), np.float32)


def _spatter(images: Images, chance: np.random.Generator) -> Images:
    """Grey splashes over the digit."""
    liquid = _blur(chance.normal(0.65, 0.3, images.shape).astype(np.float32), 1)
    mask = _blur((liquid > 0.65).astype(np.float32), 1.5)
    mask[mask < 0.8] = 0
    return np.asarray(images * (1 - mask) + 63 / 255 * mask, np.float32)


def _dotted_line(images: Images, chance: np.random.Generator) -> Images:
    """A dotted straight line across the digit."""
    heights = _heights(len(images), chance)
    columns = np.arange(28) + chance.integers(0, 4, (len(images), 1))
    return _draw(images, heights, on=columns % 4 < 2)


def _zigzag(images: Images, chance: np.random.Generator) -> Images:
    """A zigzag line across the digit: 2.5 pixels up and down, every 7 columns."""
    columns = np.arange(28) + chance.integers(0, 7, (len(images), 1))
    wave = 2 * np.abs(2 * (columns / 7 % 1) - 1) - 1
    return _draw(images, _heights(len(images), chance) + 2.5 * wave)


def _canny_edges(images: Images, _chance: np.random.Generator) -> Images:
    """The edges of the strokes instead of the strokes (Canny 1986)."""
    smooth = np.rint(255 * _blur(images, 1)).astype(np.uint8)
    edges = [cv2.Canny(image, 50, 100, L2gradient=True) for image in smooth]
    return np.asarray(np.stack(edges) / 255, np.float32)


CORRUPTIONS: dict[str, Corruption] = {
    "shot noise": _shot_noise,
    "impulse noise": _impulse_noise,
    "glass blur": _glass_blur,
    "motion blur": _motion_blur,
    "shear": _shear,
    "scale": _scale,
    "rotate": _rotate,
    "brightness": _brightness,
    "translate": _translate,
    "stripe": _stripe,
    "fog": _fog,
    "spatter": _spatter,
    "dotted line": _dotted_line,
    "zigzag": _zigzag,
    "canny edges": _canny_edges,
}


def _signs(count: int, chance: np.random.Generator) -> NDArray[np.float64]:
    return chance.choice([-1.0, 1.0], count)


def _blur(images: Images, sigma: float) -> Images:
    blurred = [cv2.GaussianBlur(image, (0, 0), sigma) for image in images]
    return np.stack(blurred).astype(np.float32)


def _warp(
    images: Images, matrices: list[list[list[float]]], shifts: NDArray[np.float64] | None = None
) -> Images:
    """Map each image by its matrix (2, 2) about its middle, and move it by its shift in pixels."""
    spoiled = np.empty_like(images)
    middle = np.array([13.5, 13.5])
    for index, matrix in enumerate(np.array(matrices)):
        move = middle - matrix @ middle + (0 if shifts is None else shifts[index])
        spoiled[index] = cv2.warpAffine(images[index], np.column_stack([matrix, move]), (28, 28))
    return spoiled


def _heights(count: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Return the rows (count, 28) of lines from the left edge to the right one."""
    left, right = chance.uniform(5, 22, (2, count, 1))
    return np.asarray(left + (right - left) * np.linspace(0, 1, 28))


def _draw(
    images: Images, heights: NDArray[np.float64], on: NDArray[np.bool_] | bool = True
) -> Images:
    """Add lines of about two pixels, by their row in each column (N, 28)."""
    away = np.abs(np.arange(28)[:, None] - heights[:, None, :])
    line = np.clip(1.75 - away, 0, 1)
    if not isinstance(on, bool):
        line *= on[:, None, :]
    return np.maximum(images, line).astype(np.float32)
