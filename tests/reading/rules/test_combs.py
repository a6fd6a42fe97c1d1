"""Combs, and ones that stand on a line."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._scoring import edit_distance
from digitnet.datasets import Digits
from digitnet.reading import Reader
from digitnet.reading.rules.combs import teeth

Mask = NDArray[np.uint8]
HEIGHT = 80  # of the writing, in pixels
RULE = 150  # the row of the line


def on_a_line(*uprights: tuple[int, int]) -> tuple[Mask, Mask]:
    """Return ink and line: strokes that stand on the line, each of a place and a height."""
    ink, level = np.zeros((200, 500), np.uint8), np.zeros((200, 500), np.uint8)
    level[RULE : RULE + 4] = 255
    for x, tall in uprights:
        ink[RULE - tall : RULE, x : x + 4] = 255
    return ink, level


def test_teeth_stand_on_a_line_and_are_of_one_height() -> None:
    ink, level = on_a_line((50, 30), (150, 31), (250, 29), (350, 30))
    assert np.array_equal(teeth(ink, level, HEIGHT), ink)


def test_what_is_as_high_as_the_writing_is_no_tooth() -> None:
    ink, level = on_a_line((50, 80), (150, 78), (250, 82), (350, 80))
    assert not teeth(ink, level, HEIGHT).any()


def test_teeth_that_were_taken_for_the_writing_are_lower_than_what_else_is_there() -> None:
    ink, level = on_a_line((50, 30), (150, 31), (250, 29), (350, 30))
    with_digits = ink.copy()
    for x in (80, 180, 280):
        cv2.ellipse(with_digits, (x + 20, RULE - 50), (18, 35), 0, 0, 360, 255, 5)
    assert not teeth(ink, level, 30).any()
    assert np.array_equal(teeth(with_digits, level, 30), ink)


def test_two_strokes_are_no_comb_nor_are_strokes_of_many_heights() -> None:
    assert not teeth(*on_a_line((50, 30), (150, 30)), HEIGHT).any()
    assert not teeth(*on_a_line((50, 20), (150, 30), (250, 44)), HEIGHT).any()


def test_strokes_away_from_the_line_are_no_teeth() -> None:
    ink, level = on_a_line((50, 30), (150, 30), (250, 30))
    assert not teeth(np.roll(ink, -20, axis=0), level, HEIGHT).any()


def test_digits_in_a_comb(reader: Reader, validation: Digits) -> None:
    wrong = 0
    for first in range(0, 40, 5):
        page = np.full((300, 800), 245, np.uint8)
        cv2.line(page, (100, 220), (700, 220), 110, 3)
        for x in range(100, 701, 120):
            cv2.line(page, (x, 180), (x, 220), 110, 3)
        for number in range(5):
            ink = cv2.resize(validation.images[first + number], (100, 100))
            place = page[110:210, 110 + 120 * number : 210 + 120 * number]
            np.minimum(place, 245 - (ink * 0.85).astype(np.uint8), out=place)
        written = "".join(map(str, validation.labels[first : first + 5]))
        wrong += edit_distance(written, reader.read(page).text)
    assert wrong <= 2  # of 40
