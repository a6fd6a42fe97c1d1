"""From one ink of a page to its lines of digits: the likeliest way to read each line."""

from __future__ import annotations

from itertools import chain

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.glyph import SIDE, place
from digitnet.reading.alone import are_several, as_one, is_plainly_one
from digitnet.reading.ink.ink import Ink
from digitnet.reading.jobs import Glyphs, Job, classified
from digitnet.reading.pieces.between import Crossing
from digitnet.reading.rows.asked import classify, cut, look_at, with_transcripts
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.path import best_path, strangers
from digitnet.reading.segment import PieceLine, cut_into_pieces
from digitnet.reading.signs.compounds import without_compounds
from digitnet.reading.signs.context import likely_ones
from digitnet.reading.signs.crosses import without_crosses
from digitnet.reading.signs.faces import without_faces
from digitnet.reading.signs.reverse import without_other_side
from digitnet.reading.signs.scribbles import without_scribbles
from digitnet.reading.signs.slashes import without_slashes
from digitnet.reading.signs.text import without_print, without_text
from digitnet.reading.signs.things import likely_lines, without_strays, without_things
from digitnet.reading.signs.underlines import without_underlines

SURELY_WHOLE = 0.9  # a mark that is this surely one digit runs across no lines,
SURELY_PARTS = 0.75  # unless what lies in each line is this surely one, too,
LIKELY_PARTS = 0.65  # or this surely, if it is likely to be two
RATHER_FIRST = 2.0  # times as likely as others is the first way to cut a mark between lines
TINY = 1e-6  # no division by 0
FEW_STRANGERS = 0.1  # marks left out for every digit: a page of digits and next to nothing else
NO_DIGITS = 2.3  # against a picture without digits, as a log probability


def read_ink(ink: Ink) -> Job[tuple[list[list[Candidate]], Glyphs]]:
    """The best path of every line that has digits, and the glyphs of all the marks of the ink."""
    lines = yield from _pieces(ink)
    if not lines:
        return [], np.empty((0, SIDE, SIDE), np.uint8)
    pieces = [piece for line in lines for piece in line.pieces]
    whole = yield from as_one(lines)
    if whole is not None and len(pieces) == 1 and is_plainly_one(whole, lines[0]):
        return [[whole]], whole.glyph[None]
    seen = yield from look_at(pieces)
    glyphs = np.stack([seen[piece][0] for piece in pieces])
    without_underlines(lines, seen)
    faces = without_faces(lines)
    if faces:
        whole = None  # What is around eyes and a mouth is no 0.
    signs = faces + without_crosses(lines, seen)
    in_print = cut(lines, seen)
    rows = yield from classify(lines, seen, in_print)
    rows = yield from with_transcripts(lines, rows)
    return (yield from _decide(lines, rows, whole, signs, ink.mask.shape)), glyphs


def _pieces(ink: Ink) -> Job[list[PieceLine]]:
    """The pieces of an ink, in lines; a mark is cut between two, if it is not rather one digit."""
    cutting = cut_into_pieces(ink)
    ways: list[int | None] | None = None
    while True:
        try:
            crossings = next(cutting) if ways is None else cutting.send(ways)
        except StopIteration as end:
            lines: list[PieceLine] = end.value
            return lines
        ways = yield from _choose_ways(crossings)


def _choose_ways(crossings: list[Crossing]) -> Job[list[int | None]]:
    """Which way to cut each mark, so that what lies in either line is likeliest one digit."""
    inks = [ink for c in crossings for ink in (c.whole, *chain.from_iterable(c.ways))]
    scores = (yield from classified(np.stack([place(ink) for ink in inks])))[:, :NO_DIGIT]
    looks = iter(zip(scores.argmax(axis=1).tolist(), scores.max(axis=1).tolist(), strict=True))
    chosen: list[int | None] = []
    for crossing in crossings:
        whole, sure = next(looks)
        ways = [(next(looks), next(looks)) for _ in crossing.ways]
        is_whole = sure > SURELY_WHOLE
        # The end of a tail, as of a 7, is a 1 for itself, and says nothing.
        may_be_tail = whole != 1 and not (is_whole and crossing.are_likely)
        worths = [
            0.0 if may_be_tail and (above, below) == (whole, 1) else sure_above * sure_below
            for (above, sure_above), (below, sure_below) in ways
        ]
        odds = [worth / (1 - worth + TINY) for worth in worths]
        best = int(np.argmax([odds[0] * RATHER_FIRST, *odds[1:]]))
        needed = LIKELY_PARTS if crossing.are_likely else SURELY_PARTS
        are_two = worths[best] > 0 and min(sure for _, sure in ways[best]) >= needed
        chosen.append(None if is_whole and not are_two else best)
    return chosen


def _decide(
    lines: list[PieceLine],
    rows: list[list[Candidate]],
    whole: Candidate | None,
    signs: int,
    shape: tuple[int, ...],
) -> Job[list[list[Candidate]]]:
    """The digits of every line that has any, or all ink as one.

    Args:
        lines: without faces and crosses.
        rows: the candidates of each.
        whole: all ink as one digit, if it may be one.
        signs: how many pieces of these were left out.
        shape: of the ink map.
    """
    found = [best_path(line, row) for line, row in zip(lines, rows, strict=True)]
    digits = sum(len(path) for path, _ in found)
    odd = signs + sum(
        strangers(line, row, path, shape)
        for line, row, (path, _) in zip(lines, rows, found, strict=True)
    )
    among_digits = odd <= FEW_STRANGERS * digits + 1
    if among_digits:
        found = [
            best_path(line, row, among_digits=True) for line, row in zip(lines, rows, strict=True)
        ]
    paths = yield from _without_signs(
        lines, rows, [path for path, _ in found], only_digits=odd == 0
    )
    paths = without_strays(without_things(paths, shape), among_digits)
    score = sum(score for _, score in found)
    if whole is not None and not are_several(paths):
        count = sum(len(line.pieces) for line in lines)
        alone = count * float(np.log(whole.scores[:NO_DIGIT].max() + TINY))
        if alone > score - (0.0 if paths else NO_DIGITS):
            return [[whole]]
    return paths


def _without_signs(
    lines: list[PieceLine],
    rows: list[list[Candidate]],
    paths: list[list[Candidate]],
    *,
    only_digits: bool,
) -> Job[list[list[Candidate]]]:
    """Leave out of the paths what looks like digits for itself, and not among its neighbours.

    Args:
        lines: the pieces.
        rows: the candidates of each line.
        paths: the likeliest digits of each line.
        only_digits: whether nothing else was seen on the page.

    Returns:
        The paths of the lines that have digits.
    """
    paths = [without_scribbles(line, path) for line, path in zip(lines, paths, strict=True)]
    ones = yield from likely_ones(lines, paths)
    paths = [
        without_slashes(path, likely, row)
        for path, likely, row in zip(paths, ones, rows, strict=True)
    ]
    paths = yield from without_compounds(lines, paths)
    paths = yield from without_other_side(lines, rows, paths)
    paths = yield from without_text(lines, paths, only_digits=only_digits)
    return likely_lines(without_print(lines, paths))
