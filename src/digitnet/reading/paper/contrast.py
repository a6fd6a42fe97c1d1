"""What stands out against the paper around it, and by how much."""

from __future__ import annotations

import cv2

from digitnet.reading.arrays import Gray, as_bytes


def contrasts(gray: Gray, paper: Gray) -> tuple[Gray, Gray]:
    """How much darker, and how much lighter, than the paper, as a share of its brightness.

    255 for all of it. Light ink on a dark board is not limited by the board's brightness; the
    constants keep noise in the dark small.
    """
    dark = cv2.divide(cv2.subtract(paper, gray), cv2.convertScaleAbs(paper, beta=10), scale=255)
    light = cv2.divide(cv2.subtract(gray, paper), cv2.convertScaleAbs(paper, beta=40), scale=255)
    return as_bytes(dark), as_bytes(light)


def middle_around(gray: Gray, near: float) -> Gray:
    """Return the median of a neighbourhood of which ink is the lesser part: it changes little.

    Args:
        gray: (h, w).
        near: the neighbourhood's side, of the longer side.
    """
    return as_bytes(cv2.medianBlur(gray, window(gray, near)))


def window(picture: Gray, share: float) -> int:
    """An odd number of pixels: that share of the longer side."""
    return int(max(3, round(share * max(picture.shape)))) | 1
