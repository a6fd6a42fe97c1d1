"""Specks go, and what is written stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading.paper.specks import without_specks

Gray = NDArray[np.uint8]

PAPER, PENCIL, SPECK = 230, 190, 40
DOTS = [(40 + 70 * (i % 8), 20 + 30 * (i // 8)) for i in range(24)]


def pencilled(dots: list[tuple[int, int]]) -> Gray:
    page = np.full((300, 600), PAPER, np.uint8)
    cv2.polylines(
        page, [np.array([[60, 250], [160, 120], [260, 250], [420, 240]])], False, PENCIL, 2
    )
    for dot in dots:
        cv2.circle(page, dot, 2, SPECK, -1)
    return page


def test_specks_go_and_strokes_stay() -> None:
    cleaned = without_specks(pencilled(DOTS))
    assert cleaned is not None
    assert np.array_equal(cleaned, pencilled([]))


def test_a_few_may_be_stops() -> None:
    assert without_specks(pencilled(DOTS[:8])) is None


@pytest.mark.parametrize(
    ("condition", "seed"), [("pencil", 3), ("tiny", 3), ("printed", 3700005), ("printed", 3710007)]
)
def test_strokes_and_letters_are_no_specks(validation: Digits, condition: str, seed: int) -> None:
    page = compose(validation, condition, seed)
    gray = np.asarray(cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY), np.uint8)
    assert without_specks(gray) is None
