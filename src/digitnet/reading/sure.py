"""Whether what was read is writing: lines in which every digit is sure, as on no ground."""

from __future__ import annotations

from digitnet.reading.candidate import Candidate

SURE = 0.8  # of every digit of a line: words and patterns are read less surely,
LEAST = 3  # or have fewer digits
MOST = 0.6  # of the digits are in such lines


def are_lines(paths: list[list[Candidate]]) -> bool:
    """Whether most of what was read is in lines that are surely read."""
    digits = sum(map(len, paths))
    return sum(len(path) for path in paths if is_sure(path)) > MOST * digits


def is_sure(path: list[Candidate]) -> bool:
    """Whether a line has several digits, not all of them strokes, and each of them is sure."""
    are_some = len(path) >= LEAST and any(c.digit != 1 for c in path)
    return are_some and min(c.one for c in path) > SURE
