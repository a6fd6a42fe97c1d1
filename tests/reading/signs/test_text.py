"""What stands beside digits and is none, and what might be taken for that."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._scoring import edit_distance
from digitnet.datasets import Digits
from digitnet.reading import Reader


def test_a_line_below_and_a_ring_around_are_no_digits(reader: Reader, validation: Digits) -> None:
    images, labels = validation.images, validation.labels
    wrong = 0
    for start in range(0, 60, 3):
        number = np.hstack([image[:, image.any(axis=0)] for image in images[start:][:3]])
        page = np.pad(cv2.resize(number, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), 80)
        height, width = page.shape
        underlined, ringed = page.copy(), page.copy()
        cv2.line(underlined, (60, height - 82), (width - 60, height - 84), 255, 4, cv2.LINE_AA)
        middle, radii = (width // 2, height // 2), (width // 2 - 30, height // 2 - 30)
        cv2.ellipse(ringed, middle, radii, 0, 0, 360, 255, 4, cv2.LINE_AA)
        written = "".join(map(str, labels[start : start + 3]))
        for picture in (underlined, ringed):
            wrong += edit_distance(written, reader.read(255 - picture).text)
    assert wrong <= 12  # of 120


def test_the_slashes_of_a_date_are_left_out(reader: Reader, validation: Digits) -> None:
    wrong = 0
    for start in range(0, 80, 8):
        parts = []
        for number, image in enumerate(validation.images[start:][:8]):
            parts.append(np.pad(image[:, image.any(axis=0)], ((8, 8), (0, 4))))
            if number in (1, 3):
                parts.append(slash := np.zeros((44, 20), np.uint8))
                cv2.line(slash, (15, 3), (2, 40), 255, 2, cv2.LINE_AA)
        date = cv2.resize(np.hstack(parts), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        written = "".join(map(str, validation.labels[start : start + 8]))
        wrong += edit_distance(written, reader.read(255 - np.pad(date, 60)).text)
    assert wrong <= 4  # of 80


def test_the_signs_of_a_sum_are_left_out(reader: Reader, validation: Digits) -> None:
    plus, times, equals = (np.zeros((28, 20), np.uint8) for _ in range(3))
    cv2.line(plus, (3, 14), (16, 14), 255, 2, cv2.LINE_AA)
    cv2.line(plus, (10, 8), (10, 20), 255, 2, cv2.LINE_AA)
    cv2.line(times, (4, 9), (15, 20), 255, 2, cv2.LINE_AA)
    cv2.line(times, (15, 9), (4, 20), 255, 2, cv2.LINE_AA)
    cv2.line(equals, (3, 11), (16, 11), 255, 2, cv2.LINE_AA)
    cv2.line(equals, (3, 18), (16, 18), 255, 2, cv2.LINE_AA)
    wrong = 0
    for start in range(0, 100, 5):
        a, b, c, d, e = (image[:, image.any(axis=0)] for image in validation.images[start:][:5])
        sign = times if start % 2 else plus
        parts = [np.pad(part, ((0, 0), (0, 4))) for part in (a, sign, b, c, equals, d, e)]
        total = cv2.resize(np.hstack(parts), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        written = "".join(map(str, validation.labels[start : start + 5]))
        wrong += edit_distance(written, reader.read(255 - np.pad(total, 60)).text)
    assert wrong <= 3  # of 100


def tick(page: NDArray[np.uint8], x: int, y: int) -> None:
    corners = np.array([[x, y + 42], [x + 28, y + 78], [x + 108, y - 8]])
    cv2.polylines(page, [corners], False, 255, 8, cv2.LINE_AA)


def tally(page: NDArray[np.uint8], x: int, y: int) -> None:
    for k in range(4):
        cv2.line(page, (x + 24 * k, y), (x + 24 * k - 6, y + 75), 255, 6, cv2.LINE_AA)
    cv2.line(page, (x - 20, y + 65), (x + 95, y + 12), 255, 6, cv2.LINE_AA)


@pytest.mark.parametrize("mark", [tick, tally])
def test_marks_beside_numbers_are_no_digits(
    reader: Reader, validation: Digits, mark: Callable[[NDArray[np.uint8], int, int], None]
) -> None:
    images, labels = validation.images, validation.labels
    wrong = 0
    for start in range(0, 64, 16):
        page = np.zeros((700, 800), np.uint8)
        for row in range(4):
            number = np.hstack(list(images[start + 4 * row :][:4]))
            large = cv2.resize(number, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
            page[60 + 160 * row :, 60:][: large.shape[0], : large.shape[1]] = large
            mark(page, 600, 80 + 160 * row)
        written = "".join(map(str, labels[start : start + 16]))
        wrong += edit_distance(written, reader.read(255 - page).text.replace("\n", ""))
    assert wrong <= 3  # of 64


def test_a_1_with_room_around_is_a_digit_of_its_line(reader: Reader, validation: Digits) -> None:
    ones = validation.images[validation.labels == 1]
    others = validation.images[(validation.labels != 1) & (validation.labels != 7)]
    left_out = 0
    for start in range(40):
        row = [others[3 * start], others[3 * start + 1], ones[start], others[3 * start + 2]]
        # Wide strokes of a soft pen leave least of what tells a 1 from a bar.
        wide = [cv2.dilate(np.pad(image, 6), np.ones((2, 2), np.uint8)) for image in row]
        line = cv2.resize(np.hstack(wide), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        left_out += "1" not in reader.read(255 - np.pad(line, 80)).text
    assert left_out <= 1


@pytest.mark.parametrize("count", [2, 3])
def test_strokes_alone_are_ones(reader: Reader, validation: Digits, count: int) -> None:
    ones = validation.images[validation.labels == 1]
    wrong = 0
    for start in range(0, 100 * count, count):
        digits = [image[:, image.any(axis=0)] for image in ones[start : start + count]]
        row = np.hstack([np.pad(digit, ((0, 0), (0, 4))) for digit in digits])
        page = np.pad(cv2.resize(row, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), 60)
        wrong += reader.read(255 - page).text != "1" * count
    assert wrong <= 1  # of 100


def test_long_rows_of_digits_close_together_are_no_words(
    reader: Reader, validation: Digits
) -> None:
    wrong = 0
    for start in range(0, 200, 40):
        digits = [image[:, image.any(axis=0)] for image in validation.images[start:][:40]]
        row = np.hstack([np.pad(digit, ((0, 0), (0, 3))) for digit in digits])
        page = np.pad(cv2.resize(row, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), 60)
        written = "".join(map(str, validation.labels[start : start + 40]))
        wrong += edit_distance(written, reader.read(255 - page).text)
    assert wrong <= 6  # of 200
