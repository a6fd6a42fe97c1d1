"""Dashed lines, and strokes that are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._scoring import edit_distance
from digitnet.datasets import Digits
from digitnet.reading import Reader
from digitnet.reading.rules.dashes import dashes

Mask = NDArray[np.uint8]


def draw_dashed(picture: Mask, start: tuple[int, int], end: tuple[int, int], grey: int) -> None:
    """Draw dashes of 12 pixels, 22 apart, from the left or from above."""
    (x, y), (right, bottom) = start, end
    if bottom > y:
        for top in range(y, bottom, 22):
            cv2.line(picture, (x, top), (x, min(top + 12, bottom)), grey, 3)
    else:
        for left in range(x, right, 22):
            cv2.line(picture, (left, y), (min(left + 12, right), y), grey, 3)


def write(picture: Mask, digits: Digits, first: int, side: int, left: int, pitch: int) -> str:
    """Write five digits into the middle of squares, dark on light."""
    top = (picture.shape[0] - side) // 2
    for number in range(5):
        ink = cv2.resize(digits.images[first + number], (side, side))
        x = left + number * pitch + (pitch - side) // 2
        place = picture[top : top + side, x : x + side]
        np.minimum(place, 245 - (ink * 0.85).astype(np.uint8), out=place)
    return "".join(map(str, digits.labels[first : first + 5]))


def test_dashed_boxes_around_digits(reader: Reader, validation: Digits) -> None:
    wrong = 0
    for first in range(0, 40, 5):
        page = np.full((300, 800), 245, np.uint8)
        for number in range(6):
            draw_dashed(page, (100 + 120 * number, 80), (100 + 120 * number, 220), 120)
        for y in (80, 220):
            draw_dashed(page, (100, y), (700, y), 120)
        written = write(page, validation, first, 90, 100, 120)
        wrong += edit_distance(written, reader.read(page).text)
    assert wrong <= 1  # of 40


def test_squares_with_dashed_middles_as_chinese_children_write_in(
    reader: Reader, validation: Digits
) -> None:
    wrong = 0
    for first in range(0, 40, 5):
        page = np.full((300, 900), 245, np.uint8)
        cv2.rectangle(page, (100, 70), (800, 210), 120, 3)
        for number in range(5):
            x = 100 + 140 * number
            cv2.line(page, (x, 70), (x, 210), 120, 3)
            draw_dashed(page, (x + 70, 70), (x + 70, 210), 140)
        draw_dashed(page, (100, 140), (800, 140), 140)
        written = write(page, validation, first, 110, 100, 140)
        wrong += edit_distance(written, reader.read(page).text)
    assert wrong <= 4  # of 40


@pytest.mark.parametrize("upright", [False, True])
def test_dashes_go_and_what_is_written_stays(upright: bool) -> None:
    mask = np.zeros((300, 600), np.uint8)
    draw_dashed(mask, (20, 150), (580, 150), 255)
    dashed = mask.copy()
    cv2.circle(mask, (300, 80), 40, 255, 7)
    cv2.line(mask, (450, 40), (450, 120), 255, 7)
    if upright:
        mask, dashed = mask.T.copy(), dashed.T.copy()
    found = dashes(mask)
    assert found is not None
    assert np.array_equal(found, dashed)


def test_ones_below_one_another_and_a_few_signs_are_no_dashes() -> None:
    mask = np.zeros((900, 300), np.uint8)
    for top in range(20, 860, 60):  # A column of 1, and a 0 beside each.
        cv2.line(mask, (100, top), (100, top + 40), 255, 5)
        cv2.ellipse(mask, (170, top + 20), (14, 20), 0, 0, 360, 255, 5)
    for left in (200, 225, 250):
        cv2.line(mask, (left, 880), (left + 12, 880), 255, 3)
    assert dashes(mask) is None
