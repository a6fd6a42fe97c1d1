"""Jobs: readings that ask the networks, so that many pictures can share their batches."""

from __future__ import annotations

from collections.abc import Generator
from typing import Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Floats

Glyphs: TypeAlias = NDArray[np.uint8]

_Result = TypeVar("_Result")


class Ask(NamedTuple):
    """What a job wants to know.

    Attributes:
        of: the network that knows: of single digits, or of strips.
        images: uint8 (n, 28, 28) glyphs, or (n, 28, 112) strips.
    """

    of: Literal["glyphs", "strips"]
    images: Glyphs


# A job yields what it asks, is sent the answer, and in the end returns its result.
Job: TypeAlias = Generator[Ask, Floats | None, _Result]


def classified(glyphs: Glyphs) -> Job[Floats]:
    """Return the probabilities of glyphs (n, 28, 28): (n, 111), see `digitnet.classes`."""
    answer = yield Ask("glyphs", glyphs)
    return np.asarray(answer, np.float32)


def transcribed(strips: Glyphs) -> Job[Floats | None]:
    """Return what the columns of strips (n, 28, 112) say: (n, 56, 11); None if nobody reads them.

    Which is so where someone's own network reads alone.
    """
    return (yield Ask("strips", strips))
