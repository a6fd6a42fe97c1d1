"""Two inks of different colours on one page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.gray import gray_from_array
from digitnet.reading.paper.inks import by_ink

Colour = tuple[int, int, int]
Picture = NDArray[np.uint8]
PAPER, BLUE, RED, GREEN, BLACK, VIOLET = (
    (238, 236, 228),
    (40, 50, 140),
    (190, 60, 60),
    (30, 110, 60),
    (40, 40, 40),
    (140, 50, 150),
)
SIDE, PITCH = 56, 64


def blank() -> Picture:
    """A sheet, with the grain of a camera."""
    noise = np.random.default_rng(0).normal(0, 2, (360, 760, 3))
    return np.clip(np.array(PAPER) + noise, 0, 255).astype(np.uint8)


def write(page: Picture, digits: Digits, first: int, y: int, ink: Colour) -> str:
    """Write ten digits in a row."""
    for k in range(10):
        glyph = cv2.resize(digits.images[first + k], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        alpha = (glyph[..., None] / 255).astype(np.float32)
        part = page[y : y + SIDE, 60 + k * PITCH : 60 + k * PITCH + SIDE]
        part[:] = (part * (1 - alpha) + np.array(ink) * alpha).astype(np.uint8)
    return "".join(map(str, digits.labels[first : first + 10]))


def rule(page: Picture, y: int, ink: Colour, width: int) -> None:
    """Draw squares with crosses in them, around and across a row of digits."""
    for k in range(11):
        x = 56 + k * PITCH
        cv2.line(page, (x, y), (x, y + PITCH), ink, width)
        if k < 10:
            cv2.line(page, (x, y), (x + PITCH, y + PITCH), ink, width)
            cv2.line(page, (x + PITCH, y), (x, y + PITCH), ink, width)
    for edge in (y, y + PITCH):
        cv2.line(page, (56, edge), (56 + 10 * PITCH, edge), ink, width)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("pen", "print_"), [(BLUE, RED), (GREEN, BLACK), (BLACK, BLUE)])
def test_each_ink_stands_alone(validation: Digits, pen: Colour, print_: Colour, size: int) -> None:
    written, ruled, both = blank(), blank(), blank()
    for page in (written, both):
        write(page, validation, 0, 220, pen)
    for page in (ruled, both):
        rule(page, 60, print_, 3)
    large = cv2.resize(both, None, fx=size, fy=size)
    pictures = by_ink(Image.fromarray(large), gray_from_array(large))
    assert len(pictures) == 2
    small = [cv2.resize(p, both.shape[1::-1], interpolation=cv2.INTER_AREA) for p in pictures]
    wanted = [gray_from_array(page).astype(int) for page in (written, ruled)]
    # There is less of the pen: it comes first.
    for picture, ink in zip(small, wanted, strict=True):
        off = np.abs(picture - ink)
        assert off.mean() < 4
        assert (off > 80).mean() < 0.002


def test_three_inks_are_parted(reader: Reader, validation: Digits) -> None:
    page = blank()
    rule(page, 216, GREEN, 3)
    cv2.putText(page, "RECEIVED", (120, 275), cv2.FONT_HERSHEY_DUPLEX, 2.5, BLACK, 8)
    wanted = write(page, validation, 20, 220, VIOLET)
    assert len(by_ink(Image.fromarray(page), gray_from_array(page))) == 3
    assert reader.read(page).text == wanted


def test_one_ink_is_not_parted(validation: Digits) -> None:
    for ink, paler in ((BLUE, (65, 75, 165)), (BLACK, (65, 65, 65))):
        page = blank()
        write(page, validation, 0, 100, ink)
        write(page, validation, 10, 200, paler)  # with less pressure
        assert by_ink(Image.fromarray(page), gray_from_array(page)) == []


def test_there_may_be_no_ink_or_no_colour(validation: Digits) -> None:
    assert by_ink(Image.fromarray(blank()), gray_from_array(blank())) == []
    flat = np.full((300, 300, 3), 200, np.uint8)
    assert by_ink(Image.fromarray(flat), flat[..., 0]) == []
    page = blank()
    write(page, validation, 0, 100, BLACK)
    gray = gray_from_array(page)
    assert by_ink(Image.fromarray(gray).convert("RGB"), gray) == []


def test_digits_that_print_of_another_colour_crosses_are_read(
    reader: Reader, validation: Digits
) -> None:
    page = blank()
    rule(page, 216, RED, 3)
    wanted = write(page, validation, 20, 220, BLUE)
    assert reader.read(page).text == wanted
    gray = np.repeat(gray_from_array(page)[..., None], 3, axis=2)
    assert reader.read(gray).text != wanted


def test_two_pens_are_both_read(reader: Reader, validation: Digits) -> None:
    page = blank()
    lines = [write(page, validation, 20, 60, BLUE), write(page, validation, 30, 220, RED)]
    cv2.putText(page, "total, in full", (60, 180), cv2.FONT_HERSHEY_COMPLEX, 1.0, RED, 2)
    assert reader.read(page).text.split("\n") == lines


def test_a_digit_in_dashes_of_another_colour_is_read_and_no_dash(
    reader: Reader, validation: Digits
) -> None:
    """A 5 whose upper stroke stands off; four of the dashes around it were read as a 1."""
    page = compose(validation, "squares", 3999924)
    assert reader.read(page.image).text == page.text == "5"
