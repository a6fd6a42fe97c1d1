"""Squares in a row, quartered by dashed rules."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.rules.quartered import quartered_squares
from tests.reading.readings import wrong

Mask = NDArray[np.uint8]
SIDE, NUMBER = 60, 6


def turned(point: tuple[float, float], angle: float) -> tuple[int, int]:
    """A point (x, y) of a row of squares on a page on which it climbs by so many degrees."""
    slope = np.tan(np.radians(angle))
    return round(20 + point[0] - slope * point[1]), round(60 + point[1] + slope * point[0])


def row(angle: float = 0.0, *, quarters: bool = True) -> Mask:
    mask = np.zeros((180, 420), np.uint8)

    def line(start: tuple[float, float], end: tuple[float, float]) -> None:
        cv2.line(mask, turned(start, angle), turned(end, angle), 255, 2)

    width = SIDE * NUMBER
    for y in (0, SIDE):
        line((0, y), (width, y))
    for x in range(0, width + 1, SIDE):
        line((x, 0), (x, SIDE))
    if quarters:
        for x in range(0, width, 8):
            line((x, SIDE / 2), (x + 4, SIDE / 2))
        for x in range(SIDE // 2, width, SIDE):
            for y in range(0, SIDE, 8):
                line((x, y), (x, y + 4))
    return mask


def digits(angle: float = 0.0) -> Mask:
    """A 0 and an 8 in their squares."""
    mask = np.zeros((180, 420), np.uint8)
    for middle, axes in (((30, 30), (14, 22)), ((90, 18), (10, 10)), ((90, 40), (12, 12))):
        cv2.ellipse(mask, turned(middle, angle), axes, 0, 0, 360, 255, 3)
    return mask


@pytest.mark.parametrize("angle", [0.0, 2.0, -4.0])
def test_rules_go_and_digits_stay_whole(angle: float) -> None:
    squares, written = row(angle), digits(angle)
    ink = squares | written
    rules = quartered_squares(ink)
    assert rules is not None
    left = ink & ~rules
    assert np.count_nonzero(left[written > 0]) > 0.95 * np.count_nonzero(written)
    around = cv2.dilate(written, np.ones((9, 9), np.uint8)) == 0
    assert np.count_nonzero(left[around]) < 0.02 * np.count_nonzero(squares)


def crossing() -> Mask:
    """Two long lines that meet in the middle, and many across them."""
    mask = np.zeros((60, 300), np.uint8)
    cv2.line(mask, (0, 20), (299, 40), 255, 2)
    cv2.line(mask, (0, 40), (299, 20), 255, 2)
    mask[:, ::20] = 255
    return mask


@pytest.mark.parametrize(
    "ink", [crossing(), row(quarters=False), digits(), np.zeros((40, 300), np.uint8)]
)
def test_what_is_no_such_row(ink: Mask) -> None:
    assert quartered_squares(ink) is None


def test_boxes_with_many_4_are_not_quartered_by_their_bars(
    reader: Reader, validation: Digits
) -> None:
    """The band that their bars and stems seemed to be was taken out of all digits of the row."""
    page = compose(validation, "boxes", 3999924)
    assert "443544976" in page.lines
    assert wrong(reader, page, page.image) == 0


@pytest.mark.parametrize("seed", [3940046, 3950013, 3991002, 3992000, 3992019])
def test_pages_with_such_squares(reader: Reader, validation: Digits, seed: int) -> None:
    """Of each, two to six digits were lost, cut by the dashes or taken away with the squares."""
    page = compose(validation, "squares", seed)
    assert wrong(reader, page, page.image) == 0
