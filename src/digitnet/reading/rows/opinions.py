"""Two networks that know single digits: a quick one for all, a thorough one for what it doubts."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Floats
from digitnet.reading.classify import Classifier, shipped_model, without_pairs
from digitnet.reading.rows.upstrokes import with_upstrokes

SURE = 0.9  # The probability from which on the quick network is not doubted.


class Opinions:
    """The models that ship, `digits.onnx` and `doubts.onnx`.

    Few digits leave the quick network in doubt, so that the thorough one, which takes several times
    as long, costs little.

    Args:
        threads: of each, as for `Classifier`.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads
        self._quick = Classifier(threads=threads)

    @cached_property
    def _thorough(self) -> Classifier:
        # Most pictures of one digit leave no doubt, and need not wait for it to be opened.
        return Classifier(shipped_model("doubts.onnx"), self._threads)

    def classify(self, glyphs: NDArray[np.uint8]) -> Floats:
        """Return the probability of every digit, and of none, (N, 11), as `Classifier` does."""
        return without_pairs(self.classify_all(glyphs))

    def classify_all(self, glyphs: NDArray[np.uint8]) -> Floats:
        """Return the probability of every class for every glyph: in doubt, the mean of two.

        Args:
            glyphs: (N, 28, 28) as `digitnet.glyph.place` gives them.

        Returns:
            (N, 111), as `Classifier.classify_all` does.
        """
        probabilities = self._quick.classify_all(glyphs)
        doubtful = probabilities.max(axis=1) < SURE
        if doubtful.any():
            second = self._thorough.classify_all(glyphs[doubtful])
            probabilities[doubtful] = (probabilities[doubtful] + second) / 2
        return with_upstrokes(glyphs, probabilities)
