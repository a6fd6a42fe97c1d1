"""What there is to say of a run, found out before it is drawn. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitnet.assessment import Assessment, assess_run
from digitnet.datasets import Dataset, StreamedDataset
from digitnet.figures import Evidence
from digitnet.inside import Convolution, Lens
from digitnet.report.embedding import Points, embed
from digitnet.training.learned import learned_from
from digitnet.training.run import Run

ARRANGED = 800  # Digits in the picture of how the network arranges them.


@dataclass(frozen=True, eq=False)
class Findings:
    """A finished run, and what its network answers to the test digits.

    Attributes:
        run: whose findings these are.
        assessment: of its network, on the test digits of what it learned from.
    """

    run: Run
    assessment: Assessment

    @cached_property
    def lens(self) -> Lens:
        """Looks into the network."""
        return Lens(self.run.model)

    @cached_property
    def example(self) -> int:
        """The first test digit that was read right, or the first of all: one to look at."""
        return int(np.argmax(self.assessment.right))

    def convolutions(self) -> tuple[Convolution, ...]:
        """Return what each convolution makes of the example."""
        glyphs = self.assessment.digits.images[self.example : self.example + 1]
        return self.lens.inside(glyphs).convolutions

    def evidence(self) -> list[Evidence]:
        """Return where the evidence lies on the first of each digit that was read right."""
        digits, right, found = self.assessment.digits, self.assessment.right, []
        for digit in range(10):
            those = np.flatnonzero(right & (digits.labels == digit))
            if len(those):
                glyph = digits.images[those[0]]
                found.append(Evidence(glyph, digit, self.lens.evidence(glyph, digit)))
        return found

    def arrangement(self) -> tuple[Points, NDArray[np.uint8], NDArray[np.bool_]]:
        """Return points, labels and mistakes of the first test digits, for a figure."""
        digits = self.assessment.digits
        count = min(ARRANGED, len(digits))
        points = embed(self.lens.features(digits.images[:count]))
        return points, digits.labels[:count], ~self.assessment.right[:count]


def examine(folder: str | Path, dataset: Dataset | StreamedDataset | None = None) -> Findings:
    """Let a run's network answer the test digits of what it learned from.

    Args:
        folder: of a finished run.
        dataset: what it learned from, where that is loaded already.

    Raises:
        RunError: it is no finished run, or its data have changed since.
        DigitnetError: the data cannot be loaded any more, or the model cannot be used.
    """
    run = Run(Path(folder))
    return Findings(run, assess_run(run, learned_from(run, dataset)))
