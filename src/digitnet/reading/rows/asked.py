"""What the networks are asked of a line: its pieces whole, cut, joined, and as several digits."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import numpy as np

from digitnet.classes import FIRST_PAIR, NO_DIGIT
from digitnet.glyph import place
from digitnet.reading.arrays import Floats
from digitnet.reading.jobs import Glyphs, Job, classified, transcribed
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.transcribe import Transcript, ink_width, transcribe_all
from digitnet.reading.rows.upstrokes import is_roof
from digitnet.reading.rows.words import PAGE_OF_PRINT, is_whole, printed
from digitnet.reading.segment import Piece, PieceLine, candidates, cut_piece, union
from digitnet.strip import place_strip

SURE = 0.97  # a piece this surely one digit, or none, and not wide, is not cut
WIDE = 1.2  # width over the line's height from which a piece is cut anyway
NARROW = 0.45  # width over the line's height below which a piece is never cut
LOW = 0.40  # of the line's height: lower pieces are not cut
SIGN, NO_NUMBER = 0.9, 0.55  # a mark is none that is this surely no digit, and no several
SIGN_HEIGHT = 0.7  # of the line's height: such marks at least
SEVERAL_WIDTH = 0.5  # over the line's height: narrower marks are not transcribed,
SEVERAL_ASPECT = 5.5  # nor those so many times as wide as high

Seen: TypeAlias = dict[Piece, tuple[Glyphs, Floats]]
"""The glyph of a piece and its probabilities: most pieces are also candidates as they are."""


def look_at(pieces: list[Piece]) -> Job[Seen]:
    """What the network says of every piece as a whole."""
    glyphs = np.stack([place(piece.ink) for piece in pieces])
    probabilities = yield from classified(glyphs)
    return dict(zip(pieces, zip(glyphs, probabilities, strict=True), strict=True))


def cut(lines: list[PieceLine], seen: Seen) -> set[Piece]:
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


def _whole_pieces(lines: list[PieceLine], seen: Seen) -> tuple[set[Piece], set[Piece]]:
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


def classify(
    lines: list[PieceLine], seen: Seen, in_print: set[Piece]
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


def with_transcripts(
    lines: list[PieceLine], rows: list[list[Candidate]]
) -> Job[list[list[Candidate]]]:
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
