"""Crosses, and strokes that stand out of a line of digits."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitnet.classes import CLASSES
from digitnet.datasets import load_mnist
from digitnet.glyph import place
from digitnet.reading.path import Box, Candidate
from digitnet.reading.signs import is_cross, without_percents, without_slashes

Glyph = NDArray[np.uint8]
Point = tuple[int, int]


def drawn(*strokes: tuple[Point, Point], width: int = 5) -> Glyph:
    ink = np.zeros((100, 100), np.uint8)
    for start, end in strokes:
        cv2.line(ink, start, end, 255, width, cv2.LINE_AA)
    return place(ink)


def line(text: str, leaning: float = 0.0, **odd: Box) -> list[Candidate]:
    """Digits 20 high and 20 apart; ``at2`` is the box of the third, and ``leaning`` how it does."""
    path = []
    for i, digit in enumerate(text):
        box = odd.get(f"at{i}", (20 * i, 100, 14, 20))
        lean = round(40 * leaning) if f"at{i}" in odd else 0
        glyph = drawn(((50 + lean // 2, 30), (50 - lean // 2, 70)))
        scores = np.eye(CLASSES, dtype=np.float32)[int(digit)]
        path.append(Candidate(i, i + 1, box, scores, glyph))
    return path


def text_of(path: list[Candidate]) -> str:
    return "".join(str(candidate.digit) for candidate in path)


@given(
    angle=st.floats(-np.pi, np.pi),
    opening=st.floats(np.deg2rad(60), np.deg2rad(120)),
    length=st.integers(24, 40),
    width=st.integers(3, 9),
)
def test_two_straight_strokes_that_cross_are_a_cross(
    angle: float, opening: float, length: int, width: int
) -> None:
    ends = [
        (round(50 + length * np.cos(turn)), round(50 + length * np.sin(turn)))
        for turn in (angle, angle + np.pi, angle + opening, angle + opening + np.pi)
    ]
    assert is_cross(drawn((ends[0], ends[1]), (ends[2], ends[3]), width=width))


@pytest.mark.parametrize(
    "strokes",
    [
        [((50, 20), (50, 80))],  # 1
        [((25, 20), (75, 20)), ((75, 20), (45, 80))],  # 7
        [((25, 20), (75, 20)), ((75, 20), (45, 80)), ((40, 50), (80, 50))],  # crossed
        [((30, 20), (25, 55)), ((25, 55), (80, 55)), ((60, 25), (60, 85))],  # 4
        [((20, 50), (80, 50)), ((26, 20), (26, 80))],  # a T that lies
        [((20, 20), (80, 20)), ((50, 20), (50, 80))],  # a T
        [],
    ],
)
def test_what_has_other_strokes_is_no_cross(strokes: list[tuple[Point, Point]]) -> None:
    assert not is_cross(drawn(*strokes))


def test_digits_are_no_crosses_but_for_a_4_that_is_one() -> None:
    digits = load_mnist().validation
    crosses = [is_cross(image) for image in digits.images]
    assert digits.labels[crosses].tolist() in ([], [4])


@pytest.mark.parametrize(("top", "height"), [(94, 32), (80, 60), (95, 30)])
def test_a_stroke_that_stands_out_above_and_below_is_a_sign(top: int, height: int) -> None:
    assert text_of(without_slashes(line("24107", at2=(40, top, 14, height)))) == "2407"


def test_less_is_enough_for_one_that_leans_further_than_the_others() -> None:
    assert text_of(without_slashes(line("24107", 0.3, at2=(40, 97, 14, 26)))) == "2407"
    assert text_of(without_slashes(line("24107", -0.3, at2=(40, 97, 14, 26)))) == "24107"


@pytest.mark.parametrize(("top", "height"), [(100, 20), (98, 24), (70, 50), (100, 60), (98, 23)])
def test_a_1_that_is_tall_or_low_or_out_of_line_is_one(top: int, height: int) -> None:
    assert text_of(without_slashes(line("24107", 0.3, at2=(40, top, 14, height)))) == "24107"


def test_only_strokes_are_slashes() -> None:
    assert text_of(without_slashes(line("24807", at2=(40, 80, 14, 60)))) == "24807"


def test_among_ones_too_a_stroke_may_stand_out() -> None:
    assert text_of(without_slashes(line("11111", at2=(40, 80, 4, 60)))) == "1111"


def test_one_digit_is_not_enough_to_stand_out_of() -> None:
    assert text_of(without_slashes(line("21", at1=(20, 80, 4, 60)))) == "21"


def test_the_first_may_be_a_bracket() -> None:
    assert text_of(without_slashes(line("1243", at0=(0, 90, 6, 40)))) == "243"


def test_a_slash_between_a_ring_above_and_one_below_is_a_percent_sign() -> None:
    rings = (40, 100, 8, 9), (58, 112, 8, 9)
    found = line("15010", at2=rings[0], at3=(47, 99, 12, 22), at4=rings[1])
    assert text_of(without_percents(found)) == "15"
    assert text_of(without_percents(found[2:])) == ""


@pytest.mark.parametrize(
    "below",
    [
        pytest.param((58, 100, 8, 20), id="as high as the slash"),
        pytest.param((58, 100, 8, 9), id="above, too"),
        pytest.param((80, 112, 8, 9), id="far from it"),
    ],
)
def test_a_stroke_between_others_is_a_one(below: Box) -> None:
    found = line("15010", at2=(40, 100, 8, 9), at3=(47, 99, 12, 22), at4=below)
    assert text_of(without_percents(found)) == "15010"
