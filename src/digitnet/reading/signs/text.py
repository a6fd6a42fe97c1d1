"""Words and print among digits: what is spelled with marks that look like digits."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from digitnet.classes import BLANK, NO_DIGIT
from digitnet.reading.jobs import Job, transcribed
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.words import LETTER, PAGE_OF_PRINT, marks, words
from digitnet.reading.segment import PieceLine, union
from digitnet.strip import place_strip

LONG_WORD = 7.0  # times its height: in a strip, longer rows of pieces are too small to be read
PLAIN = 0.9  # a digit that is this sure is no letter
NOTHING_THERE = 0.6  # a row that is this likely none is none, whatever its pieces look like
MOSTLY_PRINT = 5  # letters for each digit: a page of print has so many;
LARGER = 1.3  # times as high as these: numbers that are written there


def without_text(
    lines: list[PieceLine], paths: list[list[Candidate]], *, only_digits: bool
) -> Job[list[list[Candidate]]]:
    """Leave out the digits that were found in what as a whole is no row of digits, as in words.

    On a page of digits only, strokes side by side are an 11, and one in a line with other digits is
    a 1; where other things stand about, they may be an ll, a hatching or a bracket.
    """
    doubtful = [
        ({id(c) for c in inside}, place_strip(union(line.pieces[first:last])[1]))
        for line, path in zip(lines, paths, strict=True)
        for word in words(line)
        for first, last in _in_parts(line, *word)
        if (inside := [c for c in path if first <= c.first < last])
        and _may_be_a_word(line, first, last, inside, only_digits and _has_more(path, inside))
    ]
    answers = yield from transcribed([strip for _, strip in doubtful])
    if answers is None:
        return paths
    left_out: set[int] = set()
    for (digits, _), columns in zip(doubtful, answers, strict=True):
        if float(columns[:, BLANK].prod()) > NOTHING_THERE:
            left_out |= digits
    return [[c for c in path if id(c) not in left_out] for path in paths]


def without_print(lines: list[PieceLine], paths: list[list[Candidate]]) -> list[list[Candidate]]:
    """Leave out of a page of print the words that are spelled like digits, such as goods and so.

    Who writes numbers on such a page writes them larger.
    """
    letters = [_letters(line, path) for line, path in zip(lines, paths, strict=True)]
    heights = [height for found in letters for height in found]
    if len(heights) < max(PAGE_OF_PRINT, MOSTLY_PRINT * sum(map(len, paths))):
        return paths
    most = LARGER * float(np.median(heights))
    return [
        [] if found and _height(path) < most else path
        for found, path in zip(letters, paths, strict=True)
    ]


def _letters(line: PieceLine, path: list[Candidate]) -> list[int]:
    """The heights of the whole marks of a line that are no digits and may be letters."""
    taken = {i for c in path for i in range(c.first, c.last)}
    found = []
    for i, j in marks(line, 0, len(line.pieces)):
        height = max(piece.height for piece in line.pieces[i:j])
        if taken.isdisjoint(range(i, j)) and height >= LETTER * line.height:
            found.append(height)
    return found


def _height(path: list[Candidate]) -> float:
    return float(np.median([c.box[3] for c in path])) if path else 0.0


def _in_parts(line: PieceLine, first: int, last: int) -> Iterator[tuple[int, int]]:
    """A row of pieces, or where it is so long that a strip would show it too small, parts of it."""
    pieces = line.pieces[first:last]
    width = max(p.x + p.width for p in pieces) - pieces[0].x
    count = math.ceil(width / (LONG_WORD * line.height))
    start = first
    for part in range(1, count):
        goal = pieces[0].x + part * width / count
        end = next((i for i in range(start, last) if line.pieces[i].x >= goal), last)
        while end < last and line.pieces[end].joined:
            end += 1
        if start < end < last:
            yield start, end
            start = end
    yield start, last


def _has_more(path: list[Candidate], inside: list[Candidate]) -> bool:
    """Whether there are several digits in a row of pieces, or such as are no 1 in its line."""
    return len(inside) > 1 or any(c.digit != 1 for c in path)


def _may_be_a_word(
    line: PieceLine, first: int, last: int, digits: list[Candidate], are_strokes_digits: bool
) -> bool:
    """Whether some of a row of pieces is left out, or in doubt, or all of it strokes."""
    taken = {i for c in digits for i in range(c.first, c.last)}
    for i, j in marks(line, first, last):
        is_high = max(piece.height for piece in line.pieces[i:j]) >= LETTER * line.height
        if is_high and taken.isdisjoint(range(i, j)):
            return True
    scores = [c.scores[:NO_DIGIT] for c in digits]
    if min(s.max() for s in scores) < PLAIN:
        return True
    return not are_strokes_digits and all(s.argmax() == 1 for s in scores)
