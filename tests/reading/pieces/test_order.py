"""In what order lines are read."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.reading.pieces.order import reading_order

Boxes = NDArray[np.float32]


def line(x: float, y: float, slope: float = 0.0, digits: int = 4) -> Boxes:
    """Digits of 20×30 pixels, 26 apart, on a page that falls by ``slope``."""
    across = x + 26.0 * np.arange(digits)
    rows = [(ax - slope * y, y + slope * ax, 20.0, 30.0) for ax in across]
    return np.array(rows, np.float32)


@pytest.mark.parametrize("slope", [-0.15, 0.0, 0.15])
def test_lines_go_from_top_to_bottom_and_from_left_to_right(slope: float) -> None:
    lines = [line(0, 200, slope), line(140, 100, slope), line(0, 100, slope), line(0, 0, slope)]
    assert reading_order(lines) == [3, 2, 1, 0]


@pytest.mark.parametrize("slope", [-0.15, 0.0, 0.15])
def test_columns_go_one_after_the_other(slope: float) -> None:
    lines = [line(300 * column, 60 * row, slope) for row in range(3) for column in range(2)]
    assert reading_order(lines) == [0, 2, 4, 1, 3, 5]


def test_columns_are_told_apart_in_whatever_order_their_lines_come() -> None:
    left = [line(20, 50 + 60 * i, digits=3) for i in range(3)]
    right = [line(300, 55 + 60 * i, digits=3) for i in range(3)]
    mixed = [right[2], left[0], right[0], left[2], left[1], right[1]]
    assert reading_order(mixed) == [1, 4, 3, 2, 5, 0]


def test_lines_of_different_length_are_no_columns() -> None:
    assert reading_order([line(20, 200, digits=5), line(20, 50), line(150, 120, digits=2)]) == [
        1,
        2,
        0,
    ]


def test_a_few_numbers_beside_one_another_are_no_columns() -> None:
    assert reading_order([line(600, 0), line(0, 60), line(0, 0)]) == [2, 0, 1]


@pytest.mark.parametrize("lines", [[], [line(0, 0)]])
def test_one_line_or_none(lines: list[Boxes]) -> None:
    assert reading_order(lines) == list(range(len(lines)))
