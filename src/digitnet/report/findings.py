"""What there is to say of a run, found out before it is drawn. No torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitnet.acceptance import Acceptance, try_thresholds
from digitnet.assessment import worst_first
from digitnet.datasets import Dataset, Digits, StreamedDataset, reload_dataset
from digitnet.errors import RunError
from digitnet.evaluation import Evaluation, evaluate, trust
from digitnet.figures import Evidence
from digitnet.inside import Convolution, Lens
from digitnet.reading.classify import Classifier
from digitnet.report.embedding import Points, embed
from digitnet.training.run import Run

ARRANGED = 800  # Digits in the picture of how the network arranges them.


@dataclass(frozen=True, eq=False)
class Findings:
    """A finished run, and what its network answers to the test digits.

    Attributes:
        run: whose findings these are.
        name: of the data, such as ``mnist``.
        digits: the test digits.
        probabilities: float32 (N, 11).
        evaluation: of them, `Evaluation.trust` included.
        acceptance: what thresholds that were chosen on the validation digits come to.
    """

    run: Run
    name: str
    digits: Digits
    probabilities: NDArray[np.float32]
    evaluation: Evaluation
    acceptance: tuple[Acceptance, ...]

    @property
    def answers(self) -> NDArray[np.int64]:
        """The network's answer to each test digit, (N,), 0…10."""
        return np.asarray(self.probabilities.argmax(1), np.int64)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is right, (N,)."""
        return np.asarray(self.answers == self.digits.labels, np.bool_)

    def worst(self, count: int) -> NDArray[np.intp]:
        """Return which digits were read wrong, at most ``count``, the most mistaken first.

        That is by the probability that the network gave to the truth, the least first.
        """
        return worst_first(self.probabilities, self.digits.labels, ~self.right)[:count]

    @cached_property
    def lens(self) -> Lens:
        """Looks into the network."""
        return Lens(self.run.model)

    @cached_property
    def example(self) -> int:
        """The first test digit that was read right, or the first of all: one to look at."""
        return int(np.argmax(self.right))

    def convolutions(self) -> tuple[Convolution, ...]:
        """Return what each convolution makes of the example."""
        return self.lens.inside(self.digits.images[self.example : self.example + 1]).convolutions

    def evidence(self) -> list[Evidence]:
        """Return where the evidence lies on the first of each digit that was read right."""
        found = []
        for digit in range(10):
            those = np.flatnonzero(self.right & (self.digits.labels == digit))
            if len(those):
                glyph = self.digits.images[those[0]]
                found.append(Evidence(glyph, digit, self.lens.evidence(glyph, digit)))
        return found

    def arrangement(self) -> tuple[Points, NDArray[np.uint8], NDArray[np.bool_]]:
        """Return points, labels and mistakes of the first test digits, for a figure."""
        count = min(ARRANGED, len(self.digits))
        points = embed(self.lens.features(self.digits.images[:count]))
        return points, self.digits.labels[:count], ~self.right[:count]


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
    settings, model = run.settings, run.model
    if dataset is None or dataset.source != settings.data:
        dataset = reload_dataset(settings.data)
    if dataset.sha256 != settings.data_sha256:
        raise RunError(
            "The data in {data} have changed since {folder} was trained; "
            "put the old ones back, or train anew.",
            data=settings.data,
            folder=folder,
        )
    digits = dataset.test
    classifier = Classifier(model)
    probabilities = classifier.classify(digits.images)
    on_validation = classifier.classify(dataset.validation.images)
    evaluation = evaluate(probabilities, digits.labels)
    evaluation = replace(evaluation, trust=trust(probabilities, digits.labels))
    acceptance = try_thresholds(
        (on_validation, dataset.validation.labels), (probabilities, digits.labels)
    )
    return Findings(run, dataset.name, digits, probabilities, evaluation, acceptance)
