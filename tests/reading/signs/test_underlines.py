"""Lines under a digit or two, and the flat strokes that are none."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.classes import CLASSES, NO_DIGIT
from digitnet.reading.segment import Piece, PieceLine
from digitnet.reading.signs.underlines import underlines, without_underlines

HEIGHT = 50

Box = tuple[int, int, int, int]
LEFT, RIGHT = (10, 0, 30, HEIGHT), (50, 0, 30, HEIGHT)


def found(*boxes: Box, none: float = 0.01) -> list[Box]:
    """The boxes, (x, y, width, height), of what is taken for lines under digits."""
    pieces = [Piece(x, y, np.full((h, w), 255, np.uint8)) for x, y, w, h in boxes]
    scores = np.full(CLASSES, (1 - none) / (CLASSES - 1), np.float32)
    scores[NO_DIGIT] = none
    glyph = np.zeros((28, 28), np.uint8)
    drawn = underlines(PieceLine(pieces, HEIGHT), dict.fromkeys(pieces, (glyph, scores)))
    return [(p.x, p.y, p.width, p.height) for p in drawn]


@pytest.mark.parametrize("under", [(8, 56, 76, 5), (5, 48, 90, 8)])
def test_under_two_digits(under: Box) -> None:
    assert found(LEFT, under, RIGHT) == [under]


def test_under_one_digit() -> None:
    assert found(LEFT, (5, 55, 42, 4)) == [(5, 55, 42, 4)]


def test_the_lower_stroke_of_a_2_stays() -> None:
    assert found((10, 0, 36, 40), (8, 44, 40, 6)) == []


def test_a_dash_between_digits_stays() -> None:
    assert found(LEFT, (45, 22, 40, 5), (90, 0, 30, HEIGHT)) == []


def test_the_bar_of_a_fraction_stays() -> None:
    assert found(LEFT, (5, 56, 80, 5), RIGHT, (30, 66, 30, HEIGHT)) == []


def test_under_what_is_no_digit_it_stays() -> None:
    assert found(LEFT, (8, 56, 76, 5), RIGHT, none=0.99) == []


def test_a_line_is_left_with_its_digits() -> None:
    under, digit = (
        Piece(x, y, np.full((h, w), 255, np.uint8)) for x, y, w, h in ((5, 55, 42, 4), LEFT)
    )
    scores = np.eye(CLASSES, dtype=np.float32)[5]
    line = PieceLine([digit, under], HEIGHT)
    without_underlines([line], dict.fromkeys((digit, under), (digit.ink, scores)))
    assert line.pieces == [digit]
