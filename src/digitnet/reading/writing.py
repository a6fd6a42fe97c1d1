"""From one ink of a page to its lines of digits: the likeliest way to read each line."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.classes import FIRST_PAIR, NO_DIGIT
from digitnet.glyph import SIDE, place
from digitnet.reading.arrays import Floats
from digitnet.reading.ink.ink import Ink
from digitnet.reading.jobs import Glyphs, Job, classified, transcribed
from digitnet.reading.pieces.between import Crossing
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.path import best_path, strangers
from digitnet.reading.rows.transcribe import Transcript, ink_width, transcribe_all
from digitnet.reading.rows.upstrokes import is_roof
from digitnet.reading.rows.words import is_whole, printed
from digitnet.reading.segment import Piece, PieceLine, candidates, cut_into_pieces, cut_piece, union
from digitnet.reading.signs.compounds import without_compounds
from digitnet.reading.signs.context import likely_ones
from digitnet.reading.signs.crosses import is_cross, without_crosses
from digitnet.reading.signs.faces import without_faces
from digitnet.reading.signs.reverse import without_other_side
from digitnet.reading.signs.scribbles import without_scribbles
from digitnet.reading.signs.slashes import without_slashes
from digitnet.reading.signs.text import PAGE_OF_PRINT, without_print, without_text
from digitnet.reading.signs.things import likely_lines, without_strays, without_things
from digitnet.reading.signs.underlines import without_underlines
from digitnet.strip import place_strip

SURELY_WHOLE = 0.9  # a mark that is this surely one digit runs across no lines,
SURELY_PARTS = 0.75  # unless what lies in each line is this surely one, too
RATHER_FIRST = 2.0  # times as likely as others is the first way to cut a mark between lines
TINY = 1e-6  # no division by 0
SURE = 0.97  # a piece this surely one digit, or none, and not wide, is not cut
WIDE = 1.2  # width over the line's height from which a piece is cut anyway
NARROW = 0.45  # width over the line's height below which a piece is never cut
FEW_STRANGERS = 0.1  # marks left out for every digit: a page of digits and next to nothing else
NO_DIGITS = 2.3  # against a picture without digits, as a log probability
MAX_SCRAPS = 12  # pieces that may be one broken digit when they are all there is
DIGITS_IN_SCRAPS = 2  # that one broken digit may fall into, as an 8 into its loops
SCRAP_GAP = 0.12  # of its height: the widest gap in a broken digit
ALONE_WIDTH = 1.3  # of its height: the widest single digit
SIGN, NO_NUMBER = 0.9, 0.55  # a mark is none that is this surely no digit, and no several
SIGN_HEIGHT = 0.7  # of the line's height: such marks at least
SEVERAL_WIDTH = 0.5  # over the line's height: narrower marks are not transcribed,
SEVERAL_ASPECT = 5.5  # nor those so many times as wide as high
LOW = 0.40  # of the line's height: lower pieces are not cut

# The glyph of a piece and its probabilities: most pieces are also candidates as they are.
_Seen: TypeAlias = dict[Piece, tuple[Glyphs, Floats]]


def read_ink(ink: Ink) -> Job[tuple[list[list[Candidate]], Glyphs]]:
    """The best path of every line that has digits, and the glyphs of all the marks of the ink."""
    lines = yield from _pieces(ink)
    if not lines:
        return [], np.empty((0, SIDE, SIDE), np.uint8)
    pieces = [piece for line in lines for piece in line.pieces]
    whole = yield from _as_one(lines)
    if whole is not None and len(pieces) == 1 and _is_plainly_one(whole, lines[0]):
        return [[whole]], whole.glyph[None]
    seen = yield from _look_at(pieces)
    glyphs = np.stack([seen[piece][0] for piece in pieces])
    without_underlines(lines, seen)
    faces = without_faces(lines)
    if faces:
        whole = None  # What is around eyes and a mouth is no 0.
    signs = faces + without_crosses(lines, seen)
    in_print = _cut(lines, seen)
    rows = yield from _classify(lines, seen, in_print)
    rows = yield from _transcribe(lines, rows)
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
        # The end of a tail, as of a 7, is a 1 for itself, and says nothing.
        worths = [
            0.0 if (above, below) == (whole, 1) != (1, 1) else sure_above * sure_below
            for (above, sure_above), (below, sure_below) in ways
        ]
        odds = [worth / (1 - worth + TINY) for worth in worths]
        best = int(np.argmax([odds[0] * RATHER_FIRST, *odds[1:]]))
        are_two = worths[best] > 0 and min(sure for _, sure in ways[best]) >= SURELY_PARTS
        chosen.append(None if sure > SURELY_WHOLE and not are_two else best)
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
        strangers(line, path, shape) for line, (path, _) in zip(lines, found, strict=True)
    )
    among_digits = odd <= FEW_STRANGERS * digits + 1
    if among_digits:
        found = [
            best_path(line, row, among_digits=True) for line, row in zip(lines, rows, strict=True)
        ]
    paths = [without_scribbles(line, path) for line, (path, _) in zip(lines, found, strict=True)]
    ones = yield from likely_ones(lines, paths)
    paths = [
        without_slashes(path, likely, row)
        for path, likely, row in zip(paths, ones, rows, strict=True)
    ]
    paths = yield from without_compounds(lines, paths)
    paths = yield from without_other_side(lines, rows, paths)
    read = yield from without_text(lines, paths, only_digits=odd == 0)
    likely = likely_lines(without_print(lines, read))
    paths = without_strays(without_things(likely, shape), among_digits)
    score = sum(score for _, score in found)
    if whole is not None:
        count = sum(len(line.pieces) for line in lines)
        alone = count * float(np.log(whole.scores[:NO_DIGIT].max() + 1e-6))
        if alone > score - (0.0 if paths else NO_DIGITS) and not are_several(paths):
            return [[whole]]
    return paths


def are_several(paths: list[list[Candidate]]) -> bool:
    """Whether there are more digits than a broken one falls into, which lie above one another.

    A broken stroke is many ones.
    """
    sure = [sum(c.digit != 1 and c.scores[c.digit] > SURE for c in path) for path in paths]
    return sum(sure) > DIGITS_IN_SCRAPS or max(sure, default=0) > 1


def _as_one(lines: list[PieceLine]) -> Job[Candidate | None]:
    """All ink of the page as one digit, where it is not wider than one."""
    pieces = [piece for line in lines for piece in line.pieces]
    if len(pieces) > MAX_SCRAPS:
        return None
    box, ink = union(pieces)
    if box[2] > ALONE_WIDTH * box[3] or not is_close_together(ink):
        return None
    glyph = place(ink)
    if is_cross(glyph):
        return None
    scores = yield from classified(glyph[None])
    return Candidate(0, len(pieces), box, scores[0], glyph)


def _is_plainly_one(only: Candidate, line: PieceLine) -> bool:
    """Whether the only piece of a page is a digit that nothing more could be made of: no cut.

    A network that knows pairs would have said so of two digits that touch, however wide they are.
    """
    if only.scores[:NO_DIGIT].max() <= SURE:
        return False
    knows_pairs = bool(only.scores[NO_DIGIT + 1 :].any())
    return knows_pairs or only.box[2] < WIDE * line.height


def _look_at(pieces: list[Piece]) -> Job[_Seen]:
    """What the network says of every piece as a whole."""
    glyphs = np.stack([place(piece.ink) for piece in pieces])
    probabilities = yield from classified(glyphs)
    return dict(zip(pieces, zip(glyphs, probabilities, strict=True), strict=True))


def _cut(lines: list[PieceLine], seen: _Seen) -> set[Piece]:
    """Replace pieces that may be several digits by their parts.

    Returns:
        Those that stand in print, and are whole.
    """
    whole, letters = _whole_pieces(lines, seen)
    in_print = printed(lines, letters) if len(letters) >= PAGE_OF_PRINT else set()
    whole |= in_print
    for line in lines:
        parts = []
        for piece in line.pieces:
            parts += [piece] if piece in whole else cut_piece(piece, line.height)
        line.pieces = parts
    return in_print


def _whole_pieces(lines: list[PieceLine], seen: _Seen) -> tuple[set[Piece], set[Piece]]:
    """The pieces that are not several digits, and those of them that are surely none."""
    # Cut, what is surely one digit would only be less likely. What is surely none may still be two
    # that touch, unless the network knows such pairs.
    knows_pairs = any(scores[FIRST_PAIR:].any() for _, scores in seen.values())
    whole: set[Piece] = set()
    letters: set[Piece] = set()
    for line in lines:
        for piece in line.pieces:
            _, scores = seen[piece]
            is_none = knows_pairs and scores[NO_DIGIT] > SURE
            is_sure = is_none or scores[:NO_DIGIT].max() > SURE
            is_narrow = piece.width < (WIDE if is_sure else NARROW) * line.height
            if is_narrow or piece.height < LOW * line.height:
                whole.add(piece)
            if is_narrow and is_none:
                letters.add(piece)
    return whole, letters


def _classify(
    lines: list[PieceLine], seen: _Seen, in_print: set[Piece]
) -> Job[list[list[Candidate]]]:
    """The candidates of every line; in print, each piece for itself."""
    runs = [
        (line, first, last)
        for line in lines
        for first, last in candidates(line)
        if last == first + 1 or in_print.isdisjoint(line.pieces[first:last])
    ]
    known = [seen.get(line.pieces[i]) if j == i + 1 else None for line, i, j in runs]
    unions = [union(line.pieces[i:j]) for line, i, j in runs]
    glyphs = [place(ink) for (_, ink), k in zip(unions, known, strict=True) if k is None]
    probabilities = iter((yield from classified(np.stack(glyphs))) if glyphs else ())
    fresh = iter(glyphs)
    rows: dict[int, list[Candidate]] = {id(line): [] for line in lines}
    for (line, first, last), (box, _), k in zip(runs, unions, known, strict=True):
        glyph, scores = k or (next(fresh), next(probabilities))
        rows[id(line)].append(Candidate(first, last, box, scores, glyph))
    return list(rows.values())


def _transcribe(lines: list[PieceLine], rows: list[list[Candidate]]) -> Job[list[list[Candidate]]]:
    """The candidates, and for marks that may be several digits what these would be."""
    asked = [
        (number, k, place_strip(union(line.pieces[c.first : c.last])[1]))
        for number, (line, row) in enumerate(zip(lines, rows, strict=True))
        for k, c in enumerate(row)
        if c.last > c.first + 1
        and is_whole(line, c.first, c.last)
        and SEVERAL_WIDTH * line.height <= c.box[2] <= SEVERAL_ASPECT * c.box[3]
        and not is_roof(c.glyph)
    ]
    answers = yield from transcribed([strip for _, _, strip in asked])
    if answers is None:
        return rows
    widths = [ink_width(strip) for _, _, strip in asked]
    for (number, k, _), transcript in zip(asked, transcribe_all(answers, widths), strict=True):
        rows[number][k] = replace(rows[number][k], transcript=transcript)
    return [
        _without_parts_of_signs(row, SIGN_HEIGHT * line.height)
        for line, row in zip(lines, rows, strict=True)
    ]


def _without_parts_of_signs(row: list[Candidate], least: float) -> list[Candidate]:
    """Leave out the parts of marks in which both networks see no digits, as ticks and boxes.

    Cut in two, a tick is 11. What is lower than ``least`` may be a stroke of a digit.
    """
    signs = [
        c
        for c in row
        if c.box[3] >= least and c.scores[NO_DIGIT] > SIGN and _is_no_number(c.transcript)
    ]
    kept = [c for c in row if not any(_is_part(c, sign) for sign in signs)]
    return [replace(c, transcript=None) if c in signs else c for c in kept]


def _is_no_number(transcript: Transcript | None) -> bool:
    """Whether a transcript has no digits, rather than some, or each of them is in much doubt."""
    if transcript is None:
        return False
    if not transcript.digits:
        return transcript.probability > NO_NUMBER
    return bool(transcript.probability ** (1 / len(transcript.digits)) < NO_NUMBER)


def _is_part(candidate: Candidate, mark: Candidate) -> bool:
    """Whether a candidate is some of a mark, and not all of it."""
    overlaps = candidate.first < mark.last and mark.first < candidate.last
    return overlaps and (candidate.first > mark.first or candidate.last < mark.last)


def is_close_together(ink: NDArray[np.uint8]) -> bool:
    """Whether scraps of ink would run together if the strokes were a little thicker."""
    reach = max(3, round(SCRAP_GAP * ink.shape[0])) | 1
    room = reach // 2
    mask = cv2.copyMakeBorder(ink, room, room, room, room, cv2.BORDER_CONSTANT, value=0) > 64
    near = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8))
    return cv2.connectedComponents(near)[0] == 2
