"""Crosses, + and ×, which look like a 4."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.glyph import stroke_width
from digitnet.reading.arrays import Floats
from digitnet.reading.jobs import Glyphs
from digitnet.reading.segment import Piece, PieceLine

LEAST_SIDE = 14  # pixels of the ink map: in less, a 4 may look like a cross
PINHOLE = 6  # pixels around it: where thin strokes cross, one or two may be left blank
CORNER = 1.5  # pixels of a glyph: how far the four inner corners of a cross lie inside its outline
UPRIGHT = 0.75  # sine of the least angle between its strokes
MIDDLE = 0.3  # of either stroke, from its ends: there they cross
COVERED = 0.96  # of the ink that two straight strokes explain,
SLACK = 0.8  # if they are so many pixels wider than they are on the mean


def without_crosses(lines: list[PieceLine], seen: Mapping[Piece, tuple[Glyphs, Floats]]) -> int:
    """Leave out the pieces that are a cross, and count them.

    Args:
        lines: of which the pieces change.
        seen: the glyph of every piece, (28, 28), and what the network says of it.
    """
    count = 0
    for line in lines:
        others = [
            piece
            for piece in line.pieces
            if min(piece.ink.shape) < LEAST_SIDE or not is_cross(seen[piece][0])
        ]
        count += len(line.pieces) - len(others)
        line.pieces = others
    return count


def is_cross(glyph: NDArray[np.uint8]) -> bool:
    """Return whether a glyph, (28, 28), is nothing but two straight strokes that cross: + or ×.

    Its outline then has four deep corners, and four arms between them, of which each goes on
    straight in the one opposite. A 4 has a third stroke. None of MNIST's 55,000 training digits is
    a cross; a blurred 4 may be.
    """
    ink = cv2.threshold(glyph, 100, 1, cv2.THRESH_BINARY)[1]
    found = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[0]
    outlines = [outline for outline in found if len(outline) > PINHOLE]
    if len(outlines) != 1:  # Several pieces, or a hole.
        return False
    tips = _tips(np.asarray(outlines[0], np.int32))
    if tips is None:
        return False
    a, b, c, d = tips
    across, along = c - a, d - b
    turn = _cross(across, along)
    if abs(turn) < UPRIGHT * abs(across) * abs(along):
        return False
    crossing = _cross(b - a, along) / turn, _cross(b - a, across) / turn
    if not all(MIDDLE < place < 1 - MIDDLE for place in crossing):
        return False
    y, x = np.nonzero(ink)
    away = np.minimum(
        abs(_cross(across, x + 1j * y - a)) / abs(across),
        abs(_cross(along, x + 1j * y - b)) / abs(along),
    )
    covered = away <= stroke_width(glyph) / 2 + SLACK
    return bool(np.average(covered, weights=glyph[y, x]) >= COVERED)


def _tips(outline: NDArray[np.int32]) -> NDArray[np.complex128] | None:
    """The ends of a shape's four arms as x + iy, in their order along its outline, if it has four.

    Args:
        outline: (points, 1, 2) of x and y, as OpenCV gives them.
    """
    try:
        bays = cv2.convexityDefects(outline, cv2.convexHull(outline, returnPoints=False))
    except cv2.error:  # Where a stroke is a pixel wide, the outline runs into itself.
        return None
    if bays is None:
        return None
    # Where each bay starts and ends on the outline, its deepest point, and how deep, in 256ths.
    bays = np.asarray(bays).reshape(-1, 4)
    bays = bays[bays[:, 3] > 256 * CORNER]
    if len(bays) != 4:
        return None
    bays = bays[np.argsort(bays[:, 0])]
    points = outline.reshape(-1, 2) @ np.array([1, 1j])
    around = np.concatenate([points, points])
    ends = []
    for (_, start, *_), (end, *_) in zip(bays, np.roll(bays, -1, axis=0), strict=True):
        ends.append(around[start : end + 1 + (0 if end >= start else len(points))].mean())
    return np.array(ends)


def _cross(a: NDArray[np.complex128], b: NDArray[np.complex128]) -> NDArray[np.float64]:
    """How far b turns away from a: the area between them, negative where it turns the other way."""
    return np.asarray((np.conj(a) * b).imag)
