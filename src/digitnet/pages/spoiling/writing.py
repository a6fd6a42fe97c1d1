"""What a spoiling has to know of the writing: where it is, how large, and of which colour."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from digitnet.pages.page import Box, Page


def around(boxes: Iterable[Box]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all boxes together."""
    corners = np.array([(x, y, x + width, y + height) for x, y, width, height in boxes])
    left, top = corners[:, :2].min(axis=0).tolist()
    right, bottom = corners[:, 2:].max(axis=0).tolist()
    return left, top, right, bottom


def size_of_writing(page: Page) -> float:
    """The height of a digit, in pixels: the median."""
    return float(np.median([height for line in page.boxes for _, _, _, height in line]))


def ink_of(page: Page) -> tuple[int, int, int]:
    """The colour of the ink: of what is furthest from the paper around the first digit."""
    x, y, width, height = page.boxes[0][0]
    pixels = page.image[y : y + height, x : x + width].reshape(-1, 3).astype(np.float64)
    away = np.abs(pixels - np.median(pixels, axis=0)).sum(axis=1)
    red, green, blue = pixels[np.argsort(away)[-max(3, len(pixels) // 40) :]].mean(axis=0)
    return int(red), int(green), int(blue)
