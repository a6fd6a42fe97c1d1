"""A page that programs have set into a frame of one single grey, or between bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, Mask

EVEN = 3  # grey levels: nothing that a camera sees is as even as a bar
LEAST_BAR = 0.03  # of the height or width of the picture: a bar at least
BAR_EDGE = 2  # pixels of the low picture, on which a bar and the page are mixed
BESIDE_BAR = 0.5  # of the page, on each side, is brighter or darker than the bar
LEAST_PAGE = 0.08  # of the picture


def page_between_bars(low: Gray) -> Mask | None:
    """Where the page is.

    Args:
        low: the picture, small.

    Returns:
        A mask like ``low``, or None where there are no bars.
    """
    differs = np.abs(low.astype(np.int16) - int(low[0, 0])) > EVEN
    rows = _span(np.asarray(differs.any(axis=1)))
    columns = _span(np.asarray(differs.any(axis=0)))
    if rows is None or columns is None:
        return None
    page = differs[rows, columns]
    # Paper without a frame is as bright at its edge as around the ink.
    if min(side.mean() for side in (page[0], page[-1], page[:, 0], page[:, -1])) < BESIDE_BAR:
        return None
    inside = np.zeros_like(low)
    inside[rows, columns] = 255
    return inside if LEAST_PAGE * low.size < page.size < low.size else None


def _span(differs: NDArray[np.bool_]) -> slice | None:
    """From where to where rows differ from the bars before and behind, but for their edges."""
    found = np.flatnonzero(differs)
    if len(found) == 0:
        return None
    count, least = len(differs), LEAST_BAR * len(differs)
    before, behind = int(found[0]), count - 1 - int(found[-1])
    start = before + BAR_EDGE if before >= least else 0
    end = count - behind - BAR_EDGE if behind >= least else count
    return slice(start, end) if start < end else None
