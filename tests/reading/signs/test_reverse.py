"""What shows through a sheet from its other side is left out, a second, fainter pen is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from tests.reading.readings import wrong

SIDE, PITCH = 56, 70


@pytest.mark.parametrize(("seed", "allowed"), [(4000330, 0), (4000338, 1), (3999919, 0)])
def test_writing_on_the_other_side_is_left_out(
    reader: Reader, validation: Digits, seed: int, allowed: int
) -> None:
    """Of these pages one to nine digits were read that stand on the other side."""
    page = compose(validation, "bleed", seed)
    assert wrong(reader, page, page.image) <= allowed


def two_pens(digits: Digits, first: int) -> NDArray[np.uint8]:
    """Three lines of five digits, of which the middle one is half as strong."""
    page = np.full((300, 400), 235.0)
    for row, strength in enumerate((1.0, 0.5, 1.0)):
        for k in range(5):
            glyph = cv2.resize(digits.images[first + 5 * row + k], (SIDE, SIDE))
            y, x = 20 + 85 * row, 25 + PITCH * k
            page[y : y + SIDE, x : x + SIDE] -= glyph * (190 / 255 * strength)
    page += np.random.default_rng(first).normal(0, 2, page.shape)
    return np.asarray(np.clip(page, 0, 255), np.uint8)


def test_a_line_in_a_fainter_pen_is_read(reader: Reader, validation: Digits) -> None:
    for first in range(0, 300, 15):
        assert len(reader.read(two_pens(validation, first)).lines) == 3
