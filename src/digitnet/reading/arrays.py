"""Kinds of arrays, and what OpenCV returns as one of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]  # 0 or 255


def as_bytes(array: object) -> Gray:
    """The same pixels; OpenCV's stubs do not say that they are uint8."""
    return np.asarray(array, np.uint8)


def square(side: float) -> Gray:
    """A square kernel for morphology, of 5 pixels a side at least."""
    return np.ones((max(5, round(side)),) * 2, np.uint8)
