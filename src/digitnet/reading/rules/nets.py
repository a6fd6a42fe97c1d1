"""Marks with many meshes: squared paper, or squares in a row, with all that is written on them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import Numbers

MESHES = 12  # closed loops of one mark, from which on it is squared paper,
MESHES_ACROSS = 4  # or so many, where it reaches every edge of the page, which writing does not
OUTLINE = 5  # pixels around it: how far from a straight line the ends of rules lie
MOST_OF_PAGE = 0.5  # which printed lines take, with all between them
THIN = 0.06  # of the page: lines across it cover no more, with the writing


def nets(mask: Mask, meshes: int = MESHES) -> list[Numbers]:
    """The outlines of marks that have so many closed loops at least, each of points (n, 1, 2)."""
    outlines, around = _loops(mask)
    owners, count = np.unique(around, return_counts=True)
    return [outlines[owner] for owner in owners[count >= meshes]]


def is_net(mask: Mask) -> bool:
    """Whether a single mark is printed lines with all that is on them.

    Squared paper has more meshes than any writing, and ruled paper crosses the page in thin lines,
    or makes as many meshes with the outline of it all.
    """
    edges = mask[0], mask[-1], mask[:, 0], mask[:, -1]
    across = sum(edge.any() for edge in edges)
    if across > 2 and np.count_nonzero(mask) < THIN * mask.size:
        return True
    if len(_loops(mask)[1]) >= (MESHES_ACROSS if across == len(edges) else MESHES):
        return True
    if not mask.any():
        return False
    # On a sheet that lies askew in its box, rules end at the sheet's edges.
    hull = cv2.convexHull(cv2.findNonZero(mask))
    framed = as_bytes(cv2.polylines(mask.copy(), [hull], True, 255, OUTLINE))
    return cv2.contourArea(hull) > MOST_OF_PAGE * mask.size and len(_loops(framed)[1]) >= MESHES


def _loops(mask: Mask) -> tuple[Sequence[Numbers], NDArray[np.int32]]:
    """All outlines of the marks of a mask, and for each closed loop which of them is around it."""
    outlines, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    around = np.empty(0, np.int32) if tree is None else np.asarray(tree[0, :, 3], np.int32)
    return outlines, around[around >= 0]
