"""Lines, stacks, cuts and candidates, on boxes and strokes drawn here."""

from __future__ import annotations

import time
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from digitnet.reading.page import Ink
from digitnet.reading.pieces.cuts import find_cuts, split
from digitnet.reading.pieces.lines import find_lines
from digitnet.reading.pieces.stacks import find_stacks
from digitnet.reading.segment import PieceLine, candidates, cut_piece, find_pieces, union

Boxes = NDArray[np.float32]


def row(y: float, count: int, *, x: float = 20, size: float = 30, slope: float = 0.0) -> Boxes:
    """A line of digits, half as wide as high."""
    left = x + np.arange(count) * size * 0.9
    return np.stack(
        [left, y + slope * left, np.full(count, size / 2), np.full(count, size)], axis=1
    ).astype(np.float32)


def lines_of(boxes: Boxes) -> list[list[int]]:
    return sorted(line.members for line in find_lines(boxes))


@pytest.mark.parametrize("slope", [0.0, 0.15, -0.26])
def test_lines_that_climb_and_fall(slope: float) -> None:
    boxes = np.concatenate([row(300 + 60 * i, 9, slope=slope) for i in range(4)])
    shuffled = np.random.default_rng(1).permutation(len(boxes))
    found = find_lines(boxes[shuffled])
    assert sorted(sorted(int(shuffled[m]) for m in line.members) for line in found) == [
        list(range(9 * i, 9 * i + 9)) for i in range(4)
    ]


def test_a_line_that_waves() -> None:
    boxes = row(100, 16)
    boxes[:, 1] += 12 * np.sin(np.arange(16) / 2)
    assert lines_of(boxes) == [list(range(16))]


def test_digits_of_very_different_size_stand_in_lines_of_their_own() -> None:
    boxes = np.concatenate([row(20, 4, size=200), row(300, 12, size=24)])
    assert lines_of(boxes) == [[0, 1, 2, 3], list(range(4, 16))]


def test_a_wide_gap_parts_columns() -> None:
    left = [row(50 + 60 * i, 3) for i in range(3)]
    right = [row(55 + 60 * i, 3, x=300) for i in range(3)]
    boxes = np.concatenate([*left, *right])
    assert len(find_lines(boxes)) == 6


def test_the_upper_stroke_of_a_five_belongs_to_it() -> None:
    boxes = np.concatenate(
        [row(100, 3), np.array([[110, 112, 16, 18], [112, 100, 20, 8]], np.float32)]
    )
    assert [3, 4] in find_stacks(boxes)


def test_lines_close_above_one_another_are_no_stack() -> None:
    boxes = np.concatenate([row(100, 5), row(134, 5)])
    assert all(len(stack) == 1 for stack in find_stacks(boxes))


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 40), st.just(4)),
        elements=st.integers(1, 500).map(float),
    )
)
def test_every_box_is_in_exactly_one_line(boxes: Boxes) -> None:
    members = [m for line in find_lines(boxes) for m in line.members]
    assert sorted(members) == list(range(len(boxes)))
    stacked = [m for stack in find_stacks(boxes) for m in stack]
    assert sorted(stacked) == list(range(len(boxes)))


def test_ten_thousand_digits_on_a_page() -> None:
    boxes = np.concatenate([row(20 + 45 * i, 100) for i in range(100)])
    start = time.process_time()
    found = find_lines(boxes)
    assert len(find_stacks(boxes)) == 10_000
    assert [len(line.members) for line in found] == [100] * 100
    # Near-linear takes about a second; comparing all with all would take a minute.
    assert time.process_time() - start < 20


def touching() -> NDArray[np.uint8]:
    """A ring and a slanted loop that lean against each other."""
    ink = np.zeros((60, 90), np.uint8)
    cv2.ellipse(ink, (26, 30), (18, 24), 0, 0, 360, 255, 4)
    cv2.ellipse(ink, (66, 34), (19, 22), 10, 0, 360, 255, 4)
    return ink


def test_a_slanted_cut_parts_digits_that_touch() -> None:
    ink = touching()
    seams = find_cuts(ink, 60)
    # Halfway down the ring ends at column 46, and the stroke begins at 48.
    assert any(44 <= seam[20] <= 54 for seam in seams)
    assert all((a <= b).all() for a, b in pairwise(seams))


def test_parts_make_up_the_whole() -> None:
    ink = touching()
    whole = np.zeros_like(ink)
    for x, y, part in split(ink, find_cuts(ink, 60)):
        view = whole[y : y + part.shape[0], x : x + part.shape[1]]
        assert not (view & part).any()
        view |= part
    assert np.array_equal(whole, ink)


def test_pieces_candidates_and_unions() -> None:
    mask = np.zeros((120, 300), np.uint8)
    mask[30:90, 20:110] = touching()
    mask[30:90, 180:270] = touching()
    (line,) = find_pieces(Ink(mask, mask, 1.0, light=False))
    assert len(line.pieces) == 2
    assert line.height == pytest.approx(53, abs=4)
    parts = PieceLine(
        [part for p in line.pieces for part in cut_piece(p, line.height)], line.height
    )
    runs = candidates(parts)
    firsts = [i for i, p in enumerate(parts.pieces) if not p.joined]
    assert firsts[0] == 0
    assert len(firsts) == 2
    # Each mark as a whole is a candidate, and none reaches over the wide gap.
    assert (0, firsts[1]) in runs
    assert not any(first < firsts[1] < last for first, last in runs)
    box, ink = union(parts.pieces[: firsts[1]])
    assert ink.shape == (box[3], box[2])
    assert np.count_nonzero(ink) == np.count_nonzero(mask[:, :150])


def test_a_low_body_and_a_stroke_that_rises_far_beyond_it_may_be_one_5() -> None:
    mask = np.zeros((200, 300), np.uint8)
    cv2.ellipse(mask, (100, 110), (28, 33), 0, -100, 100, 255, 8)
    cv2.line(mask, (122, 64), (206, 50), 255, 8)
    (line,) = find_pieces(Ink(mask, mask, 1.0, light=False))
    assert len(line.pieces) == 2
    assert (0, 2) in candidates(line)


@pytest.mark.parametrize(("side", "pieces"), [(50, 2), (90, 2), (8, 3)])
def test_what_is_drawn_around_writing_is_no_piece(side: int, pieces: int) -> None:
    mask = np.zeros((200, 400), np.uint8)
    cv2.ellipse(mask, (200, 100), (190, 90), 0, 0, 360, 255, 4)
    cv2.rectangle(mask, (130, 60), (160, 60 + side), 255, 3)
    cv2.rectangle(mask, (230, 60), (260, 60 + side), 255, 3)
    (line,) = find_pieces(Ink(mask, mask, 1.0, light=False))
    assert len(line.pieces) == pieces


def test_dust_is_no_piece() -> None:
    mask = np.zeros((200, 300), np.uint8)
    cv2.line(mask, (100, 40), (90, 160), 255, 6)
    mask[::20, ::20] = 255
    (line,) = find_pieces(Ink(mask, mask, 1.0, light=False))
    assert len(line.pieces) == 1
