"""Rings that touch what they are drawn around, or what is beside it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.pages.spoiling import spoil
from digitnet.reading import Reader
from digitnet.reading.rules.loops import without_loops
from tests.reading.readings import wrong

Mask = NDArray[np.uint8]
TEXT = "40 57 83"


def blank() -> Mask:
    return np.zeros((400, 700), np.uint8)


def written(mask: Mask, text: str, left: int, base: int) -> Mask:
    """Write upright digits of 44 pixels, with a pen of 5."""
    cv2.putText(mask, text, (left, base), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 5)
    return mask


def ring(wobble: float, phase: float, middle: tuple[int, int], axes: tuple[int, int]) -> Mask:
    """A ring of 5 pixels, whose radius waves by so much of it."""
    turn = np.linspace(phase, phase + 2.2 * np.pi, 300)
    radius = 1 + wobble * np.sin(2 * turn + phase)
    points = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1) * axes + middle
    mask = blank()
    cv2.polylines(mask, [np.rint(points).astype(np.int32)], False, 255, 5)
    return mask


@given(wobble=st.floats(0, 0.06), phase=st.floats(0, 6), lift=st.integers(0, 15))
def test_a_ring_that_meets_the_line_below_is_taken_away(
    wobble: float, phase: float, lift: int
) -> None:
    digits = written(written(blank(), TEXT, 200, 200), "66100", 220, 290 - lift)
    drawn = ring(wobble, phase, (330, 180), (210, 70))
    left = without_loops(digits | drawn)
    ring_alone, kept = (drawn > 0) & (digits == 0), digits > 0
    assert (left[ring_alone] > 0).mean() < 0.12  # what lies in crossings stays
    assert (left[kept] > 0).mean() > 0.88  # what a ring runs along goes with it


def test_overlapping_rings_are_taken_away() -> None:
    digits = written(written(blank(), TEXT, 200, 150), TEXT, 200, 250)
    rings = ring(0, 0, (330, 130), (210, 65)) | ring(0, 1, (330, 230), (200, 65))
    left = without_loops(digits | rings)
    assert (left[(rings > 0) & (digits == 0)] > 0).mean() < 0.1
    assert (left[digits > 0] > 0).mean() > 0.95


@pytest.mark.parametrize("blot", [0, 15])
def test_a_ring_that_the_picture_cuts_is_taken_away(blot: int) -> None:
    digits = written(blank(), TEXT, 30, 200)
    cv2.circle(digits, (600, 340), blot, 255, -1)  # thicker than the ring
    drawn = ring(0, 0, (130, 180), (210, 70))
    left = without_loops(digits | drawn)
    assert np.array_equal(left > 0, digits > 0)


@pytest.mark.parametrize("text", ["0 8 6 9", "808", "40 57 83"])
def test_digits_are_no_rings(text: str) -> None:
    mask = written(blank(), text, 100, 200)
    cv2.circle(mask, (500, 180), 100, 255, 8)  # a large 0, with nothing in it
    assert without_loops(mask) is mask


def test_cells_of_a_form_are_no_rings() -> None:
    mask = written(blank(), "4 5 7 8", 105, 200)
    for x in range(90, 480, 75):
        cv2.rectangle(mask, (x, 130), (x + 75, 220), 255, 3)
    assert without_loops(mask) is mask


def test_no_ink_is_no_ring() -> None:
    assert not without_loops(blank()).any()


@pytest.mark.parametrize(("condition", "seed"), [("light", 3100072), ("table", 3100078)])
def test_numbers_in_rings_are_read(
    reader: Reader, validation: Digits, condition: str, seed: int
) -> None:
    page = spoil(compose(validation, condition, seed), "circled", seed)
    assert wrong(reader, page, page.image) <= 1
