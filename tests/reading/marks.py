"""Marks as a pen draws them, on an ink map of their own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.pages.signs.hand import Strokes

ROOM = 0.25  # of the height of writing, around the mark


def ink_of(strokes: Strokes, height: int, width: int) -> NDArray[np.uint8]:
    """Draw strokes, whose writing is from 0 to 1 high, and crop their ink.

    Args:
        strokes: (points, 2) each, x and y.
        height: of the writing, in pixels.
        width: of the pen, in pixels.
    """
    points = [np.asarray(stroke, np.float64) * height for stroke in strokes]
    low = np.concatenate(points).min(axis=0) - ROOM * height
    size = np.ceil(np.concatenate(points).max(axis=0) + ROOM * height - low).astype(int)
    ink = np.zeros((size[1], size[0]), np.uint8)
    for stroke in points:
        cv2.polylines(ink, [np.rint(stroke - low).astype(np.int32)], False, 255, width, cv2.LINE_AA)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
