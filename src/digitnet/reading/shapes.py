"""Marks whose shape says that they are no digits: crosses, ticks, arrows and faces."""

from __future__ import annotations

from collections.abc import Mapping

from digitnet.classes import NO_DIGIT
from digitnet.reading.arrays import Floats, Gray
from digitnet.reading.arrows import is_arrow
from digitnet.reading.faces import faces
from digitnet.reading.jobs import Glyphs
from digitnet.reading.segment import Piece, PieceLine
from digitnet.reading.signs import is_cross
from digitnet.reading.ticks import is_tick
from digitnet.reading.underlines import underlines

LEAST_SIDE = 14  # pixels of the ink map: in less, a 4 may look like a cross
ARROW = 0.3  # what is more surely a digit is no arrow
TICK = 0.3  # what is less surely a 1 is no tick, but may be half of a 5


def without_signs(lines: list[PieceLine], seen: Mapping[Piece, tuple[Glyphs, Floats]]) -> int:
    """Leave out the marks whose shape says that they are no digits, and count them.

    Lines under digits go too, and do not count: they say nothing against digits.
    """
    count = 0
    for line in lines:
        drawn_under = underlines(line, seen)
        line.pieces = [piece for piece in line.pieces if piece not in drawn_under]
        signs = {piece for piece in line.pieces if is_sign(piece.ink, *seen[piece])} | faces(line)
        others = [piece for piece in line.pieces if piece not in signs]
        count += len(line.pieces) - len(others)
        line.pieces = others
    return count


def is_sign(ink: Gray, glyph: Glyphs, scores: Floats) -> bool:
    """Return whether a mark is a cross, a tick or an arrow: parts of it look like digits.

    Args:
        ink: of the mark and no other, (h, w).
        glyph: the same as the network sees it, (28, 28).
        scores: what the network says of it, (111,).
    """
    if min(ink.shape) < LEAST_SIDE:
        return False
    if is_cross(glyph):
        return True
    if scores[:NO_DIGIT].max() < ARROW and is_arrow(ink):
        return True
    return bool(scores[1] > TICK and is_tick(glyph))
