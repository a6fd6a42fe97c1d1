from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from digitnet.datasets import load_mnist
from digitnet.glyph import BOX, SIDE, place, stroke_width

Image = NDArray[np.uint8]

any_ink = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=60))


def crop(image: Image) -> Image:
    x, y, width, height = cv2.boundingRect(image)
    return image[y : y + height, x : x + width]


def mean_difference(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.fixture(scope="module")
def digits() -> Image:
    return load_mnist().validation.images[:500]


def test_mnist_digits_already_lie_as_the_convention_says(digits: Image) -> None:
    placed = [place(crop(digit)) for digit in digits]
    differences = [mean_difference(a, b) for a, b in zip(placed, digits, strict=True)]
    # Of 255 grey levels; the few that differ at all were rounded the other way in 1998.
    assert np.mean(differences) < 0.1
    assert np.mean(np.equal(differences, 0)) > 0.8


def test_size_makes_little_difference(digits: Image) -> None:
    for factor in (3, 10):
        larger = [
            cv2.resize(d, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
            for d in digits[:100]
        ]
        differences = [
            mean_difference(place(np.asarray(a, np.uint8)), b)
            for a, b in zip(larger, digits, strict=False)
        ]
        assert np.mean(differences) < 8


def test_the_place_on_the_canvas_makes_no_difference(digits: Image) -> None:
    for digit in digits[:50]:
        canvas = np.zeros((90, 120), np.uint8)
        canvas[7:35, 85:113] = digit
        assert np.array_equal(place(canvas), place(digit))


def test_faint_ink_comes_out_as_full_ink(digits: Image) -> None:
    for digit in digits[:50]:
        assert mean_difference(place(digit // 4), place(digit)) < 2


def test_a_hairline_comes_out_as_a_stroke() -> None:
    ink = np.zeros((400, 300), np.uint8)
    cv2.ellipse(ink, (150, 200), (120, 180), 0, 0, 360, 255, 1)
    ring = place(ink)
    # Wherever one crosses the ring, there is a stroke of well more than half the full ink.
    assert ring[SIDE // 2, : SIDE // 2].max() > 160
    assert ring[SIDE // 2, SIDE // 2 :].max() > 160
    assert ring[: SIDE // 2, SIDE // 2].max() > 160
    assert ring[SIDE // 2 :, SIDE // 2].max() > 160


def test_no_ink_gives_an_empty_image() -> None:
    assert not place(np.zeros((40, 30), np.uint8)).any()


@given(any_ink)
def test_any_ink_fills_its_box_and_nothing_is_cut_off(ink: Image) -> None:
    image = place(ink)
    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.uint8
    if ink.any():
        _, _, width, height = cv2.boundingRect(image)
        assert image.max() == 255
        assert max(width, height) <= BOX


@given(any_ink, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_paper_around_any_ink_makes_no_difference(
    ink: Image, top: int, bottom: int, left: int, right: int
) -> None:
    wider = np.pad(ink, ((top, bottom), (left, right)))
    assert np.array_equal(place(wider), place(ink))


@pytest.mark.parametrize("width", [1, 2, 5, 12])
def test_stroke_width_measures_a_line(width: int) -> None:
    ink = np.zeros((60, 200), np.uint8)
    ink[20 : 20 + width, 10:190] = 255
    assert stroke_width(ink) == pytest.approx(width, rel=0.15)
