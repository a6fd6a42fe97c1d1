"""Signs of several marks beside digits: written by strokes, and read from the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._scoring import edit_distance
from digitnet.datasets import Digits
from digitnet.pages.pen import render
from digitnet.pages.signs import SIGNS
from digitnet.pages.strokes import dense
from digitnet.reading import Reader
from digitnet.reading.arrays import as_bytes

HEIGHT = 60
HANDS = 5  # that write each number with a small 0


def sign(name: str, seed: int) -> NDArray[np.uint8]:
    """A sign as a pen writes it, in a picture as high as those of digits."""
    strokes = SIGNS[name](np.random.default_rng(seed))
    lines = [(HEIGHT * dense(stroke, 0.03)).astype(np.float32) for stroke in strokes]
    cover, _, top = render([(line, np.full(len(line), 1.8, np.float32)) for line in lines])
    canvas = np.zeros((2 * HEIGHT, cover.shape[1] + 12), np.uint8)
    y = HEIGHT // 2 + top
    canvas[y : y + cover.shape[0], 6:-6] = (255 * cover).astype(np.uint8)
    return canvas


def digit(validation: Digits, number: int) -> NDArray[np.uint8]:
    image = validation.images[number].reshape(28, 28)
    ink = cv2.resize(image[4:24, image.any(axis=0)], None, fx=3, fy=3)
    return np.pad(np.asarray(ink, np.uint8), ((HEIGHT // 2, HEIGHT // 2), (6, 6)))


def read(reader: Reader, parts: list[NDArray[np.uint8]]) -> str:
    return reader.read(255 - np.pad(np.hstack(parts), 300)).text.replace("\n", "")


@pytest.mark.parametrize("name", ["%", "?", "!"])
def test_what_looks_like_digits_only_in_pieces_is_left_out(
    reader: Reader, validation: Digits, name: str
) -> None:
    wrong = 0
    for start in range(0, 60, 3):
        written = "".join(map(str, validation.labels[start : start + 3]))
        parts = [digit(validation, start + k) for k in range(3)]
        wrong += edit_distance(written, read(reader, [*parts, sign(name, start)]))
    assert wrong <= 4  # of 60


@pytest.mark.parametrize("text", ["110", "704", "1840110704"])
def test_a_small_0_beside_other_digits_is_no_part_of_a_sign(
    reader: Reader, validation: Digits, text: str
) -> None:
    """As many a hand writes it, half way up."""
    wrong = 0
    for number in range(HANDS):
        parts = []
        for value in map(int, text):
            index = int(np.flatnonzero(validation.labels == value)[number])
            ink = digit(validation, index)[HEIGHT // 2 : -HEIGHT // 2, 3:-3]
            small = as_bytes(cv2.resize(ink, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA))
            above = (HEIGHT - small.shape[0]) // 2
            below = HEIGHT - small.shape[0] - above
            parts.append(np.pad(small, ((above, below), (0, 0))) if value == 0 else ink)
        wrong += edit_distance(text, read(reader, parts))
    assert wrong <= 0.05 * HANDS * len(text)


def test_the_signs_of_a_date_leave_its_digits(reader: Reader, validation: Digits) -> None:
    wrong = 0
    for start in range(0, 80, 8):
        written = "".join(map(str, validation.labels[start : start + 8]))
        parts = [digit(validation, start + k) for k in range(8)]
        for place, name in ((4, "年"), (7, "月"), (10, "日")):
            parts.insert(place, sign(name, start))
        wrong += edit_distance(written, read(reader, parts))
    assert wrong <= 6  # of 80


def test_a_dot_beside_a_digit_is_no_part_of_a_sign(reader: Reader, validation: Digits) -> None:
    """As in 7.50: it stands to the right, and not below."""
    sevens = np.flatnonzero(validation.labels == 7)[:20]
    point = np.zeros((2 * HEIGHT, 14), np.uint8)
    cv2.circle(point, (6, HEIGHT + HEIGHT // 2 - 4), 3, 255, -1, cv2.LINE_AA)
    texts = [read(reader, [digit(validation, int(k)), point, digit(validation, 2)]) for k in sevens]
    assert sum(text == f"7{validation.labels[2]}" for text in texts) >= 19
