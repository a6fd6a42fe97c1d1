"""The likeliest way to read a row of pieces.

Every piece is part of exactly one digit, or of none. A way to spend the pieces is a path through a
graph whose arcs are candidates; its score is a log probability: what the classifier says of each
candidate, how likely each gap or cut is to part two digits, and how likely writing is to stand
between what is none (LeCun et al., "Gradient-based learning applied to document recognition",
1998, section VI).
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from operator import add
from typing import TypeAlias

from digitnet.classes import NO_DIGIT
from digitnet.reading.rows.candidate import Candidate, Way, is_at_edge
from digitnet.reading.rows.spelled import one_by_one
from digitnet.reading.rows.words import is_letter_sized, is_stacked, is_whole, without_words
from digitnet.reading.segment import MAX_WIDTH_OF_TWO, PieceLine

PAIR = 1.5  # against reading two digits at once: a cut that fits says more
TRANSCRIPT = 0.9  # against reading several at once
CUT = 0.2  # how often a plausible cut through ink parts two digits
CUT_SIGN = 0.1  # of that at least, where the network says that the whole mark is no digit
GAP_MIDDLE, GAP_SLOPE = 0.0, 22.0  # of the line's height: narrower gaps rarely part two digits
GAP_LEAST, GAP_MOST = 0.04, 0.985
NEAR = 0.9  # of the line's height: pieces nearer than this belong to one word
SIGN_SWITCH = 2.0  # against a digit right beside what is none: it may be a sign
WORD_SWITCH = 6.0  # the same right behind several that are none, as in words
BROKEN = 0.9  # pieces that are this surely one digit are its parts
TORN = 3.0  # against two parts of one mark that are both left out, each for itself
WIDE_NONE = 3.0  # against leaving out what is wider than one digit: it may be several
WIDE_NONE_AMONG_DIGITS = 12.0  # the same on a page where next to nothing else is left out
ONE_WIDTH = 0.8
LEFT_OUT = 0.1  # against leaving a piece out
LEFT_OUT_AMONG_DIGITS = 2.0  # the same on a page where next to nothing else is left out
LOW = 0.5  # of the line's height: what is lower is rather a dot or a dash than a digit
LOW_COST = 18.0
SURELY_ONE = 0.9  # a mark that is this surely a digit is no stranger among digits
LEAST_PROBABILITY = 1e-4
DIGIT, SIGN, WORD = range(3)  # what a mark may be part of; the first that is none is a sign


def best_path(
    line: PieceLine, candidates: list[Candidate], *, among_digits: bool = False
) -> tuple[list[Candidate], float]:
    """Find the likeliest path.

    Args:
        line: the pieces.
        candidates: those of the line, ordered by their first piece.
        among_digits: whether the rest of the page is known to be digits; then a mark that is no
            digit is rather several that touch.

    Returns:
        The candidates that are digits, from left to right, and the path's score.
    """
    count = len(line.pieces)
    wide_none = WIDE_NONE_AMONG_DIGITS if among_digits else WIDE_NONE
    left_out = LEFT_OUT_AMONG_DIGITS if among_digits else LEFT_OUT
    parting = _parting(line, candidates)
    near = _near(line, candidates)
    ways = _Ways(count)
    part = [math.log(chance) for chance in parting]
    uncut = [0.0, *(math.log(1 - chance) for chance in parting[1:])]
    for candidate in candidates:
        i, j = candidate.first, candidate.last
        digit, way = _likeliest_way(candidate, sum(uncut[i + 1 : j]))
        digit -= _low_cost(candidate, line)
        beside_sign = part[i] - SIGN_SWITCH * near[i]
        behind_word = part[i] - WORD_SWITCH * near[i]
        start = ways.after(i, part[i], beside_sign, behind_word)
        ways.go(start, digit, (candidate, way), i, j, DIGIT)
        is_one = j == i + 1 or is_whole(line, i, j)
        if is_one or is_stacked(line, i, j):
            none = math.log(max(candidate.none, LEAST_PROBABILITY))
            none = (j - i) * none - left_out * (j - i if is_one else 1)
            if candidate.box[3] >= LOW * line.height:
                none -= wide_none * max(0.0, candidate.box[2] / line.height - ONE_WIDTH)
            # Parts of one mark are each no digit, and yet the whole may be one.
            torn = -TORN if i and line.pieces[i].joined else 0.0
            other = -math.inf if near[i] else torn
            ways.go(ways.after(i, beside_sign, other, other), none, None, i, j, SIGN)
            ways.go(ways.after(i, -math.inf, torn, torn), none, None, i, j, WORD)
    path = without_words(line, ways.path())
    return one_by_one(line, path, candidates), ways.score()


# From which place, behind what, and by which digits, if any.
_Step: TypeAlias = tuple[int, int, tuple[Candidate, Way] | None]


class _Ways:
    """The likeliest way to every place between pieces, for each kind of mark that may end there."""

    def __init__(self, count: int) -> None:
        # Plain lists: there are thousands of steps, and each looks at single numbers.
        self._best = [[0.0] * 3] + [[-math.inf] * 3 for _ in range(count)]
        self._back: list[list[_Step | None]] = [[None] * 3 for _ in range(count + 1)]

    def after(self, place: int, *gains: float) -> tuple[float, int]:
        """Return the best score with which to go on, and behind what.

        Args:
            place: how many pieces lie behind.
            gains: for each kind of mark that may lie there, what to add to its score.
        """
        digit, sign, word = map(add, self._best[place], gains)
        return max((digit, DIGIT), (sign, SIGN), (word, WORD))

    def go(
        self,
        start: tuple[float, int],
        step: float,
        taken: tuple[Candidate, Way] | None,
        first: int,
        last: int,
        kind: int,
    ) -> None:
        """Note a way to ``last`` from ``first``, as `after` gave it there, if it is the best."""
        score, behind = start
        if score + step > self._best[last][kind]:
            self._best[last][kind] = score + step
            self._back[last][kind] = (first, behind, taken)

    def score(self) -> float:
        """Return that of the best way to the end."""
        return max(self._best[-1])

    def path(self) -> list[Candidate]:
        """Return what the best way to the end takes for digits, from left to right."""
        place, kind = len(self._best) - 1, self._best[-1].index(max(self._best[-1]))
        path = []
        while place > 0 and (step := self._back[place][kind]) is not None:
            place, kind, taken = step
            if taken is not None:
                candidate, way = taken
                path.append(candidate if candidate.way == way else replace(candidate, way=way))
        return path[::-1]


def _likeliest_way(candidate: Candidate, uncut: float) -> tuple[float, Way]:
    """How likely a candidate is digits, as a log probability of all its pieces, and in which way.

    Args:
        candidate: some pieces.
        uncut: how likely no two digits part between them, as a log probability.
    """
    pieces = candidate.last - candidate.first
    one, two = candidate.one, candidate.two
    pair = PAIR if two > one else 0.0
    score = pieces * math.log(max(one, two, 1e-6)) - pair + uncut
    way: Way = "pair" if two > one else "digit"
    transcript = candidate.transcript
    # A single digit is the other network's business; but where both see the same, it is not cut.
    same = (int(candidate.scores[: NO_DIGIT + 1].argmax()),)
    if transcript and (len(transcript.digits) > 1 or transcript.digits == same):
        each = math.log(max(transcript.probability, 1e-6)) / len(transcript.digits)
        if pieces * each - TRANSCRIPT > score:
            return pieces * each - TRANSCRIPT, "transcript"
    return score, way


def strangers(
    line: PieceLine, candidates: list[Candidate], path: list[Candidate], shape: tuple[int, ...]
) -> int:
    """Count the whole marks of a line, as large as digits, that its path leaves out.

    Not those that look like digits and, in a row with others, were left out for what stands beside
    them; nor those that reach in from the edge of the ink map, whose shape is given: they are
    things that lie beside the writing.
    """
    taken = {i for candidate in path for i in range(candidate.first, candidate.last)}
    if path:
        taken |= {c.first for c in candidates if c.last == c.first + 1 and c.one > SURELY_ONE}
    count = len(line.pieces)
    return sum(
        i not in taken
        and is_letter_sized(line, i, count)
        and not is_at_edge((piece.x, piece.y, piece.width, piece.height), shape)
        for i, piece in enumerate(line.pieces)
    )


def _parting(line: PieceLine, candidates: list[Candidate]) -> list[float]:
    """The probability that two digits meet before each piece."""
    cuts = _cuts(line, candidates)
    result, right = [1.0], -math.inf
    for i, (before, piece) in enumerate(pairwise(line.pieces), 1):
        right = max(right, before.x + before.width)
        if piece.joined:
            result.append(cuts.get(i, CUT))
            continue
        gap = (piece.x - right) / line.height
        value = 1 / (1 + math.exp(-max(-30.0, min(30.0, GAP_SLOPE * (gap - GAP_MIDDLE)))))
        result.append(min(max(value, GAP_LEAST), GAP_MOST))
    return result


def _cuts(line: PieceLine, candidates: list[Candidate]) -> dict[int, float]:
    """How often the cuts through those marks part two digits that are rather none as a whole.

    Marks no wider than two digits: the network knows signs, and pairs that touch.
    """
    return {
        k: CUT * max(2 * (1 - float(candidate.scores[NO_DIGIT])), CUT_SIGN)
        for candidate in candidates
        if candidate.last > candidate.first + 1
        and is_whole(line, candidate.first, candidate.last)
        and candidate.scores[NO_DIGIT] > 0.5
        and candidate.box[2] <= MAX_WIDTH_OF_TWO * line.height
        for k in range(candidate.first + 1, candidate.last)
    }


def _near(line: PieceLine, candidates: list[Candidate]) -> list[bool]:
    """Whether a change between digit and none costs something before each piece.

    Not beside dots and dashes; but the bar of a 5 that floats above the rest of it is no dash.
    """
    heights = [piece.height for piece in line.pieces]
    for candidate in candidates:
        *parts, last = line.pieces[candidate.first : candidate.last]
        floats = parts and not last.joined and last.x < max(part.x + part.width for part in parts)
        if floats and candidate.one > BROKEN:
            heights[candidate.last - 1] = max(heights[candidate.last - 1], candidate.box[3])
    result, right = [False], -math.inf
    for i, (before, piece) in enumerate(pairwise(line.pieces), 1):
        right = max(right, before.x + before.width)
        small = min(heights[i - 1], piece.height) < LOW * line.height
        result.append(piece.x - right < NEAR * line.height and not small)
    return result


def _low_cost(candidate: Candidate, line: PieceLine) -> float:
    return LOW_COST * max(0.0, LOW - candidate.box[3] / line.height)
