"""Which pieces of a row belong together: to marks, to signs of several marks, and to words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.segment import Piece, PieceLine

STACKED = 0.4  # of the width of the narrower of two marks: so much of it lies above the other
WORD_GAP = 0.4  # of the line's height: the widest gap inside a word
LETTER_STEP = 0.6  # of the line's height: from one letter to the next at least
WORD_SHARE = 0.45  # of its pieces that are none: then it is a word, and no row with two signs in it
MOSTLY_LETTERS = 0.5  # of its pieces, not yet cut, that are surely none: then it is print
PAGE_OF_PRINT = 100  # letters: a page of print has so many
LETTER = 0.5  # of the line's height: a mark so high may be a letter


def marks(line: PieceLine, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The whole marks among some pieces, cut or not, as (first, after the last)."""
    starts = [i for i in range(first, last) if i == first or not line.pieces[i].joined]
    return pairwise([*starts, last])


def words(line: PieceLine) -> list[tuple[int, int]]:
    """Rows of pieces with no wide gap between them, as (first, after the last)."""
    if not line.pieces:
        return []
    starts, right = [0], -math.inf
    for i, (before, piece) in enumerate(pairwise(line.pieces), 1):
        right = max(right, before.x + before.width)
        if piece.x - right > WORD_GAP * line.height:
            starts.append(i)
    return list(pairwise([*starts, len(line.pieces)]))


def is_letter_sized(line: PieceLine, i: int, last: int) -> bool:
    """Whether a piece could be a whole letter: not a dot, nor part of a mark that was cut."""
    torn = line.pieces[i].joined or (i + 1 < last and line.pieces[i + 1].joined)
    return not torn and line.pieces[i].height >= LETTER * line.height


def is_whole(line: PieceLine, first: int, last: int) -> bool:
    """Whether these are all the parts of one mark."""
    return _are_marks(line, first, last) and all(
        piece.joined for piece in line.pieces[first + 1 : last]
    )


def is_stacked(line: PieceLine, first: int, last: int) -> bool:
    """Whether these are whole marks above one another, as the parts of signs are: ?, ÷ or 元."""
    if not _are_marks(line, first, last):
        return False
    marks: list[tuple[int, int]] = []  # Their left and right edges.
    for piece in line.pieces[first:last]:
        left, right = piece.x, piece.x + piece.width
        if piece.joined:
            left, right = min(left, marks[-1][0]), max(right, marks.pop()[1])
        marks.append((left, right))
    furthest = marks[0][1]
    for before, mark in pairwise(marks):
        shared = min(furthest, mark[1]) - max(before[0], mark[0])
        if shared < STACKED * min(before[1] - before[0], mark[1] - mark[0]):
            return False
        furthest = max(furthest, mark[1])
    return len(marks) > 1


def _are_marks(line: PieceLine, first: int, last: int) -> bool:
    """Whether no mark is cut where these pieces begin, nor where they end."""
    pieces = line.pieces
    return not (pieces[first].joined or (last < len(pieces) and pieces[last].joined))


def printed(lines: list[PieceLine], letters: set[Piece]) -> set[Piece]:
    """The pieces in words that are mostly letters.

    What else is in such a word is no digit either, and need not be looked at more closely: a page
    of print has thousands of marks.

    Args:
        lines: none of whose pieces is cut.
        letters: pieces that are surely no digit, nor several.
    """
    found: set[Piece] = set()
    for line in lines:
        taken = [-1 if piece in letters else 0 for piece in line.pieces]
        for first, last in words(line):
            sized = [
                i for i in range(first, last) if taken[i] < 0 and is_letter_sized(line, i, last)
            ]
            are_letters = any(_are_letters(line, taken, *two) for two in pairwise(sized))
            if are_letters and len(sized) >= MOSTLY_LETTERS * (last - first):
                found.update(line.pieces[first:last])
    return found


def without_words(line: PieceLine, path: list[Candidate]) -> list[Candidate]:
    """Leave out the letters of printed words that look like digits.

    In a row of pieces that stand close together, where many are none, no other is a digit.
    """
    taken = [-1] * len(line.pieces)
    for number, candidate in enumerate(path):
        for i in range(candidate.first, candidate.last):
            taken[i] = number
    # A mark that is torn may reach from one row to the next, and stays once.
    kept: set[int] = set()
    for first, last in words(line):
        inside = sorted({n for n in taken[first:last] if n >= 0})
        none = [i for i in range(first, last) if taken[i] < 0 and is_letter_sized(line, i, last)]
        are_signs = not any(_are_letters(line, taken, *two) for two in pairwise(none))
        if are_signs or len(none) < WORD_SHARE * (len(none) + len(inside)):
            kept.update(inside)
    return [path[n] for n in sorted(kept)]


def _are_letters(line: PieceLine, taken: list[int], first: int, second: int) -> bool:
    """Whether two pieces that are none stand beside one another, as in words.

    In a date a sign stands here and there between the digits, and may itself fall into pieces.
    """
    step = line.pieces[second].x - line.pieces[first].x
    return max(taken[first : second + 1]) < 0 and step > LETTER_STEP * line.height
