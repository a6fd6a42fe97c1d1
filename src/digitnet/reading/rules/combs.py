"""Combs: on forms, the short strokes that stand on a line and part the places of single digits."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import find_marks, only_marks, typical_height

LEAST_TEETH = 3  # on one line: fewer may be writing
SHORTEST, LONGEST = 4, 0.7  # pixels; of the writing's height: digits are higher
LARGER = 3.0  # times as high: digits at most, where the teeth were taken for the writing
SLENDER = 2.0  # times as high as wide at least
LIKE = 0.25  # of their usual height: the teeth of one comb differ by less
NEAR = 2  # pixels: how near to the line they end
GAP = 0.5  # of the writing's height: where writing crosses it, a line is in pieces so far apart


def teeth(ink: Mask, level: Mask, height: float) -> Mask:
    """Return the marks that stand on level lines, or hang from them, as the teeth of combs.

    Args:
        ink: uint8 (h, w), 255 where there is ink besides the lines.
        level: uint8 (h, w), 255 on the lines.
        height: of the writing, in pixels; or of the teeth, where these are most of what is there.
    """
    labels, stats = find_marks(ink)
    _, top, width, tall = stats[:, :4].T
    upright = (tall >= SHORTEST) & (tall >= SLENDER * width)
    others = ~upright & (tall <= LARGER * height)
    others[0] = False
    height = max(height, typical_height(stats[others]))
    found = np.flatnonzero(upright & (tall <= LONGEST * height) & (top > 0))
    keep = np.zeros(len(stats), bool)
    if len(found) < LEAST_TEETH:
        return only_marks(labels, keep)
    reach = np.ones((2 * NEAR + 1, max(3, round(GAP * height))), np.uint8)
    lines, _ = find_marks(as_bytes(cv2.dilate(level, reach)))
    line = np.zeros(len(stats), np.intp)
    for i in found:
        x, y, w, h = (int(side) for side in stats[i, :4])
        ends = lines[y + h - 1 : y + h + 1, x : x + w].max(), lines[y - 1 : y + 1, x : x + w].max()
        line[i] = max(ends)
    for number in np.unique(line[line > 0]):
        standing = np.flatnonzero(line == number)
        usual = np.median(tall[standing])
        alike = standing[np.abs(tall[standing] - usual) <= LIKE * usual]
        keep[alike] = len(alike) >= LEAST_TEETH
    return only_marks(labels, keep)
