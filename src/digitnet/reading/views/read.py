"""What was read on one picture of a page, and how much like writing that is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.glyph import SIDE
from digitnet.reading.arrays import Floats
from digitnet.reading.jobs import Glyphs
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.views.sure import are_lines

STRIPES, MOSTLY = 5, 0.8  # digits, and the share of them that are 1: then they are rather stripes
MANY, HALF = 10, 0.5  # digits, and the share of them that are no 1: if fewer, some may be stripes
ENOUGH = 0.35  # digits a component: then nothing likelier is looked for
SURELY = 0.85  # probability of a digit
NO_MARKS = np.empty((0, SIDE, SIDE), np.uint8)


class Read(NamedTuple):
    """The paths of the lines that have digits, and pixels of the grey page for one of their ink."""

    paths: list[list[Candidate]]
    scale: float
    share: float  # see `share_of`
    marks: Glyphs  # of the ink, whole

    @property
    def worth(self) -> float:
        """How many digits more than even chance says were read: the more, the likelier."""
        return sum(float(c.scores[:NO_DIGIT].max()) - 0.5 for path in self.paths for c in path)

    @property
    def digits(self) -> int:
        """How many were read."""
        return sum(map(len, self.paths))

    @property
    def no_strokes(self) -> int:
        """How many digits are no 1: rules, grain and the weave of a cloth are read as many a 1."""
        return sum(c.digit != 1 for path in self.paths for c in path)


def share_of(paths: list[list[Candidate]], marks: int) -> float:
    """How much of the ink was surely read: the digits' probability a component."""
    sure = [float(c.scores[:NO_DIGIT].max()) for path in paths for c in path]
    return sum(sure) / max(1, marks, len(sure))


def edges(candidates: list[Candidate], scale: float) -> Floats:
    """Left, top, right and lower edges of digits, (N, 4), in pixels of the page."""
    boxes = np.array([c.box for c in candidates], np.float32).reshape(-1, 4) * scale
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def are_ones(read: Read) -> bool:
    """Whether all that was read are 1, as which patches of light and shadow are read, too."""
    return all(candidate.digit == 1 for path in read.paths for candidate in path)


def are_mostly_ones(read: Read) -> bool:
    """Whether most of many digits that were read are 1, as where rules are left, too."""
    return read.digits >= MANY and read.no_strokes < HALF * read.digits


def are_stripes(read: Read) -> bool:
    """Whether nearly all of many digits that were read are 1."""
    strokes = [candidate.digit == 1 for path in read.paths for candidate in path]
    return len(strokes) >= STRIPES and float(np.mean(strokes)) > MOSTLY


def are_stripes_more(read: Read, other: Read) -> bool:
    """Whether nearly all that one ink or picture has more than another are 1."""
    more = read.no_strokes - other.no_strokes
    more_strokes = read.digits - other.digits - more
    return more_strokes >= STRIPES and more_strokes > MOSTLY * (max(0, more) + more_strokes)


def are_digits(read: Read) -> bool:
    """Whether sure digits were read that are mostly no 1."""
    sure = [c.digit for path in read.paths for c in path if c.scores[c.digit] > SURELY]
    return bool(sure) and float(np.mean([digit == 1 for digit in sure])) < MOSTLY


def is_rather_writing(read: Read, other: Read) -> bool:
    """Whether one ink or picture is digits, another rather a pattern, of which more is read."""
    if are_stripes(other):
        return are_digits(read) and read.no_strokes >= STRIPES
    is_more = read.no_strokes > other.no_strokes
    return is_more and are_lines(read.paths) and not are_lines(other.paths)
