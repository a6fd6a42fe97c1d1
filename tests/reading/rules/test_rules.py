"""Rules go, and strokes of digits that look like them stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.reading import Reader
from digitnet.reading.rules.rules import without_rules


def sevens(thickness: int) -> NDArray[np.uint8]:
    """A row of 7, whose bars lie on one straight line, and writing below it."""
    mask = np.zeros((500, 800), np.uint8)
    for left in range(100, 580, 60):
        seven = np.array([[left, 100], [left + 32, 100], [left + 14, 168]], np.int32)
        cv2.polylines(mask, [seven], False, 255, thickness)
    cv2.putText(mask, "0283", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 2.4, 255, thickness)
    return mask


@pytest.mark.parametrize("thickness", [4, 7])
def test_the_bars_of_a_row_of_7_are_no_rule(reader: Reader, thickness: int) -> None:
    mask = sevens(thickness)
    assert np.array_equal(without_rules(mask, mask), mask)
    assert reader.read(255 - mask).text == "77777777\n0283"


def test_a_line_on_which_a_row_of_7_hangs_is_a_rule() -> None:
    mask = sevens(7)
    ruled = mask.copy()
    cv2.line(ruled, (80, 134), (600, 134), 255, 3)
    left = without_rules(ruled, ruled)
    assert np.count_nonzero(left[mask > 0]) > 0.97 * np.count_nonzero(mask)
    assert np.count_nonzero(left[mask == 0]) < 0.1 * np.count_nonzero(ruled[mask == 0])


def test_rules_with_all_that_stands_on_them_may_be_one_mark_on_a_sheet_that_lies_askew() -> None:
    rules = np.zeros((330, 460), np.uint8)
    for y in range(20, 280, 36):
        cv2.line(rules, (30 - y // 12, y), (450 - y // 12, y + 36), 255, 2)
    cv2.line(rules, (66, 22), (44, 286), 255, 2)
    writing = np.zeros_like(rules)
    for x, y in ((250, 108), (300, 148), (330, 188)):
        cv2.putText(writing, "8", (x, y + 5), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 3)
    ruled = rules | writing
    assert cv2.connectedComponents(ruled)[0] == 2  # And the ground.
    left = without_rules(ruled, ruled)
    assert np.count_nonzero(left[writing > 0]) > 0.8 * np.count_nonzero(writing)
    assert np.count_nonzero(left[writing == 0]) < 0.1 * np.count_nonzero(rules)


@pytest.mark.parametrize("pixels", [0, 1])
def test_next_to_no_ink_has_no_rules(pixels: int) -> None:
    mask = np.zeros((300, 400), np.uint8)
    mask[150, 200 : 200 + pixels] = 255
    assert np.array_equal(without_rules(mask, mask), mask)


def test_a_large_4_of_two_strokes_on_a_page_of_small_writing_is_no_rule() -> None:
    """Its long stroke has the middle of the other in its box, as a frame has that of a digit."""
    mask = np.zeros((810, 1080), np.uint8)
    for row in range(3):
        for column in range(6):
            cv2.circle(mask, (90 + 36 * column, 610 + 45 * row), 12, 255, 4)
    four = np.zeros_like(mask)
    cv2.polylines(four, [np.array([[480, 340], [410, 410], [455, 432]])], False, 255, 5)
    cv2.line(four, (530, 334), (430, 510), 255, 5)
    left = without_rules(mask | four, mask | four)
    assert np.array_equal(left & four, four)
