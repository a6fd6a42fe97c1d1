"""Pictures that are cropped so tightly that thick strokes reach their edge."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, as_bytes
from digitnet.reading.paper.levels import two_levels
from digitnet.reading.paper.light import lowered

BAND = (
    3  # pixels of the small picture: what comes so near to the edge is soft strokes that reach it
)
CUT = (0.005, 0.4)  # of the edge: so much of it is ink where strokes are cut
MARGIN = 1 / 12  # of the longer side: the paper that is put around


def with_margin(gray: Gray) -> tuple[Gray, int] | None:
    """Return a picture with paper around, and how much, if strokes reach its edge.

    What reaches in from the edge of a picture is else taken for things, shadows or frames.

    Args:
        gray: uint8 (h, w).

    Returns:
        The picture, larger, and the pixels put on each side; None where no strokes are cut.
    """
    low = lowered(gray)
    ink = two_levels(low)
    if ink is None:
        return None
    bands = ink[:BAND].max(0), ink[-BAND:].max(0), ink[:, :BAND].max(1), ink[:, -BAND:].max(1)
    edge = np.concatenate(bands)
    if not CUT[0] <= np.count_nonzero(edge) / edge.size <= CUT[1]:
        return None
    margin = max(1, round(MARGIN * max(gray.shape)))
    paper = int(np.median(low[ink == 0]))
    around = cv2.copyMakeBorder(
        gray, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=paper
    )
    return as_bytes(around), margin
