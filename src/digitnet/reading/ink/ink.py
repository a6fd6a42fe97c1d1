"""The ink of a page, as it is handed on to be cut into pieces."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, Mask, as_bytes


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a page.

    Attributes:
        strength: uint8 (h, w), 0 paper … 255 ink, soft at the edges of strokes.
        mask: uint8 (h, w), 255 where there is ink.
        scale: pixels of the grey page for one pixel of ``strength``.
        light: True for light ink on a dark page.
        sheets: int32, of any size: which sheet lies where, or None where the page fills the
            picture. No line goes from one to another.
    """

    strength: Gray
    mask: Mask
    scale: float
    light: bool
    sheets: NDArray[np.int32] | None = None


def near_marks(strength: Gray, mask: Mask) -> Gray:
    """Return the strength of the marks of a mask and of their soft edges; 0 elsewhere."""
    return as_bytes(cv2.bitwise_and(strength, cv2.dilate(mask, np.ones((3, 3), np.uint8))))
