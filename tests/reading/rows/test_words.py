"""Which pieces of a row are words of print."""

from __future__ import annotations

import numpy as np

from digitnet.reading.rows.words import printed
from digitnet.reading.segment import Piece, PieceLine

SIDE = 40  # pixels: the width and the height of every piece


def row(*gaps: int) -> PieceLine:
    """Pieces side by side, the first at 0 and the others behind these gaps."""
    pieces, x = [], 0
    for gap in (0, *gaps):
        pieces.append(Piece(x + gap, 0, np.full((SIDE, SIDE), 255, np.uint8)))
        x += gap + SIDE
    return PieceLine(pieces, float(SIDE))


def test_print_is_words_of_which_most_is_surely_letters() -> None:
    line = row(2, 2, 2, 3 * SIDE, 2, 2, 2, 3 * SIDE, 2)
    letters = {line.pieces[i] for i in (0, 1, 3, 5, 8, 9)}
    # In the second word is one letter among digits.
    assert printed([line], letters) == {*line.pieces[:4], *line.pieces[8:]}
    assert printed([line], set()) == set()
