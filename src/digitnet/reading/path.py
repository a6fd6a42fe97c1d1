"""The likeliest way to read a row of pieces.

Every piece is part of exactly one digit, or of none. A way to spend the pieces is a path through a
graph whose arcs are candidates; its score is a log probability: what the classifier says of each
candidate, how likely each gap or cut is to part two digits, and how likely writing is to stand
between what is none (LeCun et al., "Gradient-based learning applied to document recognition",
1998, section VI).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import CLASSES, FIRST_PAIR, NO_DIGIT
from digitnet.glyph import place
from digitnet.reading.segment import MAX_WIDTH_OF_TWO, PieceLine, union
from digitnet.reading.transcribe import Transcript

Box = tuple[int, int, int, int]
Way = Literal["digit", "pair", "transcript"]

PAIR = 1.5  # against reading two digits at once: a cut that fits says more
TRANSCRIPT = 0.9  # against reading several at once
CUT = 0.2  # how often a plausible cut through ink parts two digits
CUT_SIGN = 0.1  # of that at least, where the network says that the whole mark is no digit
GAP_MIDDLE, GAP_SLOPE = 0.0, 22.0  # of the line's height: narrower gaps rarely part two digits
GAP_LEAST, GAP_MOST = 0.04, 0.985
NEAR = 0.9  # of the line's height: pieces nearer than this belong to one word
SIGN_SWITCH = 2.0  # against a digit right beside what is none: it may be a sign
WORD_SWITCH = 6.0  # the same right behind several that are none, as in words
TORN = 3.0  # against two parts of one mark that are both left out, each for itself
WIDE_NONE = 3.0  # against leaving out what is wider than one digit: it may be several
WIDE_NONE_AMONG_DIGITS = 12.0  # the same on a page where next to nothing else is left out
ONE_WIDTH = 0.8
STACKED = 0.4  # of the width of the narrower of two marks: so much of it lies above the other
WORD_GAP = 0.4  # of the line's height: the widest gap inside a word
LETTER_STEP = 0.6  # of the line's height: from one letter to the next at least
WORD_SHARE = 0.25  # of its pieces that are none: then it is a word
LEFT_OUT = 0.1  # against leaving a piece out
LEFT_OUT_AMONG_DIGITS = 2.0  # the same on a page where next to nothing else is left out
ZIGZAG = 4  # strokes of one mark that are all 1 or 7, from which on it is a scribble
LOW = 0.5  # of the line's height: what is lower is rather a dot or a dash than a digit
LOW_COST = 18.0
LEAST_PROBABILITY = 1e-4
DIGIT, SIGN, WORD = range(3)  # what a mark may be part of; the first that is none is a sign


@dataclass(frozen=True, eq=False)
class Candidate:
    """A run of pieces that may be one digit, or two.

    Attributes:
        first: its first piece.
        last: the piece after its last.
        box: x, y, width, height on the ink map.
        scores: float32 (111,), the classifier's probabilities, see `digitnet.classes`.
        glyph: uint8 (28, 28), what the classifier saw.
        transcript: what the network that reads strips makes of it, where it was asked.
        way: whether it is read as one digit, as a pair, or as its transcript.
    """

    first: int
    last: int
    box: Box
    scores: NDArray[np.float32]
    glyph: NDArray[np.uint8]
    transcript: Transcript | None = None
    way: Way = "digit"

    @property
    def digit(self) -> int:
        """The likeliest digit, if it is one."""
        return int(self.scores[:NO_DIGIT].argmax())


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
    near = _near(line)
    ways = _Ways(count)
    for candidate in candidates:
        i, j = candidate.first, candidate.last
        uncut = sum(math.log(1 - parting[k]) for k in range(i + 1, j))
        digit, way = _likeliest_way(candidate, uncut)
        digit -= _low_cost(candidate, line)
        part = math.log(parting[i]) if i else 0.0
        beside_sign = part - SIGN_SWITCH * near[i]
        behind_word = part - WORD_SWITCH * near[i]
        start = ways.after(i, {DIGIT: part, SIGN: beside_sign, WORD: behind_word})
        ways.go(start, digit, replace(candidate, way=way), i, j, DIGIT)
        is_one = j == i + 1 or is_whole(line, i, j)
        if is_one or _is_stacked(line, i, j):
            none = math.log(max(float(candidate.scores[NO_DIGIT]), LEAST_PROBABILITY))
            none = (j - i) * none - left_out * (j - i if is_one else 1)
            none -= wide_none * max(0.0, candidate.box[2] / line.height - ONE_WIDTH)
            # Parts of one mark are each no digit, and yet the whole may be one.
            torn = -TORN if i and line.pieces[i].joined else 0.0
            others = {SIGN: torn, WORD: torn}
            alone = ways.after(i, {DIGIT: beside_sign} | ({} if near[i] else others))
            ways.go(alone, none, None, i, j, SIGN)
            ways.go(ways.after(i, others), none, None, i, j, WORD)
    path = _without_words(line, _without_zigzags(line, ways.path()))
    return _one_by_one(line, path, candidates), ways.score()


class _Ways:
    """The likeliest way to every place between pieces, for each kind of mark that may end there."""

    def __init__(self, count: int) -> None:
        self._best = np.full((count + 1, 3), -np.inf)
        self._best[0] = 0.0
        self._back: list[list[tuple[int, int, Candidate | None] | None]] = [
            [None, None, None] for _ in range(count + 1)
        ]

    def after(self, place: int, gains: dict[int, float]) -> tuple[float, int]:
        """Return the best score with which to go on, and behind what.

        Args:
            place: how many pieces lie behind.
            gains: for each kind of mark that may lie there, what to add to its score.
        """
        return max((float(self._best[place, kind]) + gain, kind) for kind, gain in gains.items())

    def go(
        self,
        start: tuple[float, int],
        step: float,
        taken: Candidate | None,
        first: int,
        last: int,
        kind: int,
    ) -> None:
        """Note a way to ``last`` from ``first``, as `after` gave it there, if it is the best."""
        score, behind = start
        if score + step > self._best[last, kind]:
            self._best[last, kind] = score + step
            self._back[last][kind] = (first, behind, taken)

    def score(self) -> float:
        """Return that of the best way to the end."""
        return float(self._best[-1].max())

    def path(self) -> list[Candidate]:
        """Return what the best way to the end takes for digits, from left to right."""
        place, kind = len(self._best) - 1, int(self._best[-1].argmax())
        path = []
        while place > 0 and (step := self._back[place][kind]) is not None:
            place, kind, taken = step
            if taken is not None:
                path.append(taken)
        return path[::-1]


def _likeliest_way(candidate: Candidate, uncut: float) -> tuple[float, Way]:
    """How likely a candidate is digits, as a log probability of all its pieces, and in which way.

    Args:
        candidate: some pieces.
        uncut: how likely no two digits part between them, as a log probability.
    """
    pieces = candidate.last - candidate.first
    one = float(candidate.scores[:NO_DIGIT].max())
    two = float(candidate.scores[FIRST_PAIR:].max())
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


def strangers(line: PieceLine, path: list[Candidate], shape: tuple[int, ...]) -> int:
    """Count the whole marks of a line, as large as digits, that its path leaves out.

    Not those that reach in from the edge of the ink map, whose shape is given: they are things that
    lie beside the writing.
    """
    taken = {i for candidate in path for i in range(candidate.first, candidate.last)}
    count = len(line.pieces)
    return sum(
        i not in taken
        and is_letter_sized(line, i, count)
        and not is_at_edge((piece.x, piece.y, piece.width, piece.height), shape)
        for i, piece in enumerate(line.pieces)
    )


def is_at_edge(box: Box, shape: tuple[int, ...]) -> bool:
    """Whether a box reaches the edge of an ink map, or is one pixel from it."""
    x, y, width, height = box
    return min(x, y) <= 1 or x + width >= shape[1] - 1 or y + height >= shape[0] - 1


def _one_by_one(
    line: PieceLine, path: list[Candidate], candidates: list[Candidate]
) -> list[Candidate]:
    """Replace what is read as several digits by these."""
    found = {(candidate.first, candidate.last): candidate for candidate in candidates}
    digits = []
    for candidate in path:
        if candidate.way == "pair":
            digits += _halves(line, candidate, found)
        elif candidate.way == "transcript" and candidate.transcript:
            digits += _spread(line, candidate, candidate.transcript)
        else:
            digits.append(candidate)
    return digits


def _spread(line: PieceLine, candidate: Candidate, transcript: Transcript) -> list[Candidate]:
    """The digits of a transcript, each with the ink that lies nearest to where it was named."""
    (x, y, width, height), ink = union(line.pieces[candidate.first : candidate.last])
    middles = x + width * np.array(transcript.middles)
    bounds = [x, *np.rint((middles[:-1] + middles[1:]) / 2).astype(int).tolist(), x + width]
    digits = []
    for (left, right), row in zip(pairwise(bounds), transcript.scores, strict=True):
        part = ink[:, left - x : max(right - x, left - x + 1)]
        rows = np.flatnonzero(part.max(axis=1) > 64)
        top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, height)
        box = (left, y + top, part.shape[1], bottom - top)
        digits.append(replace(candidate, box=box, scores=_digit_scores(row), glyph=place(part)))
    return digits


def _halves(
    line: PieceLine, candidate: Candidate, found: dict[tuple[int, int], Candidate]
) -> list[Candidate]:
    """The two digits of a pair, divided where the parts look most like them."""
    pairs = candidate.scores[FIRST_PAIR:].reshape(10, 10)
    scores = [_digit_scores(pairs.sum(axis=1)), _digit_scores(pairs.sum(axis=0))]
    first, second = divmod(int(pairs.argmax()), 10)
    parts = [
        (found[candidate.first, k], found[k, candidate.last])
        for k in range(candidate.first + 1, candidate.last)
        if (candidate.first, k) in found and (k, candidate.last) in found
    ]
    if parts:
        halves = max(parts, key=lambda two: float(two[0].scores[first] * two[1].scores[second]))
        return [replace(half, scores=own) for half, own in zip(halves, scores, strict=True)]
    (x, y, width, height), ink = union(line.pieces[candidate.first : candidate.last])
    middle = max(1, width // 2)
    boxes = (x, y, middle, height), (x + middle, y, width - middle, height)
    inks = ink[:, :middle], ink[:, middle:]
    return [
        replace(candidate, box=box, scores=own, glyph=place(half))
        for box, half, own in zip(boxes, inks, scores, strict=True)
    ]


def _digit_scores(digits: NDArray[np.float32]) -> NDArray[np.float32]:
    scores = np.zeros(CLASSES, np.float32)
    scores[:NO_DIGIT] = digits
    scores[NO_DIGIT] = max(0.0, 1 - float(digits.sum()))
    return scores


def _without_zigzags(line: PieceLine, path: list[Candidate]) -> list[Candidate]:
    """Leave out marks that fall into strokes, up and down: a scribble rather than 1111."""
    mark_of = np.cumsum([not piece.joined for piece in line.pieces])
    marks: dict[int, list[Candidate]] = {}
    for candidate in path:
        marks.setdefault(int(mark_of[candidate.first]), []).append(candidate)
    return [c for mark in marks.values() if not _is_zigzag(mark) for c in mark]


def _is_zigzag(mark: list[Candidate]) -> bool:
    read = [digit for candidate in mark for digit in _digits(candidate)]
    return len(read) >= ZIGZAG and set(read) <= {1, 7}


def _digits(candidate: Candidate) -> tuple[int, ...]:
    if candidate.way == "pair":
        return divmod(int(candidate.scores[FIRST_PAIR:].argmax()), 10)
    if candidate.way == "transcript" and candidate.transcript:
        return candidate.transcript.digits
    return (candidate.digit,)


def _without_words(line: PieceLine, path: list[Candidate]) -> list[Candidate]:
    """Leave out the letters of printed words that look like digits.

    In a row of pieces that stand close together, where many are none, no other is a digit.
    """
    taken = [-1] * len(line.pieces)
    for number, candidate in enumerate(path):
        for i in range(candidate.first, candidate.last):
            taken[i] = number
    kept: list[Candidate] = []
    for first, last in words(line):
        inside = sorted({n for n in taken[first:last] if n >= 0})
        none = [i for i in range(first, last) if taken[i] < 0 and is_letter_sized(line, i, last)]
        are_signs = not any(_are_letters(line, taken, *two) for two in pairwise(none))
        if are_signs or len(none) < WORD_SHARE * (len(none) + len(inside)):
            kept += [path[n] for n in inside]
    return kept


def _are_letters(line: PieceLine, taken: list[int], first: int, second: int) -> bool:
    """Whether two pieces that are none stand beside one another, as in words.

    In a date a sign stands here and there between the digits, and may itself fall into pieces.
    """
    step = line.pieces[second].x - line.pieces[first].x
    return max(taken[first : second + 1]) < 0 and step > LETTER_STEP * line.height


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


def marks(line: PieceLine, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The whole marks among some pieces, cut or not, as (first, after the last)."""
    starts = [i for i in range(first, last) if i == first or not line.pieces[i].joined]
    return pairwise([*starts, last])


def is_letter_sized(line: PieceLine, i: int, last: int) -> bool:
    """Whether a piece could be a whole letter: not a dot, nor part of a mark that was cut."""
    torn = line.pieces[i].joined or (i + 1 < last and line.pieces[i + 1].joined)
    return not torn and line.pieces[i].height >= LOW * line.height


def is_whole(line: PieceLine, first: int, last: int) -> bool:
    """Whether these are all the parts of one mark."""
    return _are_marks(line, first, last) and all(
        piece.joined for piece in line.pieces[first + 1 : last]
    )


def _are_marks(line: PieceLine, first: int, last: int) -> bool:
    """Whether no mark is cut where these pieces begin, nor where they end."""
    pieces = line.pieces
    return not (pieces[first].joined or (last < len(pieces) and pieces[last].joined))


def _is_stacked(line: PieceLine, first: int, last: int) -> bool:
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


def _near(line: PieceLine) -> list[bool]:
    """Whether a change between digit and none costs something before each piece."""
    result, right = [False], -math.inf
    for before, piece in pairwise(line.pieces):
        right = max(right, before.x + before.width)
        small = min(before.height, piece.height) < LOW * line.height
        result.append(piece.x - right < NEAR * line.height and not small)
    return result


def _low_cost(candidate: Candidate, line: PieceLine) -> float:
    return LOW_COST * max(0.0, LOW - candidate.box[3] / line.height)
