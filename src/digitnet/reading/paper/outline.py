"""The outline of a bright part of a picture, which may be a sheet: what lies inside, what is held.

All masks are of a picture of a few hundred pixels.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Mask, as_bytes, square

WRITING_ON_SHEET = 9  # pixels: the widest strokes on a sheet
MAX_HULL = 1.25  # times a sheet's area
FINGER = 0.55  # of half the width of a sheet: half that of a finger at most,
CORNER = 0.3  # and of that, what a disc as wide leaves out of a right angle


def filled(region: Mask) -> Mask:
    """A region, 0 and 1, with what lies inside it."""
    contours, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    whole = as_bytes(cv2.fillPoly(np.zeros_like(region), list(contours), 255))
    # Writing that reaches beyond the rim is no part of the outline.
    return _closed(whole)


def is_convex(region: Mask) -> bool:
    """Whether a region has nearly the outline of its hull, as sheets do."""
    contours, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    return bool(cv2.contourArea(hull) <= MAX_HULL * np.count_nonzero(region))


def without_fingers(region: Mask) -> Mask:
    """The widest part of a region, without what is as bright and narrow, as fingers holding it."""
    depth = float(cv2.distanceTransform(region, cv2.DIST_L2, 3).max())
    radius = round(FINGER * depth)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    opened = as_bytes(cv2.morphologyEx(region, cv2.MORPH_OPEN, disc))
    # A disc does not reach into corners.
    corner = 2 * round(CORNER * radius) + 1
    return as_bytes(cv2.bitwise_and(region, cv2.dilate(opened, square(corner))))


def _closed(sheet: Mask) -> Mask:
    """Close what writing leaves open, but not between a corner of the sheet and the edge."""
    pad = WRITING_ON_SHEET
    padded = cv2.copyMakeBorder(sheet, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, square(WRITING_ON_SHEET))
    return as_bytes(closed[pad:-pad, pad:-pad])
