"""Which glyphs are crosses, and what is left of a line without them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitnet.datasets import load_mnist
from digitnet.glyph import place
from digitnet.reading.segment import Piece, PieceLine
from digitnet.reading.signs.crosses import is_cross, without_crosses
from tests.reading.lines import Point, drawn


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


def test_crosses_are_left_out_of_a_line_and_counted() -> None:
    ink = np.zeros((30, 30), np.uint8)
    ink[13:17] = ink[:, 13:17] = 255
    plus, small = Piece(40, 0, ink), Piece(80, 20, ink[9:21, 9:21])
    one = Piece(0, 0, ink[:, 13:17])
    pieces = PieceLine([one, plus, small], 30.0)
    seen = {piece: (place(piece.ink), np.zeros(0, np.float32)) for piece in pieces.pieces}
    assert without_crosses([pieces], seen) == 1
    assert pieces.pieces == [one, small]
