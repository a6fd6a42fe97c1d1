"""Squared paper whose rules are as black as the pen, as scanning apps leave it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.pages.spoiling import spoil
from digitnet.reading import Reader
from digitnet.reading.rules.rules import without_rules
from digitnet.reading.rules.squared import pitch, squares
from digitnet.reading.rules.straight import find_straight, turned
from tests.reading.readings import wrong

Mask = NDArray[np.uint8]
SIDE = 600


def net(angle: float = 0.0, pitch: int = 40, thickness: int = 2) -> Mask:
    """Squares from edge to edge."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    slope = np.tan(np.radians(angle))
    for at in range(-SIDE, 2 * SIDE, pitch):
        further = round(at + slope * SIDE)
        cv2.line(mask, (0, at), (SIDE, further), 255, thickness)
        cv2.line(mask, (SIDE - at, 0), (SIDE - further, SIDE), 255, thickness)
    return mask


def zeros(thickness: int) -> Mask:
    """Six of 0 in two rows."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for row in (190, 360):
        for column in (130, 250, 370):
            cv2.ellipse(mask, (column, row), (28, 45), 0, 0, 360, 255, thickness)
    return mask


def lines(mask: Mask) -> tuple[Mask, Mask]:
    return find_straight(mask, 60)[0], turned(find_straight(turned(mask), 60)[0])


@pytest.mark.parametrize("angle", [0.0, 3.0, -8.0])
@pytest.mark.parametrize("pen", [3, 7])
def test_rules_go_and_digits_stay_whole(angle: float, pen: int) -> None:
    paper, written = net(angle), zeros(pen)
    ink = paper | written
    level, upright = squares(ink, *lines(ink))
    left = ink & ~(level | upright)
    assert np.count_nonzero(left[written > 0]) > 0.95 * np.count_nonzero(written)
    around = cv2.dilate(written, np.ones((9, 9), np.uint8)) == 0
    assert np.count_nonzero(left[around]) < 0.01 * np.count_nonzero(paper)


@pytest.mark.parametrize("apart", [20, 40])
def test_how_far_apart_rules_are(apart: int) -> None:
    assert pitch(*lines(net(pitch=apart))) == pytest.approx(apart, rel=0.1)


def test_what_is_not_squared() -> None:
    ruled = net()
    ruled[np.arange(SIDE) % 40 > 2] = 0
    assert pitch(*lines(ruled)) is None
    assert pitch(*lines(zeros(5))) is None


def test_pencil_on_small_squares(reader: Reader, validation: Digits) -> None:
    """Of 30 digits it read none while it looked at less of the detail."""
    page = compose(validation, "mixed", 3810002)
    assert wrong(reader, page, page.image) <= 5


def test_a_0_in_a_square_is_no_ring_and_no_dash() -> None:
    paper, written = net(), zeros(3)
    # Where a pen has been, the rules that an app has sharpened end before it.
    apart = cv2.dilate(written, np.ones((9, 9), np.uint8)) > 0
    ink = np.where(apart, written, paper)
    left = without_rules(ink, ink)
    assert np.count_nonzero(left[written > 0]) > 0.95 * np.count_nonzero(written)


@pytest.mark.parametrize(
    ("spoiling", "seed", "allowed"),
    [
        ("scanned", 3720014, 0),
        ("scanned", 3720001, 0),
        ("scanned", 3700109, 0),
        ("scanned", 3700101, 0),
        ("faxed", 3700109, 1),
        ("copied", 3700109, 0),
    ],
)
def test_squared_paper_in_black_and_white(
    reader: Reader, validation: Digits, spoiling: str, seed: int, allowed: int
) -> None:
    page = spoil(compose(validation, "grid", seed), spoiling, seed)
    assert wrong(reader, page, page.image) <= allowed


def test_squares_of_which_more_is_read_than_of_the_digits(
    reader: Reader, validation: Digits
) -> None:
    page = spoil(compose(validation, "grid", 3720000), "faxed", 3720000)
    assert wrong(reader, page, page.image) <= 3
