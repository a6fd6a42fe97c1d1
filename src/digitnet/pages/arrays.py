"""The two kinds of array that pictures are made of, and the way back to them from OpenCV.

OpenCV's functions keep the type of what they are given, but do not say so to a type checker.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def as_bytes(array: ArrayLike) -> Bytes:
    """Give an array as uint8; one that is uint8 already is not copied."""
    return np.asarray(array, np.uint8)


def as_floats(array: ArrayLike) -> Floats:
    """Give an array as float32; one that is float32 already is not copied."""
    return np.asarray(array, np.float32)
