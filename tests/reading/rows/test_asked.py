"""Which pieces are cut, and which parts of a mark are looked at."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.classes import CLASSES, FIRST_PAIR, NO_DIGIT
from digitnet.reading.rows.asked import _whole_pieces, _without_parts_of_signs
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.transcribe import Transcript
from digitnet.reading.segment import Piece, PieceLine


@pytest.mark.parametrize(
    ("scores", "is_whole", "is_letter"),
    [
        ({8: 0.99, FIRST_PAIR: 0.01}, True, False),
        ({8: 0.9, FIRST_PAIR: 0.1}, False, False),
        ({NO_DIGIT: 0.99, FIRST_PAIR: 0.01}, True, True),
        ({NO_DIGIT: 0.9, FIRST_PAIR: 0.1}, False, False),
        # Who knows no pairs takes two digits that touch for none.
        ({NO_DIGIT: 1.0}, False, False),
    ],
)
def test_what_the_network_is_sure_of_is_not_cut(
    scores: dict[int, float], is_whole: bool, is_letter: bool
) -> None:
    line = PieceLine([Piece(0, 0, np.full((40, 40), 255, np.uint8))], 40.0)
    probabilities = np.zeros(CLASSES, np.float32)
    probabilities[list(scores)] = list(scores.values())
    seen = {line.pieces[0]: (np.zeros((28, 28), np.uint8), probabilities)}
    whole, letters = _whole_pieces([line], seen)
    assert (bool(whole), bool(letters)) == (is_whole, is_letter)


def of_a_mark(first: int, last: int, none: float, transcript: Transcript | None) -> Candidate:
    scores = np.zeros(CLASSES, np.float32)
    scores[[1, NO_DIGIT]] = 1 - none, none
    glyph = np.zeros((28, 28), np.uint8)
    return Candidate(first, last, (20 * first, 0, 20, 40), scores, glyph, transcript)


def transcript(digits: tuple[int, ...], probability: float) -> Transcript:
    return Transcript(digits, probability, (0.5,) * len(digits), np.zeros((len(digits), 10), "f4"))


# A tick falls into two strokes, and four strokes that a fifth crosses into many; 774 may touch.
@pytest.mark.parametrize(
    ("none", "said", "least", "is_cut"),
    [
        (0.99, transcript((), 0.98), 28.0, False),
        (0.99, transcript((1, 4, 1), 0.14), 28.0, False),
        (0.99, transcript((7, 7, 4), 0.27), 28.0, True),
        (0.3, transcript((), 0.98), 28.0, True),
        (0.99, transcript((), 0.4), 28.0, True),
        (0.99, transcript((), 0.98), 50.0, True),
        (0.99, None, 28.0, True),
    ],
)
def test_a_mark_is_not_cut_that_is_no_digits_to_both_networks(
    none: float, said: Transcript | None, least: float, is_cut: bool
) -> None:
    mark = of_a_mark(1, 3, none, said)
    parts = [of_a_mark(1, 2, 0.0, None), of_a_mark(2, 3, 0.0, None)]
    beside = [of_a_mark(0, 1, 0.0, None), of_a_mark(3, 4, 0.0, None)]
    row = [beside[0], of_a_mark(0, 2, 0.9, None), parts[0], mark, parts[1], beside[1]]
    kept = [(c.first, c.last) for c in _without_parts_of_signs(row, least)]
    apart = [(0, 1), (1, 3), (3, 4)]
    assert kept == ([(c.first, c.last) for c in row] if is_cut else apart)
