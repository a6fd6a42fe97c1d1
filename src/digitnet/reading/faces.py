"""Faces, whose outline looks like a 0: eyes and a mouth lie in it."""

from __future__ import annotations

from digitnet.reading.segment import Piece, PieceLine

INSIDE = 0.08  # of the outline's width and height: so far from its box at least
MOUTH = 0.25  # of its width
MARKS = 2  # in it: a dotted or slashed 0 has one


def faces(line: PieceLine) -> set[Piece]:
    """Return the pieces of the faces in a line."""
    found: set[Piece] = set()
    for outline in line.pieces:
        inner = [piece for piece in (*line.pieces, *line.dots) if _is_in(piece, outline)]
        has_mouth = any(piece.width >= MOUTH * outline.width for piece in inner)
        # A small piece is among the dots, too.
        if len({(piece.x, piece.y) for piece in inner}) >= MARKS and has_mouth:
            found.update((outline, *inner))
    return found


def _is_in(piece: Piece, outline: Piece) -> bool:
    across, along = INSIDE * outline.width, INSIDE * outline.height
    return bool(
        outline.x + across <= piece.x
        and piece.x + piece.width <= outline.x + outline.width - across
        and outline.y + along <= piece.y
        and piece.y + piece.height <= outline.y + outline.height - along
    )
