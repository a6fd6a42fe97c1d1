"""Pages on which all ink is faint, as of a hard pencil, or of any pen where the light outshines it.

How strong ink must be to be told from the stains and the grain of paper is much the same on most
pages. A page on which nothing is that strong is looked at once more in higher contrast.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, as_bytes
from digitnet.reading.paper.contrast import middle_around
from digitnet.reading.paper.light import lowered

GRAIN_SIGMA = 1.2  # pixels: finer than that is no stroke, but grain
NEAR = 0.06  # of the longer side: a neighbourhood of which ink is the lesser part
STRONGEST = 99.9  # percent: writing may be small on its page
MOST = 0.12  # of the paper's brightness: stronger ink is read as it is
CLEAR = 8.0  # times the median of the grain, of which a page without ink has 5
STEP, PAPER = 100.0, 180.0  # grey levels of the strongest ink, and of the paper, in the result


def with_strong_ink(gray: Gray) -> Gray | None:
    """Return a page (h, w) in higher contrast, if its ink is faint and yet clear of its grain."""
    low = lowered(gray)
    middle = middle_around(low, NEAR)
    if float(np.percentile(cv2.absdiff(low, middle), STRONGEST)) > MOST * float(np.median(low)):
        return None  # Most pages are known for that when they are seen from afar.
    smooth = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), GRAIN_SIGMA)
    paper = cv2.resize(middle, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    difference = smooth - np.asarray(paper, np.float32)
    strong, usual = np.percentile(np.abs(difference[::2, ::2]), (STRONGEST, 50))
    if strong > MOST * float(np.median(gray)) or strong <= CLEAR * usual:
        return None
    return as_bytes(np.clip(PAPER + STEP / strong * difference, 0, 255))
