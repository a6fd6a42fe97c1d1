"""A scribble among the digits of a line."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.segment import Piece, PieceLine
from digitnet.reading.signs.scribbles import without_scribbles
from tests.reading.lines import line, text_of
from tests.reading.readings import wrong


@pytest.mark.parametrize(
    ("text", "cut", "left"),
    [
        ("70" + "112115111", 2, "70"),
        ("70" + "1121", 2, "701121"),  # so many may touch
        ("70" + "96428", 2, "7096428"),  # and more, in other shapes
        ("11111", 5, "11111"),  # each for itself
    ],
)
def test_many_strokes_in_one_mark_are_no_digits(text: str, cut: int, left: str) -> None:
    ink = np.full((20, 14), 255, np.uint8)
    pieces = [Piece(20 * i, 100, ink, joined=i > cut) for i in range(len(text))]
    assert text_of(without_scribbles(PieceLine(pieces, 20.0), line(text))) == left


def test_a_scribble_on_a_page(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "clutter", 3700001)
    assert wrong(reader, page, page.image) <= 1
