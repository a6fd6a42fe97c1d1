"""From one ink of a page to its lines of digits: the likeliest way to read each line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.classes import BLANK, FIRST_PAIR, NO_DIGIT
from digitnet.glyph import SIDE, place
from digitnet.reading.arrays import Floats
from digitnet.reading.candidate import Candidate, is_at_edge
from digitnet.reading.compounds import without_compounds
from digitnet.reading.ink import Ink
from digitnet.reading.jobs import Glyphs, Job, classified, transcribed
from digitnet.reading.path import best_path, strangers
from digitnet.reading.segment import Piece, PieceLine, candidates, cut_into_pieces, cut_piece, union
from digitnet.reading.signs import is_cross, without_percents
from digitnet.reading.slashes import without_slashes
from digitnet.reading.transcribe import Transcript, transcribe_all
from digitnet.reading.words import LETTER, is_whole, marks, printed, words
from digitnet.strip import place_strip

SURELY_WHOLE = 0.8  # a mark that is this surely one digit runs across no lines
SURE = 0.97  # a piece this surely one digit, or none, and not wide, is not cut
WIDE = 1.2  # width over the line's height from which a piece is cut anyway
NARROW = 0.45  # width over the line's height below which a piece is never cut
FEW_STRANGERS = 0.1  # marks left out for every digit: a page of digits and next to nothing else
NO_DIGITS = 2.3  # against a picture without digits, as a log probability
WRITING = 4  # digits in lines with others, from which on a page is writing
STROKES = (1, 7)  # digits that the straight sides of things look like
FENCE = 8  # 1 in a row and nothing else: nobody writes that
GRAIN = 0.3  # of the height of the writing: strokes that are no digits,
TOWERING = 2.0  # times as high as all of it: others that are none
STRAY_HEIGHT = 0.6  # of the writing's: a lone mark that is lower is no digit
BY_CHANCE = 0.1  # a line that is less surely digits on the mean is none,
DOUBTFUL_LINE = 0.6  # on a page of writing already one that is less sure than this
STRAY_PROBABILITY = 0.7  # a lone mark that is less surely one is no digit
MAX_SCRAPS = 12  # pieces that may be one broken digit when they are all there is
DIGITS_IN_SCRAPS = 2  # that one broken digit may fall into, as an 8 into its loops
SCRAP_GAP = 0.12  # of its height: the widest gap in a broken digit
ALONE_WIDTH = 1.3  # of its height: the widest single digit
LONG_WORD = 7.0  # times its height: in a strip, longer rows of pieces are too small to be read
PLAIN = 0.9  # a digit that is this sure is no letter
NOTHING_THERE = 0.4  # a row that is this likely none is none, whatever its pieces look like
SIGN, NO_NUMBER = 0.9, 0.55  # a mark is none that is this surely no digit, and no several
SIGN_HEIGHT = 0.7  # of the line's height: such marks at least
SEVERAL_WIDTH = 0.5  # over the line's height: narrower marks are not transcribed,
SEVERAL_ASPECT = 5.5  # nor those so many times as wide as high
LEAST_CROSS = 14  # pixels of the ink map: in less, a 4 may look like a cross
PAGE_OF_PRINT = 100  # letters: a page of print has so many,
MOSTLY_PRINT = 5  # and so many for each digit;
LARGER = 1.3  # times as high as these: numbers that are written there
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
    in_print = _cut(lines, seen)
    rows = yield from _classify(lines, seen, in_print)
    rows = yield from _transcribe(lines, rows)
    return (yield from _decide(lines, rows, whole, ink.mask.shape)), glyphs


def _pieces(ink: Ink) -> Job[list[PieceLine]]:
    """The pieces of an ink, in lines; a mark is cut between two, if it is not rather one digit."""
    lines, across = cut_into_pieces(ink, frozenset())
    if not across:
        return lines
    scores = yield from classified(np.stack([place(mark) for mark in across.values()]))
    sure = scores[:, :NO_DIGIT].max(axis=1) > SURELY_WHOLE
    if not sure.any():
        return lines
    return cut_into_pieces(ink, frozenset(np.array(list(across))[sure].tolist()))[0]


def _decide(
    lines: list[PieceLine],
    rows: list[list[Candidate]],
    whole: Candidate | None,
    shape: tuple[int, ...],
) -> Job[list[list[Candidate]]]:
    """The digits of every line that has any, or all ink as one."""
    found = [best_path(line, row) for line, row in zip(lines, rows, strict=True)]
    digits = sum(len(path) for path, _ in found)
    odd = sum(strangers(line, path, shape) for line, (path, _) in zip(lines, found, strict=True))
    among_digits = odd <= FEW_STRANGERS * digits + 1
    if among_digits:
        found = [
            best_path(line, row, among_digits=True) for line, row in zip(lines, rows, strict=True)
        ]
    paths = [without_slashes(without_percents(path)) for path, _ in found]
    paths = yield from without_compounds(lines, paths)
    read = yield from _without_text(lines, paths, only_digits=odd == 0)
    read = _without_print(lines, read)
    likely = [path for path in read if path and _sure(path) >= BY_CHANCE and not _is_fence(path)]
    paths = _without_strays(_without_things(likely, shape), among_digits)
    score = sum(score for _, score in found)
    if whole is not None:
        count = sum(len(line.pieces) for line in lines)
        alone = count * float(np.log(whole.scores[:NO_DIGIT].max() + 1e-6))
        if alone > score - (0.0 if paths else NO_DIGITS) and not are_several(paths):
            return [[whole]]
    return paths


def _without_text(
    lines: list[PieceLine], paths: list[list[Candidate]], *, only_digits: bool
) -> Job[list[list[Candidate]]]:
    """Leave out the digits that were found in what as a whole is no row of digits, as in words.

    Strokes side by side are an 11 on a page of digits only, and may be an ll or a hatching where
    other things stand about.
    """
    doubtful = [
        ({id(c) for c in inside}, place_strip(union(line.pieces[first:last])[1]))
        for line, path in zip(lines, paths, strict=True)
        for word in words(line)
        for first, last in _in_parts(line, *word)
        if (inside := [c for c in path if first <= c.first < last])
        and _may_be_a_word(line, first, last, inside, only_digits)
    ]
    if not doubtful:
        return paths
    answers = yield from transcribed(np.stack([strip for _, strip in doubtful]))
    if answers is None:
        return paths
    left_out: set[int] = set()
    for (digits, _), columns in zip(doubtful, answers, strict=True):
        if float(columns[:, BLANK].prod()) > NOTHING_THERE:
            left_out |= digits
    return [[c for c in path if id(c) not in left_out] for path in paths]


def _without_print(lines: list[PieceLine], paths: list[list[Candidate]]) -> list[list[Candidate]]:
    """Leave out of a page of print the words that are spelled like digits, such as goods and so.

    Who writes numbers on such a page writes them larger.
    """
    letters = [_letters(line, path) for line, path in zip(lines, paths, strict=True)]
    heights = [height for found in letters for height in found]
    if len(heights) < max(PAGE_OF_PRINT, MOSTLY_PRINT * sum(map(len, paths))):
        return paths
    most = LARGER * float(np.median(heights))
    return [
        [] if found and _height(path) < most else path
        for found, path in zip(letters, paths, strict=True)
    ]


def _letters(line: PieceLine, path: list[Candidate]) -> list[int]:
    """The heights of the whole marks of a line that are no digits and may be letters."""
    taken = {i for c in path for i in range(c.first, c.last)}
    found = []
    for i, j in marks(line, 0, len(line.pieces)):
        height = max(piece.height for piece in line.pieces[i:j])
        if taken.isdisjoint(range(i, j)) and height >= LETTER * line.height:
            found.append(height)
    return found


def _height(path: list[Candidate]) -> float:
    return float(np.median([c.box[3] for c in path])) if path else 0.0


def _in_parts(line: PieceLine, first: int, last: int) -> Iterator[tuple[int, int]]:
    """A row of pieces, or where it is so long that a strip would show it too small, parts of it."""
    pieces = line.pieces[first:last]
    width = max(p.x + p.width for p in pieces) - pieces[0].x
    count = math.ceil(width / (LONG_WORD * line.height))
    start = first
    for part in range(1, count):
        goal = pieces[0].x + part * width / count
        end = next((i for i in range(start, last) if line.pieces[i].x >= goal), last)
        while end < last and line.pieces[end].joined:
            end += 1
        if start < end < last:
            yield start, end
            start = end
    yield start, last


def _may_be_a_word(
    line: PieceLine, first: int, last: int, digits: list[Candidate], only_digits: bool
) -> bool:
    """Whether some of a row of pieces is left out, or in doubt, or all of it strokes."""
    taken = {i for c in digits for i in range(c.first, c.last)}
    for i, j in marks(line, first, last):
        is_high = max(piece.height for piece in line.pieces[i:j]) >= LETTER * line.height
        if is_high and taken.isdisjoint(range(i, j)):
            return True
    scores = [c.scores[:NO_DIGIT] for c in digits]
    if min(s.max() for s in scores) < PLAIN:
        return True
    return all(s.argmax() == 1 for s in scores) and not (only_digits and len(scores) > 1)


def are_several(paths: list[list[Candidate]]) -> bool:
    """Whether there are more digits than a broken one falls into, which lie above one another.

    A broken stroke is many ones.
    """
    sure = [sum(c.digit != 1 and c.scores[c.digit] > SURE for c in path) for path in paths]
    return sum(sure) > DIGITS_IN_SCRAPS or max(sure, default=0) > 1


def _without_things(paths: list[list[Candidate]], shape: tuple[int, ...]) -> list[list[Candidate]]:
    """Leave out what is taken for digits of things that lie about: pens, fingers, a wire binding.

    It reaches in from the edge of the picture, of which all writing keeps clear; or it is nothing
    but strokes that tower above the writing, or are grain beside it.
    """
    writing = [p for p in paths if not (_are_strokes(p) or _is_cut_off(p, shape))]
    if not writing or any(is_at_edge(c.box, shape) for path in writing for c in path):
        return paths
    heights = [c.box[3] for path in writing for c in path]
    least, most = GRAIN * float(np.median(heights)), TOWERING * max(heights)
    return [
        path
        for path in paths
        if not _is_cut_off(path, shape)
        and (not _are_strokes(path) or least < np.median([c.box[3] for c in path]) < most)
    ]


def _is_fence(path: list[Candidate]) -> bool:
    """Whether a line is nothing but many strokes, as the bars of a code, a blind or a fence are."""
    return len(path) >= FENCE and all(c.digit == 1 for c in path)


def _are_strokes(path: list[Candidate]) -> bool:
    return all(c.digit in STROKES for c in path)


def _is_cut_off(path: list[Candidate], shape: tuple[int, ...]) -> bool:
    """Whether a line reaches the edge of the picture: some of it, if it is strokes, else all."""
    at_edge = [is_at_edge(c.box, shape) for c in path]
    return any(at_edge) if _are_strokes(path) else all(at_edge)


def _without_strays(paths: list[list[Candidate]], among_digits: bool) -> list[list[Candidate]]:
    """Leave out of a page of writing what stands alone and is small, and lines in much doubt.

    Where much else lies about, lines of nothing but 1 are strokes of that.
    """
    heights = [c.box[3] for path in paths for c in path if len(path) > 1]
    if len(heights) < WRITING:
        return paths
    least = STRAY_HEIGHT * float(np.median(heights))
    kept = [path for path in paths if not _is_stray(path, least)]
    strokes = [all(c.digit == 1 for c in path) for path in kept]
    if among_digits or all(strokes):
        return kept
    return [path for path, is_strokes in zip(kept, strokes, strict=True) if not is_strokes]


def _is_stray(path: list[Candidate], least: float) -> bool:
    if len(path) > 1:
        return _sure(path) < DOUBTFUL_LINE and _surest(path) < SURE
    return path[0].box[3] < least or _sure(path) < STRAY_PROBABILITY


def _sure(path: list[Candidate]) -> float:
    """How surely a line is digits, on the mean."""
    return float(np.mean([c.scores[:NO_DIGIT].max() for c in path]))


def _surest(path: list[Candidate]) -> float:
    """How surely the plainest of a line's digits is one."""
    return max(float(c.scores[:NO_DIGIT].max()) for c in path)


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
    """Replace pieces that may be several digits by their parts, and leave out crosses.

    Returns:
        Those that stand in print, and are whole.
    """
    whole, letters = _whole_pieces(lines, seen)
    in_print = printed(lines, letters) if len(letters) >= PAGE_OF_PRINT else set()
    whole |= in_print
    for line in lines:
        parts = []
        for piece in line.pieces:
            glyph, _ = seen[piece]
            if min(piece.width, piece.height) >= LEAST_CROSS and is_cross(glyph):
                continue
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
    ]
    if not asked:
        return rows
    answers = yield from transcribed(np.stack([strip for _, _, strip in asked]))
    if answers is None:
        return rows
    widths = [int(np.ptp(np.flatnonzero(strip.max(axis=0)))) + 1 for _, _, strip in asked]
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
