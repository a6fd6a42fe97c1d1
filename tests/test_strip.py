from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from digitnet.strip import BOX_HEIGHT, BOX_WIDTH, HEIGHT, WIDTH, place_strip

Image = NDArray[np.uint8]

any_ink = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=80))


def extent(strip: Image) -> tuple[int, int, int, int]:
    x, y, width, height = cv2.boundingRect(strip)
    return x, y, width, height


def row_of_bars(count: int, height: int = 60) -> Image:
    ink = np.zeros((height, 20 * count), np.uint8)
    for k in range(count):
        ink[:, 20 * k : 20 * k + 8] = 255
    return ink


@given(any_ink)
def test_any_ink_lies_in_the_middle_and_is_full_somewhere(ink: Image) -> None:
    strip = place_strip(ink)
    assert strip.shape == (HEIGHT, WIDTH)
    assert strip.dtype == np.uint8
    assert strip.max() == (255 if ink.any() else 0)
    if ink.any():
        inked = np.flatnonzero(strip.max(axis=0))
        assert inked[0] >= WIDTH / 2 - BOX_WIDTH / 2
        assert inked[-1] < WIDTH / 2 + BOX_WIDTH / 2


def test_it_is_24_pixels_high_as_far_as_it_fits() -> None:
    *_, height = extent(place_strip(row_of_bars(3)))
    assert height == BOX_HEIGHT
    left, _, width, height = extent(place_strip(row_of_bars(40)))
    assert width <= BOX_WIDTH
    assert left <= 3
    assert height <= 9


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([1, 2, 3]))
def test_size_and_place_make_next_to_no_difference(top: int, left: int, factor: int) -> None:
    ink = row_of_bars(3, 80)
    larger = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    canvas = np.zeros((400, 400), np.uint8)
    canvas[top : top + larger.shape[0], left : left + larger.shape[1]] = larger
    difference = place_strip(canvas).astype(int) - place_strip(ink)
    assert np.abs(difference).mean() < 4


def test_a_hairline_is_thickened() -> None:
    ink = np.zeros((100, 200), np.uint8)
    ink[:, 100] = 255
    ink[50, :] = 255
    strip = place_strip(ink)
    assert (strip[:, WIDTH // 2 - 1 : WIDTH // 2 + 2].max(axis=1) > 200)[3:-3].all()
