"""The best path through made-up pieces, with answers of the classifier given by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitnet.classes import CLASSES, FIRST_PAIR, NO_DIGIT, pair
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.path import best_path, strangers
from digitnet.reading.rows.transcribe import Transcript
from digitnet.reading.rows.words import without_words, words
from digitnet.reading.segment import Piece, PieceLine

HEIGHT = 40
WIDTH = 20
SHAPE = (2 * HEIGHT, 1000)  # of an ink map


def line(*gaps: int | None) -> PieceLine:
    """Pieces of one size with gaps between them; None where one mark was cut in two."""
    pieces, x = [], 0
    for gap in (0, *gaps):
        x += gap or 0
        ink = np.full((HEIGHT, WIDTH), 255, np.uint8)
        pieces.append(Piece(x, 0, ink, joined=gap is None))
        x += WIDTH
    return PieceLine(pieces, float(HEIGHT))


def candidate(first: int, last: int, **probabilities: float) -> Candidate:
    """A run of pieces and what the classifier says: d7=0.9, p42=0.8, and the rest is none."""
    scores = np.zeros(CLASSES, np.float32)
    for name, value in probabilities.items():
        kind, number = name[0], int(name[1:])
        scores[number if kind == "d" else pair(*divmod(number, 10))] = value
    scores[NO_DIGIT] = 1 - scores.sum()
    box = (first * WIDTH, 0, (last - first) * WIDTH, HEIGHT)
    return Candidate(first, last, box, scores, np.zeros((28, 28), np.uint8))


def text(path: list[Candidate]) -> str:
    return "".join(str(int(c.scores[:NO_DIGIT].argmax())) for c in path)


@pytest.mark.parametrize(("height", "expected"), [(5, "42"), (HEIGHT, "412")])
def test_a_wide_mark_among_digits_may_be_several_but_not_a_low_one(
    height: int, expected: str
) -> None:
    row = line(10, 10)
    bar = replace(row.pieces[1], ink=np.full((height, 4 * WIDTH), 255, np.uint8))
    row.pieces[1] = bar
    seen = replace(candidate(1, 2, d1=0.002), box=(bar.x, 0, bar.width, height))
    path, _ = best_path(
        row, [candidate(0, 1, d4=0.99), seen, candidate(2, 3, d2=0.99)], among_digits=True
    )
    assert text(path) == expected


def test_digits_apart_are_read_one_by_one() -> None:
    path, _ = best_path(
        line(10, 10),
        [candidate(0, 1, d4=0.99), candidate(0, 2), candidate(1, 2, d2=0.98), candidate(1, 3),
         candidate(2, 3, d7=0.9)],
    )  # fmt: skip
    assert text(path) == "427"
    assert [(c.first, c.last) for c in path] == [(0, 1), (1, 2), (2, 3)]


def test_a_mark_is_one_digit_if_its_parts_are_none() -> None:
    path, _ = best_path(
        line(None), [candidate(0, 1), candidate(0, 2, d8=0.97), candidate(1, 2, d3=0.6)]
    )
    assert text(path) == "8"


def read_as(seen: Candidate, digits: str, probability: float) -> Candidate:
    """The candidate with a transcript whose digits lie evenly over its ink."""
    count = len(digits)
    scores = np.zeros((count, 10), np.float32)
    scores[np.arange(count), [int(d) for d in digits]] = probability
    middles = tuple((k + 0.5) / count for k in range(count))
    transcript = Transcript(tuple(map(int, digits)), probability, middles, scores)
    return replace(seen, transcript=transcript)


def test_a_mark_is_its_transcript_where_no_cut_fits() -> None:
    whole = read_as(candidate(0, 3), "6021", 0.8)
    path, _ = best_path(
        line(None, None),
        [candidate(0, 1), whole, candidate(1, 2, d2=0.3), candidate(2, 3, d1=0.5)],
    )
    assert text(path) == "6021"
    assert [c.box for c in path] == [(k * 15, 0, 15, HEIGHT) for k in range(4)]
    assert all(c.scores.sum() == pytest.approx(1) for c in path)


def test_an_unlikely_transcript_does_not_outdo_digits_that_can_be_cut() -> None:
    whole = read_as(candidate(0, 2), "77", 0.02)
    parts = candidate(0, 1, d4=0.98), candidate(1, 2, d1=0.98)
    path, _ = best_path(line(None), [parts[0], whole, parts[1]], among_digits=True)
    assert text(path) == "41"


@pytest.mark.parametrize(("transcript", "expected"), [("9", "9"), ("4", "01")])
def test_where_both_networks_see_one_digit_it_is_not_cut(transcript: str, expected: str) -> None:
    whole = read_as(candidate(0, 2, d9=0.45, d4=0.15), transcript, 0.95)
    parts = candidate(0, 1, d0=0.95), candidate(1, 2, d1=0.95)
    path, _ = best_path(line(None), [parts[0], whole, parts[1]], among_digits=True)
    assert text(path) == expected


def test_touching_digits_without_a_fitting_cut_are_a_pair() -> None:
    path, _ = best_path(line(None), [candidate(0, 1, d9=0.3), candidate(0, 2, p98=0.9),
                                     candidate(1, 2, d8=0.4)])  # fmt: skip
    assert text(path) == "98"
    # Each half has the place of the part that looks most like it,
    assert [c.box for c in path] == [(0, 0, WIDTH, HEIGHT), (WIDTH, 0, WIDTH, HEIGHT)]
    # and the confidence of all pairs in which it stands there.
    assert path[0].scores[9] == pytest.approx(0.9)
    assert path[1].scores[8] == pytest.approx(0.9)


def test_a_pair_in_one_piece_is_divided_in_the_middle() -> None:
    path, _ = best_path(line(), [candidate(0, 1, p10=0.7, p17=0.2)])
    assert text(path) == "10"
    assert path[0].scores[1] == pytest.approx(0.9)
    assert path[1].scores[0] == pytest.approx(0.7)
    assert path[0].box == (0, 0, WIDTH // 2, HEIGHT)
    assert path[1].box == (WIDTH // 2, 0, WIDTH // 2, HEIGHT)


def test_clear_cuts_beat_a_doubtful_pair() -> None:
    path, _ = best_path(line(None), [candidate(0, 1, d5=0.99), candidate(0, 2, p38=0.5),
                                     candidate(1, 2, d8=0.99)])  # fmt: skip
    assert text(path) == "58"


def test_letters_that_look_like_digits_go_with_their_word() -> None:
    word = [candidate(0, 1), candidate(1, 2), candidate(2, 3, d0=0.95), candidate(3, 4)]
    path, _ = best_path(line(4, 4, 4), word)
    assert path == []
    inside = line(4, 4, 4)
    inside.pieces = [replace(piece, x=piece.x + 20, y=20) for piece in inside.pieces]
    assert strangers(inside, word, path, SHAPE) == 4
    # In a row with other digits, the O might as well be one.
    assert strangers(inside, word, [candidate(3, 4, d5=0.9)], SHAPE) == 2
    # At the edge of the picture they are what lies beside the writing.
    assert strangers(line(4, 4, 4), word, path, SHAPE) == 0


def test_a_pair_takes_all_its_pieces() -> None:
    row = line(None, 30)
    candidates = [candidate(0, 1), candidate(0, 2, p42=0.9), candidate(1, 2),
                  candidate(2, 3, d6=0.9)]  # fmt: skip
    path, _ = best_path(row, candidates)
    assert text(path) == "426"
    assert strangers(row, candidates, path, SHAPE) == 0
    assert all(c.scores[FIRST_PAIR:].sum() == 0 for c in path)


def test_words_are_parted_by_wide_gaps_and_a_line_of_nothing_has_none() -> None:
    ink = np.full((30, 20), 255, np.uint8)
    pieces = [Piece(x, 0, ink) for x in (0, 24, 80, 100)]
    assert words(PieceLine(pieces, 30.0)) == [(0, 2), (2, 4)]
    assert words(PieceLine([], 30.0)) == []


def test_what_reaches_from_one_row_of_pieces_to_the_next_stays_once() -> None:
    ink = np.full((30, 20), 255, np.uint8)
    torn = PieceLine([Piece(0, 0, ink), Piece(60, 0, ink, joined=True)], 30.0)
    assert len(words(torn)) == 2
    path = [candidate(0, 2, d7=0.99)]
    assert without_words(torn, path) == path


@pytest.mark.parametrize(("gap", "expected"), [(-WIDTH, ""), (5, "77")])
def test_marks_above_one_another_may_be_one_sign(gap: int, expected: str) -> None:
    # A question mark in two parts, each of which is a 7 for itself, and the whole is none.
    parts = [candidate(0, 1, d7=0.7), candidate(0, 2), candidate(1, 2, d7=0.7)]
    path, _ = best_path(line(gap), parts)
    assert text(path) == expected


def test_a_digit_behind_letters_needs_more_than_one_behind_a_sign() -> None:
    none = {"d4": 0.0001}
    sign = [candidate(0, 1, d7=0.9999), candidate(1, 2, **none), candidate(2, 3, d4=0.95)]
    assert text(best_path(line(5, 5), sign)[0]) == "74"
    word = [candidate(0, 1, **none), candidate(1, 2, **none), candidate(2, 3, d4=0.95)]
    assert text(best_path(line(5, 5), word)[0]) == ""


def test_the_bar_of_a_5_that_floats_is_no_dash_behind_a_word() -> None:
    row = line(10, -8, 8)
    row.pieces[2] = replace(row.pieces[2], ink=np.full((8, WIDTH), 255, np.uint8))
    seen = [
        candidate(0, 1, d4=0.24),
        candidate(1, 2, d5=0.24),
        candidate(1, 3, d5=0.999),
        candidate(2, 3, d1=0.001),
        candidate(3, 4, d1=0.999),
    ]
    assert text(best_path(row, seen)[0]) == "451"


@pytest.mark.parametrize(("none", "read"), [({1, 3}, "797"), ({2, 3, 4}, "")])
def test_signs_here_and_there_make_no_word_as_letters_beside_one_another_do(
    none: set[int], read: str
) -> None:
    marks = [
        candidate(k, k + 1) if k in none else candidate(k, k + 1, **{f"d{7 + k % 4}": 0.999})
        for k in range(5)
    ]
    path, _ = best_path(line(5, 5, 5, 5), marks)
    assert text(path) == read
