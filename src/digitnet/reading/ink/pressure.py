"""Pens that press unevenly, as a fountain pen or a brush: hairlines are faint beside the rest.

What counts as ink is told by how strong the ink around it is. Where thick strokes hide the thin
ones, so that digits fall into pieces, each stroke is measured by itself.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, as_bytes, square
from digitnet.reading.ink.binarise import MIN_CONTRAST, NOISE_FACTOR, THRESHOLD, polarities
from digitnet.reading.marks import find_marks, only_marks
from digitnet.reading.paper.contrast import contrasts, middle_around
from digitnet.reading.paper.light import lowered

NEAR = 0.06  # of the longer side: a neighbourhood of which ink is the lesser part
THICK, STRONGEST = 90, 99.5  # percent of the ink is weaker than most of thick strokes, and all
CORE = 0.5  # of the former: thick strokes are stronger
WIDEST = 97  # percent of their ink is not as deep inside as the middle of the widest
REACH = 1.5  # times the width of the widest: what is further away is another stroke
FAINTEST = 0.2  # of thick strokes: hairlines are not fainter
HAIRLINE = 0.3  # of thick strokes: hairlines, once they are evened,
GROWN, EDGE = 0.05, 5  # by so much of the ink it grows by them; pixels around thick strokes
PAPER, INK = 230, 25  # grey levels of the result


def with_even_strokes(gray: Gray) -> Gray | None:
    """Return a page (h, w) on which all strokes are as strong as one another, dark on light.

    None where that shows hardly any stroke that does not show anyway.
    """
    low = lowered(gray)
    middle = middle_around(low, NEAR)
    paper = as_bytes(cv2.resize(middle, gray.shape[::-1], interpolation=cv2.INTER_LINEAR))
    smooth = as_bytes(cv2.GaussianBlur(gray, (3, 3), 0))
    contrast, grain, _ = polarities(*contrasts(smooth, paper), smooth.size)[0]
    floor = max(NOISE_FACTOR * grain, 255 * MIN_CONTRAST)
    inked = contrast[contrast > floor]
    if len(inked) == 0:
        return None
    thick, strongest = np.percentile(inked, (THICK, STRONGEST))
    core = np.multiply(contrast > CORE * thick, 255, dtype=np.uint8)
    depth = cv2.distanceTransform(core, cv2.DIST_L2, 3)
    width = 2 * float(np.percentile(depth[core > 0], WIDEST))
    side = round(REACH * width) | 1
    nearby = cv2.GaussianBlur(cv2.dilate(contrast, square(side)), (0, 0), side / 4)
    least = np.full_like(gray, round(max(FAINTEST * thick, floor)))
    even = as_bytes(cv2.divide(contrast, cv2.max(nearby, least), scale=PAPER - INK))
    hairlines = _attached(even > HAIRLINE * (PAPER - INK), contrast > THRESHOLD * strongest)
    if hairlines < GROWN:
        return None
    return as_bytes(cv2.subtract(np.full_like(gray, PAPER), even))


def _attached(ink: NDArray[np.bool_], thick: NDArray[np.bool_]) -> float:
    """How much ink hangs on thick strokes, beyond their soft edge, for each pixel of these."""
    labels, stats = find_marks(ink.astype(np.uint8))
    on_thick = np.bincount(labels[thick], minlength=len(stats)) > 0
    edged = cv2.dilate(thick.astype(np.uint8), square(EDGE)) > 0
    return float(np.count_nonzero((only_marks(labels, on_thick) > 0) & ~edged) / thick.sum())
