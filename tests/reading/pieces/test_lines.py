"""Which boxes are one line of writing: large and small, whole and broken."""

from __future__ import annotations

import numpy as np

from digitnet.reading.pieces.lines import _percentiles, find_lines
from digitnet.reading.pieces.stacks import find_stacks

Box = tuple[float, float, float, float]

LARGE: list[Box] = [(60.0 * i, 100.0, 45.0, 100.0) for i in range(6)]


def lines_of(boxes: list[Box]) -> list[list[int]]:
    return sorted(line.members for line in find_lines(np.array(boxes, np.float32)))


def test_small_writing_close_below_large_is_a_line_of_its_own() -> None:
    small: list[Box] = [(40.0 * i, 210.0, 20.0, 32.0) for i in range(5)]
    assert lines_of([*LARGE, *small]) == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
    stacks = find_stacks(np.array([*LARGE, *small], np.float32))
    assert all(len(stack) == 1 for stack in stacks)


def test_broken_digits_right_above_one_another_are_not_one() -> None:
    rows: list[Box] = [(80.0 * i, 65.0 * k, 50.0, 58.0) for k in range(2) for i in (0, 1, 3, 4)]
    upper: list[Box] = [(170.0, 0.0, 45.0, 20.0), (165.0, 24.0, 50.0, 34.0)]
    lower: list[Box] = [(165.0, 64.0, 30.0, 24.0), (168.0, 90.0, 48.0, 34.0)]
    stacks = find_stacks(np.array([*rows, *upper, *lower], np.float32))
    assert sorted(sorted(stack) for stack in stacks if len(stack) > 1) == [[8, 9], [10, 11]]


def test_digits_beside_a_bracket_are_no_fragments_of_it() -> None:
    rows: list[Box] = [
        (40.0 + 40 * i, 20.0 + 60 * k, 25.0, 40.0) for k in range(3) for i in range(4)
    ]
    lines = lines_of([*rows, (0.0, 0.0, 30.0, 190.0)])
    assert [line for line in lines if 12 not in line] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10, 11],
    ]


def test_a_small_mark_below_a_digit_is_a_fragment_of_it() -> None:
    assert lines_of([*LARGE, (70.0, 210.0, 20.0, 32.0)]) == [[0, 6, 1, 2, 3, 4, 5]]


def test_flat_strokes_above_digits_are_fragments_of_them() -> None:
    strokes: list[Box] = [(60.0 * i + 5, 80.0, 40.0, 15.0) for i in range(6)]
    (line,) = lines_of([*LARGE, *strokes])
    assert len(line) == 12


def test_a_stroke_that_stands_off_a_low_5_is_in_its_line() -> None:
    body, stroke = (105.0, 150.0, 35.0, 50.0), (137.0, 130.0, 50.0, 25.0)
    digits = [box for box in LARGE if box[0] not in (120.0, 180.0)]
    (line,) = lines_of([*digits, body, stroke])
    assert line == [0, 1, 4, 5, 2, 3]


def test_percentiles_of_rows_are_those_of_their_numbers() -> None:
    rng = np.random.default_rng(0)
    rows = rng.uniform(5, 90, (40, 30)).astype(np.float32)
    rows[:, 1:][rng.random((40, 29)) < 0.7] = np.nan
    assert np.allclose(_percentiles(rows, 70), np.nanpercentile(rows, 70, axis=1))


def test_a_line_whose_few_boxes_mislead_about_its_slope_is_one() -> None:
    # A 1 and a 7, a 2 and a 5 that are lower and sink, and then digits as at the beginning.
    boxes: list[Box] = [
        (87, 81, 7, 35),
        (109, 75, 27, 40),
        (160, 90, 45, 26),
        (217, 98, 49, 24),
        (292, 82, 32, 36),
        (340, 81, 30, 38),
        (392, 89, 31, 35),
    ]
    assert lines_of(boxes) == [[0, 1, 2, 3, 4, 5, 6]]


def test_lines_that_climb_past_one_another_are_not_joined() -> None:
    rows: list[Box] = [
        (40.0 * i, 400.0 + 60 * k - 0.25 * 40 * i, 25.0, 40.0) for k in range(4) for i in range(8)
    ]
    assert lines_of(rows) == [list(range(8 * k, 8 * k + 8)) for k in range(4)]
