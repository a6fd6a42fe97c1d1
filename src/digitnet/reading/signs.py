"""Signs that look like digits: + and × like a 4, % like 010."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.glyph import stroke_width
from digitnet.reading.candidate import Box, Candidate

PINHOLE = 6  # pixels around it: where thin strokes cross, one or two may be left blank
CORNER = 1.5  # pixels of a glyph: how far the four inner corners of a cross lie inside its outline
RING = 0.6  # of the slash between them: a percent sign's rings at most
RING_OUT = 0.2  # of the slash: how far the rings end before its other end, at least
RING_APART = 0.35  # of the slash: the rings at most
UPRIGHT = 0.75  # sine of the least angle between its strokes
MIDDLE = 0.3  # of either stroke, from its ends: there they cross
COVERED = 0.96  # of the ink that two straight strokes explain,
SLACK = 0.8  # if they are so many pixels wider than they are on the mean


def without_percents(path: list[Candidate]) -> list[Candidate]:
    """Leave out of a line of digits the slashes that have one small ring above and one below them.

    To the left above and to the right below, as in a percent sign, which would be read as 010.
    """
    left_out: set[int] = set()
    for i in range(1, len(path) - 1):
        if i - 1 not in left_out and _is_percent(*(path[k].box for k in (i - 1, i, i + 1))):
            left_out |= {i - 1, i, i + 1}
    return [candidate for i, candidate in enumerate(path) if i not in left_out]


def _is_percent(above: Box, slash: Box, below: Box) -> bool:
    x, top, width, height = slash
    bottom = top + height
    small = max(above[3], below[3]) <= RING * height
    high = above[1] + above[3] <= bottom - RING_OUT * height
    low = below[1] >= top + RING_OUT * height
    parted = above[1] + above[3] / 2 < top + height / 2 < below[1] + below[3] / 2
    near = max(x - above[0] - above[2], below[0] - x - width) <= RING_APART * height
    return small and high and low and parted and near


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
    return bool(np.mean(away <= stroke_width(glyph) / 2 + SLACK) >= COVERED)


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
