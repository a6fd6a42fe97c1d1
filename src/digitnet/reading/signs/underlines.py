"""Lines under a digit or two, which are too short to be told from strokes by their length."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.reading.arrays import Floats
from digitnet.reading.jobs import Glyphs
from digitnet.reading.segment import Piece, PieceLine

LOW, LONG = 0.25, 0.7  # of the line's height: a line is at most so high, and so wide at least,
FLAT = 4.0  # and so many times as wide as high
HIGH = 0.5  # of the line's height: a digit above it at least
OVER = 0.5  # of a digit's width is over the line
WIDER = 1.3  # times as wide as a single digit: else it may be the lower stroke of a 2
SURE = 0.9  # that none of what stands above it is no digit


def without_underlines(lines: list[PieceLine], seen: Mapping[Piece, tuple[Glyphs, Floats]]) -> None:
    """Leave out the pieces that are drawn under the digits of a line.

    Args:
        lines: of which the pieces change.
        seen: the glyph of every piece, (28, 28), and what the network says of it, (111,).
    """
    for line in lines:
        drawn_under = underlines(line, seen)
        line.pieces = [piece for piece in line.pieces if piece not in drawn_under]


def underlines(line: PieceLine, seen: Mapping[Piece, tuple[Glyphs, Floats]]) -> set[Piece]:
    """Return the pieces of a line that are drawn under its digits, with nothing further below."""
    x, y, width, height = np.array([(p.x, p.y, p.width, p.height) for p in line.pieces]).T
    are_flat = (height <= LOW * line.height) & (
        width >= np.maximum(LONG * line.height, FLAT * height)
    )
    found: set[Piece] = set()
    for i in np.flatnonzero(are_flat).tolist():
        shared = np.minimum(x + width, x[i] + width[i]) - np.maximum(x, x[i])
        on = (shared > OVER * np.minimum(width, width[i])) & (height >= HIGH * line.height)
        above = on & (y + height <= y[i] + height[i])
        digits = np.flatnonzero(above).tolist()
        if not digits or above.sum() < on.sum():
            continue
        are_sure = all(seen[line.pieces[k]][1][NO_DIGIT] < 1 - SURE for k in digits)
        if are_sure and (len(digits) > 1 or width[i] > WIDER * width[digits[0]]):
            found.add(line.pieces[i])
    return found
