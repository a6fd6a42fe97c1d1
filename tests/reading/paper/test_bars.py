"""Pages in a frame of one single grey, or between bars."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.reading.paper.bars import page_between_bars

Gray = NDArray[np.uint8]


def paper(height: int, width: int, level: int) -> Gray:
    """With the grain of a camera."""
    noise = np.random.default_rng(0).normal(0, 3, (height, width))
    return np.clip(level + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("bar", [0, 16, 255])
@pytest.mark.parametrize(
    ("top", "bottom", "left", "right"), [(40, 30, 0, 0), (0, 0, 60, 20), (30, 30, 50, 50)]
)
def test_bars_are_no_page(bar: int, top: int, bottom: int, left: int, right: int) -> None:
    low = np.full((240, 320), bar, np.uint8)
    inside = np.s_[top : 240 - bottom, left : 320 - right]
    low[inside] = paper(240 - top - bottom, 320 - left - right, 90)
    mask = page_between_bars(low)
    assert mask is not None
    wanted = np.zeros_like(low)
    wanted[inside] = 255
    assert np.mean(mask != wanted) < 0.04
    assert not np.any(mask[wanted == 0])


def test_a_drawing_has_no_bars() -> None:
    low = np.full((240, 320), 255, np.uint8)
    low[100:150, 120:125] = low[100:104, 120:160] = 0
    assert page_between_bars(low) is None


def test_neither_has_a_page_that_fills_its_picture() -> None:
    assert page_between_bars(paper(240, 320, 200)) is None
    assert page_between_bars(np.full((240, 320), 200, np.uint8)) is None
