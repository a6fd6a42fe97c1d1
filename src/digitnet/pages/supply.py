"""Where the digits of a page come from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from digitnet.datasets import Digits
from digitnet.pages.trace import Glyph, trace

_AT_ONCE = 16  # are traced
_TRIES = 20  # for one of a label


class Supply(Iterator[tuple[int, Glyph]]):
    """Labels and digits as strokes, in random order, without end.

    Left out are those (about one in seven of MNIST) whose strokes are very thick or have run
    together: their middle lines might be another digit, or none.

    Args:
        digits: from which they are drawn.
        rng: decides which come.
    """

    def __init__(self, digits: Digits, rng: np.random.Generator) -> None:
        self._digits, self._rng = digits, rng
        self._any = self._faithful()

    def __next__(self) -> tuple[int, Glyph]:
        """Return whichever comes."""
        return next(self._any)

    def of(self, label: int) -> tuple[int, Glyph]:
        """Return a digit with this label; whichever comes, if there is none that can be written."""
        chosen = np.flatnonzero(self._digits.labels == label)
        for index in self._rng.choice(chosen, _TRIES) if len(chosen) else ():
            (glyph,) = trace(self._digits.images[[index]])
            if glyph.faithful:
                return label, glyph
        return next(self)

    def _faithful(self) -> Iterator[tuple[int, Glyph]]:
        while True:
            chosen = self._rng.integers(0, len(self._digits), _AT_ONCE)
            for index, glyph in zip(chosen, trace(self._digits.images[chosen]), strict=True):
                if glyph.faithful:
                    yield int(self._digits.labels[index]), glyph
