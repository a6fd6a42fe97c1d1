"""Whether what was read is writing: lines in which every digit is sure, as on no ground."""

from __future__ import annotations

from digitnet.reading.rows.candidate import Candidate

SURE = 0.8  # of every digit of a line: words and patterns are read less surely,
LEAST = 3  # or have fewer digits
MOST = 0.6  # of the digits are in such lines
NEARLY_ALL = 0.75  # of a line's digits: it is rather writing, with one in four ill written


def are_lines(paths: list[list[Candidate]]) -> bool:
    """Whether most of what was read is in lines that are surely read."""
    digits = sum(map(len, paths))
    return sum(len(path) for path in paths if is_sure(path)) > MOST * digits


def is_sure(path: list[Candidate], share: float = 1.0) -> bool:
    """Whether a line has several digits, not all of them strokes, and such a share is sure."""
    are_some = len(path) >= LEAST and any(c.digit != 1 for c in path)
    return are_some and sum(c.one > SURE for c in path) >= share * len(path)
