"""Scribbles: a pen that goes to and fro without leaving the paper looks like many a 1."""

from __future__ import annotations

from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.words import marks
from digitnet.reading.segment import PieceLine

MANY, STROKES = 5, 0.5  # digits in one mark, and the share of them that are 1


def without_scribbles(line: PieceLine, path: list[Candidate]) -> list[Candidate]:
    """Leave out what is read of marks as many digits that touch, half of them or more 1.

    Args:
        line: the pieces of a line.
        path: what was read of them.
    """
    kept = list(path)
    for first, last in marks(line, 0, len(line.pieces)):
        digits = [c for c in kept if first <= c.first and c.last <= last]
        strokes = sum(c.digit == 1 for c in digits)
        if len(digits) >= MANY and strokes >= STROKES * len(digits):
            kept = [c for c in kept if c not in digits]
    return kept
