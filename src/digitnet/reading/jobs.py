"""Jobs: readings that ask the networks, so that many pictures can share their batches."""

from __future__ import annotations

from collections.abc import Generator, Sequence
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


def transcribed(strips: Sequence[Glyphs]) -> Job[Floats | None]:
    """Return what the columns of strips, each (28, 112), say: (n, 56, 11).

    None where there are no strips, or nobody reads them: someone's own network reads alone.
    """
    if not strips:
        return None
    return (yield Ask("strips", np.stack(strips)))


def remembering(job: Job[_Result]) -> Job[_Result]:
    """Run a job in which nothing is asked twice, and return its result.

    One mark of a page is seen as the digit that may fill it, as a close-up and as writing, in
    several inks; mostly it looks the same, and the networks take longer than all that is around.
    """
    known: dict[bytes, Floats] = {}  # By the pixels: glyphs and strips are of different sizes.
    answer: Floats | None = None
    while True:
        try:
            ask = job.send(answer)
        except StopIteration as end:
            result: _Result = end.value
            return result
        keys = [image.tobytes() for image in ask.images]
        new = {key: number for number, key in enumerate(keys) if key not in known}
        is_all_new = len(new) == len(keys)  # as what is asked first, which is mostly all
        if new:
            answer = yield ask if is_all_new else Ask(ask.of, ask.images[list(new.values())])
            if answer is None:
                continue
            known.update(zip(new, answer, strict=True))
        if not is_all_new:
            answer = np.stack([known[key] for key in keys])
