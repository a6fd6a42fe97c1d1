"""Arrows, whose heads look like a 7."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray

INK = 80  # of 255
LONG = 1.3  # times its height: an arrow's length at least
SHAFT = 0.5  # of its length, before the head,
THIN = 0.4  # of its height: the shaft's thickness at most
TIP = 0.25  # of its height: so near to where the shaft goes it ends
HEAD = 0.25  # of its height: so far the head goes to either side of the shaft,
BARB = 0.08  # of its length: so far behind its tip at least


def is_arrow(ink: Gray) -> bool:
    """Return whether a mark is an arrow that points to the right or to the left.

    Args:
        ink: of one mark and no other, (h, w), 0 to 255.
    """
    x, y, width, height = cv2.boundingRect((ink > INK).astype(np.uint8))
    if height == 0 or width < LONG * height:
        return False
    mask = ink[y : y + height, x : x + width] > INK
    return _points_right(mask) or _points_right(mask[:, ::-1])


def _points_right(mask: NDArray[np.bool_]) -> bool:
    """Whether a mark is a thin stroke and a head: a barb above and one below, behind its tip."""
    height, width = mask.shape
    shaft = mask[:, : round(SHAFT * width)]
    top, bottom = shaft.argmax(axis=0), height - shaft[::-1].argmax(axis=0)
    if not shaft.any(axis=0).all() or (bottom - top).max() > THIN * height:
        return False
    middles = (top + bottom - 1) / 2
    y, x = np.nonzero(mask)
    away = y - np.polyval(np.polyfit(np.arange(len(middles)), middles, 1), x)
    tip = float(away[x == width - 1].mean())
    return bool(
        abs(tip) <= TIP * height
        and away.min() <= -HEAD * height
        and away.max() >= HEAD * height
        and max(x[away.argmin()], x[away.argmax()]) < (1 - BARB) * width
    )
