"""Marks that run across two lines of writing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._scoring import edit_distance
from digitnet.datasets import Digits
from digitnet.reading import Reader
from digitnet.reading.ink.ink import Ink
from digitnet.reading.segment import find_pieces

Mask = NDArray[np.uint8]


def rings(*tops: int, height: int = 60) -> Mask:
    """Lines of five rings each, 40 wide."""
    mask = np.zeros((400, 500), np.uint8)
    for top in tops:
        for number in range(5):
            middle = (60 + 90 * number, top + height // 2)
            cv2.ellipse(mask, middle, (20, height // 2), 0, 0, 360, 255, 6)
    return mask


def zeros(*tops: int) -> Mask:
    """A page with lines of three zeros each, and room behind the first."""
    page = np.full((340, 480), 240, np.uint8)
    for top in tops:
        for number in (0, 2, 3):
            cv2.ellipse(page, (70 + 90 * number, top + 45), (28, 45), 0, 0, 360, 40, 7)
    return page


def line_counts(mask: Mask) -> list[int]:
    return sorted(len(line.pieces) for line in find_pieces(Ink(mask, mask, 1.0, light=False)))


def test_a_stroke_from_one_line_into_the_next_is_cut() -> None:
    mask = rings(40, 130)
    cv2.line(mask, (240, 95), (240, 140), 255, 6)
    assert line_counts(mask) == [5, 5]


def test_three_lines_are_cut_twice() -> None:
    mask = rings(40, 130, 220)
    cv2.line(mask, (240, 95), (240, 140), 255, 6)
    cv2.line(mask, (240, 185), (240, 230), 255, 6)
    assert line_counts(mask) == [5, 5, 5]


def test_a_digit_that_is_twice_as_high_stays_whole() -> None:
    mask = rings(40)
    cv2.line(mask, (480, 30), (480, 160), 255, 6)  # No line beside its lower half.
    assert line_counts(mask) == [6]


def test_what_is_thick_between_the_lines_stays_whole() -> None:
    mask = rings(40, 130)
    mask[70:160, 215:265] = 255
    assert sum(line_counts(mask)) == 9


def test_lines_that_touch_are_read(reader: Reader, validation: Digits) -> None:
    wrong = 0
    for first in range(0, 40, 8):
        page, written = np.full((340, 560), 240, np.uint8), ""
        for line in range(2):
            images = validation.images[first + 4 * line :][:4]
            ink = cv2.resize(np.hstack(list(images)), (480, 120), interpolation=cv2.INTER_CUBIC)
            place = page[50 + 88 * line : 170 + 88 * line, 40:520]
            np.minimum(place, 240 - (ink * 0.8).astype(np.uint8), out=place)
            written += "".join(map(str, validation.labels[first + 4 * line :][:4]))
        cv2.line(page, (100, 140), (100, 160), 60, 7)
        cv2.line(page, (340, 140), (340, 160), 60, 7)
        wrong += edit_distance(written, reader.read(page).text.replace("\n", ""))
    assert wrong <= 5  # of 40


def test_two_digits_that_are_one_together_are_two_where_lines_stand_beside_them(
    reader: Reader,
) -> None:
    page = zeros(50, 150)
    cv2.line(page, (160, 50), (154, 240), 40, 7)  # As one, they are a long 1.
    reading = reader.read(page)
    assert reading.text == "0100\n0100"
    # It is cut between the lines, though any cut leaves two strokes.
    assert all(80 < line.digits[1].box[3] < 120 for line in reading.lines)


def test_a_nine_is_no_longer_by_a_one_below_it(reader: Reader) -> None:
    page = zeros(50, 150)
    cv2.ellipse(page, (160, 72), (22, 24), 0, 0, 360, 40, 7)
    cv2.polylines(page, [np.array([(182, 70), (176, 145), (168, 240)])], False, 40, 7)
    assert reader.read(page).text == "0900\n0100"


def test_a_seven_keeps_its_bar_that_touches_the_line_above(reader: Reader) -> None:
    page = zeros(50, 160)
    for middle in (72, 116):
        cv2.ellipse(page, (160, middle), (20, 22), 0, 0, 360, 40, 7)
    cv2.polylines(page, [np.array([(128, 144), (190, 144), (150, 250)])], False, 40, 7)
    assert reader.read(page).text == "0800\n0700"


def test_a_large_seven_beside_two_lines_keeps_its_tail(reader: Reader) -> None:
    page = np.full((340, 480), 240, np.uint8)
    for top in (60, 150):
        for number in range(3):
            cv2.ellipse(page, (210 + 80 * number, top + 35), (22, 35), 0, 0, 360, 40, 7)
    cv2.polylines(page, [np.array([(90, 70), (150, 70), (105, 205)])], False, 40, 7)
    assert sorted(reader.read(page).text.replace("\n", "")) == list("0000007")
