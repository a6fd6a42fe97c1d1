"""Crosses, and what of a line of digits is a percent sign."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitnet.datasets import load_mnist
from digitnet.reading.candidate import Box
from digitnet.reading.signs import is_cross, without_percents
from tests.reading.lines import Point, drawn, line, text_of


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


def test_a_pinhole_where_thin_strokes_cross_is_no_matter() -> None:
    assert is_cross(drawn(((15, 41), (85, 59)), ((41, 15), (59, 85)), width=3))


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
