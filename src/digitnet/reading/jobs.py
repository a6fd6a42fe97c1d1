"""Jobs: readings that ask the networks, so that many pictures can share their batches."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Floats

Glyphs: TypeAlias = NDArray[np.uint8]

_Result = TypeVar("_Result")

# A job yields glyphs (n, 28, 28) and is sent their probabilities (n, 111), or it yields strips
# (n, 28, 112) and is sent what their columns say, (n, 56, 11), or nothing, (0, …), where no network
# reads strips. In the end it returns its result.
Job: TypeAlias = Generator[Glyphs, Floats, _Result]
