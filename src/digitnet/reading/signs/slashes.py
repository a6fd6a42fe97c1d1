"""Slashes and brackets, which look like a 1: what stands beside them tells them apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain, combinations, product

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.rows.candidate import Box, Candidate, left_out
from digitnet.reading.signs.context import groups

BESIDE = 2  # digits on either side, with which a stroke is compared,
ENOUGH = 2  # of which so many are needed
SLOPE_NEEDS = 6  # digits: fewer may go up and down by chance
OUT = 0.18  # of their height above and below them: people write no 1 like that,
OUT_LEANING = 0.12  # nor like that, if it also leans further to the right than they do
LEFTMOST = -0.05  # columns a row: sides of boxes stand upright, and slashes do not lean to the left
LEAST_OUT = 2.5  # pixels of the ink map: less may be chance
BENT, UPRIGHT = 0.12, 0.15  # of a bracket's height, at least; columns a row, at most,
BETWEEN, BENT_IN_PAIR, LEANING = range(1, 5), 0.08, 0.5  # digits in a pair, which may bend less
NARROW, AS_HIGH = 0.6, 0.7  # of its height: the widest bracket, and the lower one of a pair,
BRACKET_OUT, PAIR_OUT = -0.06, -0.15  # and it is hardly lower than the digits beside it
PLAINLY_ONE = 0.8  # the network hardly ever takes a closing bracket this surely for a 1
MOST_IN_DATE = 10  # marks: 31/12/2026
SLASH_LEAN = 0.1  # columns a row: a slash goes to the right as it goes up,
SLASH_OUT = 0.08  # and stands out by that on the mean,
SLASH_OUT_LIKELY = 0.02  # or by that in 24/12/26;
# in 4/2/2026, as other numbers hardly ever look by chance, either is enough.
HARDLY = 0.01  # among its neighbours hardly any 1 is this unlikely one,
IN_DOUBT, OUT_IN_DOUBT = 0.3, 0.1  # and few of those that are that, and stand out by that
DAYS, MONTHS, YEARS = range(1, 32), range(1, 13), range(1900, 2100)


def without_slashes(
    path: list[Candidate],
    ones: Mapping[int, float] | None = None,
    row: Sequence[Candidate] = (),
) -> list[Candidate]:
    """Leave out of a line of digits the strokes that stand out above and below those beside them.

    As in dates and telephone numbers, and the sides of boxes; what a 1 and a slash look like, each
    for itself, is the same.

    Args:
        path: of a line.
        ones: how likely some of it are a 1 among their neighbours, see `context.likely_ones`.
        row: the candidates of that line, read or not.
    """
    ones = ones or {}
    slashes = {i for i, likely in ones.items() if likely < HARDLY}
    if len(path) <= ENOUGH:
        return [candidate for i, candidate in enumerate(path) if i not in slashes]
    boxes = _levelled(np.array([candidate.box for candidate in path], float))
    strokes = np.array([candidate.digit == 1 for candidate in path])
    leans = np.array([_lean(candidate.glyph) for candidate in path])
    besides = {i: _beside(i, strokes) for i in np.flatnonzero(strokes).tolist()}
    outs = {i: _out(i, beside, boxes) for i, beside in besides.items()}
    slashes |= _of_dates(path, leans, outs) | _brackets(path, leans, outs, row)
    for i, (out, pixels) in outs.items():
        beside = besides[i]
        leans_more = leans[i] > max(LEFTMOST, float(np.median(leans[beside])))
        least = OUT_LEANING if leans_more else OUT
        if ones.get(i, 1.0) < IN_DOUBT and not strokes[beside].any():
            least = OUT_IN_DOUBT
        stands_out = pixels >= LEAST_OUT and out > least
        # Where digits differ in height, they stand out of one another as well.
        if stands_out and all(
            out > _out(k, beside, boxes)[0] for k in np.flatnonzero(~strokes).tolist()
        ):
            slashes.add(i)
    return [candidate for i, candidate in enumerate(path) if i not in slashes]


def _levelled(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes (N, 4) of a line that climbs or falls, as they would stand on a level one."""
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    level = boxes.copy()
    if len(boxes) >= SLOPE_NEEDS:
        x, y = middles.T
        level[:, 1] -= np.polyfit(x, y, 1)[0] * x
    return level


def _beside(i: int, strokes: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The nearest digits on either side that are no strokes; if these are too few, whatever is."""
    others = np.delete(np.arange(len(strokes)), i)
    for near in (others[~strokes[others]], others):
        place = int(np.searchsorted(near, i))
        beside = near[max(0, place - BESIDE) : place + BESIDE]
        if len(beside) >= ENOUGH:
            break
    return beside


def _out(i: int, beside: NDArray[np.intp], boxes: NDArray[np.float64]) -> tuple[float, float]:
    """How far a stroke stands out on the side where it does less: of their height, and pixels."""
    _, tops, _, heights = boxes[beside].T
    _, top, _, height = boxes[i]
    above, below = np.median(tops) - top, top + height - np.median(tops + heights)
    pixels = float(min(above, below))
    return pixels / float(np.median(heights)), pixels


def _of_dates(
    path: list[Candidate], leans: NDArray[np.float64], outs: dict[int, tuple[float, float]]
) -> set[int]:
    """The slashes of dates: two strokes that lean, with a day, a month and a year around them."""
    slashes: set[int] = set()
    for first, last in groups(path):
        if last - first > MOST_IN_DATE:
            continue
        best, best_out = None, -math.inf
        for i, j in combinations((i for i in range(first + 1, last - 1) if i in outs), 2):
            parts = [path[a:b] for a, b in ((first, i), (i + 1, j), (j + 1, last))]
            out = (outs[i][0] + outs[j][0]) / 2
            least = _out_of_date(["".join(str(c.digit) for c in part) for part in parts])
            if min(leans[i], leans[j]) <= SLASH_LEAN:
                least = 0.0 if least == -math.inf else math.inf
            if out > max(best_out, least):
                best, best_out = (i, j), out
        slashes.update(best or ())
    return slashes


def _brackets(
    path: list[Candidate],
    leans: NDArray[np.float64],
    outs: dict[int, tuple[float, float]],
    row: Sequence[Candidate],
) -> set[int]:
    """Round brackets: upright strokes that bend to the right, and such as open before them.

    People bend few 1 like that, and those mostly to the left.
    """
    in_pair = {
        i: _bend(path[i].glyph)
        for i, (out, _) in outs.items()
        if abs(leans[i]) < LEANING and out > PAIR_OUT
    }
    bends = {
        i: bend
        for i, bend in in_pair.items()
        if abs(leans[i]) < UPRIGHT and outs[i][0] > BRACKET_OUT
    }
    closing = [
        i for i, bend in bends.items() if i and bend > BENT and path[i].scores[1] < PLAINLY_ONE
    ]
    opening = [i for i, bend in bends.items() if bend < -BENT and i < max(closing, default=0)]
    may_open = [i for i, bend in in_pair.items() if -bend > BENT_IN_PAIR]
    pairs = [
        (i, j)
        for i, j in product(may_open, in_pair)
        if j - i - 1 in BETWEEN and in_pair[j] > BENT_IN_PAIR
    ]
    ends = [c.box for c in left_out(row, path) if _closes(c)] if may_open else []
    opened = [i for i in may_open if any(_reaches(path, i, end) for end in ends)]
    return {*closing, *opening, *opened, *chain.from_iterable(pairs)}


def _reaches(path: list[Candidate], i: int, end: Box) -> bool:
    """Whether a mark about as high as a stroke, as no comma is, stands a few digits behind it."""
    digits = sum(candidate.box[0] < end[0] for candidate in path[i + 1 :])
    return end[3] > AS_HIGH * path[i].box[3] and digits in BETWEEN


def _closes(mark: Candidate) -> bool:
    """Whether a mark that is read as no digit looks like a closing bracket."""
    is_narrow = mark.box[2] < NARROW * mark.box[3]
    is_steep = is_narrow and abs(_lean(mark.glyph)) < LEANING
    return is_steep and _bend(mark.glyph) > BENT_IN_PAIR


def _out_of_date(numbers: list[str]) -> float:
    """How far two strokes between three numbers stand out at least if these are a date.

    In one of the usual orders. Infinitely far, if they are none.
    """
    for day, month, year in (numbers, (numbers[1], numbers[0], numbers[2]), numbers[::-1]):
        if _are_day_and_month(day, month):
            if len(year) == 4 and int(year) in YEARS:
                # 21-11-2021, whose dashes are gone, looks like 2/1/2021; 2021-12-14 like 2021/2/4.
                comes_last = year == numbers[-1]
                pairs = [n + "1" if comes_last else "1" + n for n in (day, month)]
                is_without = _are_day_and_month(*pairs) or _are_day_and_month(*pairs[::-1])
                return SLASH_OUT_LIKELY if is_without else -math.inf
            if len(year) == 2:
                return SLASH_OUT_LIKELY if len(day + month) == 4 else SLASH_OUT
    return math.inf


def _are_day_and_month(day: str, month: str) -> bool:
    is_day = 0 < len(day) <= 2 and int(day) in DAYS
    return is_day and 0 < len(month) <= 2 and int(month) in MONTHS


def _lean(glyph: NDArray[np.uint8]) -> float:
    """How far the ink goes to the right as it goes up: columns a row."""
    m = cv2.moments(glyph)
    return -m["mu11"] / m["mu02"] if m["mu02"] > 0 else 0.0


def _bend(glyph: NDArray[np.uint8]) -> float:
    """How far a stroke's middle lies to the right of its ends, of its height."""
    ink = cv2.threshold(glyph, 64, 0, cv2.THRESH_TOZERO)[1].astype(np.float64)
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) < 3:
        return 0.0
    across = ink[rows] @ np.arange(ink.shape[1]) / ink[rows].sum(axis=1)
    return float(-np.polyfit(np.linspace(-1, 1, len(rows)), across, 2)[0] / len(rows))
