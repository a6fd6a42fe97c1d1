"""A 1 with an upstroke, short or as long as its stem, a 7, and two 1 that touch."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitnet.classes import NO_DIGIT
from digitnet.glyph import place
from digitnet.reading import Reader
from digitnet.reading.rows.opinions import Opinions
from digitnet.reading.rows.upstrokes import ONE, SEVEN, TWO_ONES, is_roof, with_upstrokes

HEIGHT = 60


def strokes(*ends: NDArray[np.float64], pen: int) -> NDArray[np.uint8]:
    """Draw a line through some points; on paper, with the soft edge of a camera."""
    points = np.stack(ends) + np.array([90, 40])
    ink = np.zeros((140, 180), np.uint8)
    cv2.polylines(ink, [np.rint(8 * points).astype(np.int32)], False, 255, pen, cv2.LINE_AA, 3)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.0), np.uint8)


def one(reach: float, turn: float, lean: float, pen: int) -> NDArray[np.uint8]:
    """Draw a 1 whose upstroke starts so far down, at an angle, in degrees, from the stem."""
    top = np.zeros(2)
    start = reach * HEIGHT * np.array([-np.tan(np.radians(lean + turn)), 1])
    end = HEIGHT * np.array([-np.tan(np.radians(lean)), 1])
    return strokes(start, top, end, pen=pen)


def test_strokes_that_run_apart_from_where_they_meet_are_mostly_a_1() -> None:
    rng = np.random.default_rng(0)
    glyphs = np.stack(
        [
            place(one(rng.uniform(0.9, 1), rng.uniform(30, 45), rng.uniform(0, 12), pen))
            for pen in rng.integers(4, 7, 300).tolist()
        ]
    )
    seen = np.zeros((len(glyphs), 111), np.float32)
    seen[:, TWO_ONES], seen[:, NO_DIGIT] = 0.4, 0.5
    changed = with_upstrokes(glyphs, seen)
    are_one = changed[:, ONE] > 0
    assert are_one.mean() > 0.9
    assert changed[are_one, ONE] == pytest.approx(0.9)
    assert not changed[are_one][:, [TWO_ONES, NO_DIGIT]].any()


@given(lean=st.floats(-5, 30), apart=st.integers(12, 24), pen=st.integers(4, 7))
def test_strokes_that_stand_parallel_are_two(lean: float, apart: int, pen: int) -> None:
    low = HEIGHT * np.array([-np.tan(np.radians(lean)), 1])
    right = np.array([apart, 0])
    ink = strokes(low, np.zeros(2), pen=pen) | strokes(low + right, right, pen=pen)
    ink |= strokes(np.zeros(2), right, pen=pen)  # where they touch
    two = np.zeros((1, 111), np.float32)
    two[0, TWO_ONES] = 0.9
    glyphs = place(ink)[None]
    assert with_upstrokes(glyphs, two) is two


def test_what_may_be_a_1_with_a_hook_or_a_7_is_rather_the_1() -> None:
    glyphs = place(one(0.4, 45, 0, 5))[None]
    seen = np.zeros((1, 111), np.float32)
    seen[0, [ONE, SEVEN, NO_DIGIT]] = 0.36, 0.54, 0.1
    changed = with_upstrokes(glyphs, seen)
    assert changed.argmax() == ONE
    assert changed.sum() == pytest.approx(1)
    assert changed[0, NO_DIGIT] == pytest.approx(0.1)


def test_a_sure_7_stays_one() -> None:
    glyphs = place(one(0.4, 80, 0, 5))[None]
    seen = np.zeros((1, 111), np.float32)
    seen[0, [ONE, SEVEN]] = 0.2, 0.8
    assert with_upstrokes(glyphs, seen).argmax() == SEVEN


def test_whoever_asks_the_networks_is_told_of_one() -> None:
    glyphs = place(one(1.0, 40, 0, 5))[None]
    assert Opinions(threads=1).classify_all(glyphs).argmax() == ONE


def test_a_1_with_a_long_upstroke_is_read(reader: Reader) -> None:
    for reach in (0.5, 0.7, 0.8, 0.9, 1.0):
        picture = 255 - one(reach, 38, 4, 5)
        assert reader.read(picture).text == "1"
        assert reader.read(cv2.copyMakeBorder(picture, *(200,) * 4, 0, value=255)).text == "1"


@given(rows=st.integers(0, 5), left=st.integers(2, 12), apart=st.integers(2, 14))
def test_dashes_and_no_ink_are_no_1(rows: int, left: int, apart: int) -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[10 : 10 + rows, [left, left + apart]] = 255
    assert not is_roof(glyph)
