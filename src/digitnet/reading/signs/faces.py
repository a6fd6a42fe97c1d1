"""Faces, whose outline looks like a 0: eyes and a mouth lie in it."""

from __future__ import annotations

import numpy as np

from digitnet.reading.segment import MAX_WIDTH, Piece, PieceLine

INSIDE = 0.08  # of the outline's width and height: so far from its box at least
MOUTH = 0.25  # of its width
MARKS = 2  # in it: a dotted or slashed 0 has one


def without_faces(lines: list[PieceLine]) -> int:
    """Leave out the pieces of faces, and count them.

    Args:
        lines: of which the pieces change.
    """
    count = 0
    for line in lines:
        found = faces(line)
        others = [piece for piece in line.pieces if piece not in found]
        count += len(line.pieces) - len(others)
        line.pieces = others
    return count


def faces(line: PieceLine) -> set[Piece]:
    """Return the pieces of the faces in a line."""
    # A small piece is among the dots, too.
    distinct = {(piece.x, piece.y): piece for piece in (*line.dots, *line.pieces)}
    if len(distinct) <= MARKS:
        return set()
    marks = sorted(distinct.values(), key=lambda mark: 2 * mark.x + mark.width)
    x, y, width, height = np.array([(m.x, m.y, m.width, m.height) for m in marks]).T
    middle, left, right = x + width / 2, x + INSIDE * width, x + (1 - INSIDE) * width
    first, last = np.searchsorted(middle, left), np.searchsorted(middle, right)
    # There are thousands of marks in a line of print, and hardly ever one within another.
    may_be_outline = (last - first > MARKS) & (width <= MAX_WIDTH * line.height)
    found: set[Piece] = set()
    for i in np.flatnonzero(may_be_outline).tolist():
        near = slice(first[i], last[i])
        inside = (x[near] >= left[i]) & (x[near] + width[near] <= right[i])
        inside &= y[near] >= y[i] + INSIDE * height[i]
        inside &= y[near] + height[near] <= y[i] + (1 - INSIDE) * height[i]
        inner = first[i] + np.flatnonzero(inside)
        if len(inner) >= MARKS and width[inner].max() >= MOUTH * width[i]:
            found.update(marks[k] for k in (i, *inner))
    return found
