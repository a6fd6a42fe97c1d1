"""Pictures from numbers, and pictures in another light."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from digitnet.pages.arrays import Bytes, Floats, as_bytes


def clipped(values: ArrayLike) -> Bytes:
    """Values as a picture: what is below 0 is black, and what is above 255 white."""
    return as_bytes(np.clip(values, 0, 255).astype(np.uint8))


def lit(picture: Bytes, light: Floats) -> Bytes:
    """A picture in another light: (height, width) or (height, width, 3), 1 for the same."""
    return clipped(picture * (light if light.ndim == 3 else light[:, :, None]))
