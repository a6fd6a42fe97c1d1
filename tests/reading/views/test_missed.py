"""Lines that are seen on one picture of a page, and not on another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.views.missed import with_missed
from digitnet.reading.views.read import NO_MARKS, Read
from digitnet.reading.views.sure import are_lines
from tests.reading.lines import line, text_of
from tests.reading.readings import wrong


def below(text: str) -> list[Candidate]:
    """A line further down the page than `line` gives."""
    return [replace(c, box=(c.box[0], 300, *c.box[2:])) for c in line(text)]


ABOVE, BELOW = line("5208"), below("7413")


def read(*paths: list[Candidate], scale: float = 1.0) -> Read:
    return Read(list(paths), scale, 1.0, NO_MARKS)


def test_a_line_elsewhere_is_added_where_it_stands() -> None:
    both = with_missed(read(ABOVE, scale=2.0), read(BELOW))
    assert [text_of(path) for path in both.paths] == ["5208", "7413"]
    assert both.paths[1][1].box == (10, 150, 7, 10)


def test_what_is_read_twice_is_there_once() -> None:
    assert with_missed(read(ABOVE), read(line("5203"))).paths == [ABOVE]


@pytest.mark.parametrize("text", ["11", "111", "52"])
def test_strokes_and_short_lines_are_not_added(text: str) -> None:
    assert with_missed(read(ABOVE), read(below(text))).paths == [ABOVE]


def in_doubt(candidate: Candidate) -> Candidate:
    return replace(candidate, scores=candidate.scores * np.float32(0.7))


def test_a_line_with_one_digit_of_many_in_doubt_is_added() -> None:
    many = below("3416926")
    one, two = [in_doubt(many[0]), *many[1:]], [*map(in_doubt, many[:2]), *many[2:]]
    both = with_missed(read(ABOVE), read(one))
    assert [text_of(path) for path in both.paths] == ["5208", "3416926"]
    assert with_missed(read(ABOVE), read(two)).paths == [ABOVE]


def test_a_line_in_doubt_is_not_added() -> None:
    unsure = [*BELOW[:2], *map(in_doubt, BELOW[2:])]
    assert with_missed(read(ABOVE), read(unsure)).paths == [ABOVE]
    assert not are_lines([unsure])
    assert are_lines([ABOVE, BELOW, line("1")])


@pytest.mark.parametrize(
    ("seed", "allowed"), [(3700012, 0), (3700014, 1), (3700020, 0), (3990046, 0), (3999710, 0)]
)
def test_two_pens_on_a_printed_form(
    reader: Reader, validation: Digits, seed: int, allowed: int
) -> None:
    page = compose(validation, "printed", seed)
    assert wrong(reader, page, page.image) <= allowed
