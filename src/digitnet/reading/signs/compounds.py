"""Signs of several marks, of which each for itself looks like a digit: %, ? and !."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TypeAlias

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.glyph import place
from digitnet.reading.jobs import Job, classified
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.words import marks
from digitnet.reading.segment import Piece, PieceLine, union

RINGS = (0, 6, 9)  # digits that a ring of a percent sign looks like, alone or with its slash
STROKES = (1, 4, 7)  # and its slash, with a ring or without
PLAIN = 0.97  # of a sure digit
SMALL, LARGE = 0.48, 0.65  # of a sign's height: most of its rings, and all
AS_HIGH = 0.8  # of a sign's height: its slash at least
WIDEST = 1.5  # times the line's height: a sign of several marks at most
APART, OVERLAP = 0.3, 0.03  # of the line's height: between its marks; a 0 as large stands apart
BESIDE = 2  # marks on either side of a ring that may belong to the same sign
DOT_BELOW = 0.4  # of the line's height: how far a dot lies below its sign at most,
DOT_ASIDE = 0.1  # and how far to its left or right, or above its lower end
SIGN = 0.97  # probability of no digit, from which on several marks are a sign

# What may be a sign: the digits that it was taken for, and its pieces.
_Compound: TypeAlias = tuple[list[Candidate], list[Piece]]


def without_compounds(
    lines: list[PieceLine], paths: list[list[Candidate]]
) -> Job[list[list[Candidate]]]:
    """Leave out the digits that are a sign, with a dot below them or with the marks beside them.

    The network, which knows these signs, is asked for all of it as one.

    Args:
        lines: the pieces of each.
        paths: the digits of each.

    Returns:
        The digits of each that are left.
    """
    asked = [
        (digits, place(union(pieces)[1]))
        for line, path in zip(lines, paths, strict=True)
        for digits, pieces in (*_dotted(line, path), *_ringed(line, path))
    ]
    if not asked:
        return paths
    answers = yield from classified(np.stack([glyph for _, glyph in asked]))
    left_out = {
        id(digit)
        for (digits, _), scores in zip(asked, answers, strict=True)
        if scores[NO_DIGIT] > SIGN
        for digit in digits
    }
    return [[digit for digit in path if id(digit) not in left_out] for path in paths]


def _dotted(line: PieceLine, path: list[Candidate]) -> Iterator[_Compound]:
    """Digits with a dot below them, as a 7 and a 1 have it that are ? and !."""
    middles = np.array([dot.x + dot.width / 2 for dot in line.dots])
    tops = np.array([dot.y for dot in line.dots])
    aside, below = DOT_ASIDE * line.height, DOT_BELOW * line.height
    for digit in path:
        x, y, width, height = digit.box
        is_below = (middles >= x - aside) & (middles <= x + width + aside)
        is_below &= (tops >= y + height - aside) & (tops <= y + height + below)
        for k in np.flatnonzero(is_below):
            yield [digit], [*line.pieces[digit.first : digit.last], line.dots[k]]


def _ringed(line: PieceLine, path: list[Candidate]) -> Iterator[_Compound]:
    """Small rings with marks beside them, as the slash and the other ring of a percent sign."""
    ends_of_marks = [*(first for first, _ in marks(line, 0, len(line.pieces))), len(line.pieces)]
    rings = [digit for digit in path if digit.digit in RINGS]
    tallest = _height(line.pieces) if rings else 0
    for ring in rings:
        height = _ring_height(line, ring)
        if height > LARGE * tallest:
            continue  # No sign here is so high.
        starts = [i for i in ends_of_marks if i <= ring.first][-1 - BESIDE :]
        ends = [i for i in ends_of_marks if i >= ring.last][: 1 + BESIDE]
        for first, last in ((i, j) for i in starts for j in ends):
            pieces = line.pieces[first:last]
            if (first, last) == (ring.first, ring.last) or not _is_around(height, pieces, line):
                continue
            digits = [digit for digit in path if first <= digit.first < last]
            if not any(map(_is_plain, digits)):
                yield digits, pieces


def _ring_height(line: PieceLine, digit: Candidate) -> int:
    """How high what looks like a ring is, without the part of the slash that was taken with it."""
    return min(_height(line.pieces[i:j]) for i, j in marks(line, digit.first, digit.last))


def _is_around(ring: int, pieces: list[Piece], line: PieceLine) -> bool:
    """Whether some pieces may be one sign, and a ring as high a part of it, no 0 beside digits."""
    width = max(p.x + p.width for p in pieces) - min(p.x for p in pieces)
    height = _height(pieces)
    if ring > LARGE * height or width > WIDEST * line.height:
        return False
    if sum(piece.height > AS_HIGH * height and not piece.joined for piece in pieces) > 1:
        return False  # There is one slash.
    apart = APART if ring <= SMALL * height else -OVERLAP
    return _widest_gap(pieces) <= apart * line.height


def _height(pieces: list[Piece]) -> int:
    """From the uppermost to the lowest ink of some pieces, in pixels."""
    return max(p.y + p.height for p in pieces) - min(p.y for p in pieces)


def _widest_gap(pieces: list[Piece]) -> int:
    """Between some pieces that go from left to right, in pixels; below 0 where all overlap."""
    rights = accumulate((piece.x + piece.width for piece in pieces), max)
    gaps = (piece.x - right for piece, right in zip(pieces[1:], rights, strict=False))
    return max(gaps, default=0)


def _is_plain(digit: Candidate) -> bool:
    """Whether a digit is surely one that no part of a percent sign looks like."""
    return digit.digit not in (*RINGS, *STROKES) and digit.scores[digit.digit] > PLAIN
