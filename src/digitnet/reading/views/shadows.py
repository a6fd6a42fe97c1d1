"""Shadows that were read as digits, across those that a coloured pen wrote."""

from __future__ import annotations

import numpy as np

from digitnet.reading.arrays import Floats
from digitnet.reading.views.read import Read, edges

FEW = 4  # digits: a picture with more is no close-up, into which the hand that holds it throws one
ACROSS = 0.25  # of the smaller box lies in the other: digits that stand side by side share less


def may_be_shaded(read: Read) -> bool:
    """Whether of the few digits that were read some may be the shadows of fingers."""
    return 1 < read.digits <= FEW


def are_shadows(read: Read, coloured: Read) -> bool:
    """Whether what was read in grey is what has colour, and shadows across it.

    A black pen has no colour either, but writes beside the other one.

    Args:
        read: what was read in grey.
        coloured: what was read, surely, on the picture of `digitnet.reading.paper.hues.by_colour`.
    """
    if not (may_be_shaded(read) and 0 < coloured.digits < read.digits):
        return False
    return bool((_shares(_edges(read), _edges(coloured)).max(axis=1) >= ACROSS).all())


def _edges(read: Read) -> Floats:
    return edges([c for path in read.paths for c in path], read.scale)


def _shares(some: Floats, others: Floats) -> Floats:
    """What each of some boxes, (N, 4), has in common with each of others, (M, 4).

    Returns:
        (N, M): of the smaller one's area.
    """
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    smaller = np.minimum(_areas(some)[:, None], _areas(others)[None])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=-1) / smaller, np.float32)


def _areas(boxes: Floats) -> Floats:
    return np.asarray(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), np.float32)
