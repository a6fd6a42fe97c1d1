"""Codes for machines: bars, and squares of modules."""

from __future__ import annotations

import numpy as np

from digitnet.pages.arrays import Bytes

Random = np.random.Generator


def bars(rng: Random) -> Bytes:
    """Return bars (1) and gaps (0) of one to four modules each, in one row: uint8 (1, width)."""
    widths = rng.integers(1, 5, 2 * int(rng.integers(16, 34)) + 1)
    return np.repeat(np.arange(len(widths)) % 2 == 0, widths).astype(np.uint8)[None]


def square(rng: Random) -> Bytes:
    """Return modules at random, but for the three marks by which such codes are found.

    uint8 (side, side), 1 where it is black.
    """
    side = int(rng.choice([21, 25, 29]))
    modules = rng.integers(0, 2, (side, side)).astype(np.uint8)
    mark = np.pad(np.ones((3, 3), np.uint8), 1)
    mark = np.pad(mark, 1, constant_values=1)
    for corner in (modules, modules[:, ::-1], modules[::-1]):
        corner[:8, :8] = 0
        corner[:7, :7] = mark
    return modules
