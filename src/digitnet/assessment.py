"""A trained model held against labelled digits. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitnet.acceptance import Acceptance, try_thresholds
from digitnet.datasets import Dataset, Digits, StreamedDataset, load_digits, reload_dataset
from digitnet.errors import DigitnetError, UsageError
from digitnet.evaluation import Evaluation, evaluate, trust
from digitnet.reading.classify import Classifier
from digitnet.training.run import Run


@dataclass(frozen=True, eq=False)
class Assessment:
    """What a model answers to labelled digits, and how good that is.

    Attributes:
        model: the run folder or file that was asked.
        name: what the digits are called.
        digits: the digits.
        probabilities: float32 (N, 11): of the ten digits and of “no digit”.
        evaluation: of the answers, `Evaluation.trust` included.
        acceptance: what thresholds that were chosen on validation digits come to on these; empty
            where the digits to choose on cannot be loaded any more.
    """

    model: Path
    name: str
    digits: Digits
    probabilities: NDArray[np.float32]
    evaluation: Evaluation
    acceptance: tuple[Acceptance, ...]

    @property
    def answers(self) -> NDArray[np.int64]:
        """The answer to each digit, (N,), 0…10."""
        return np.asarray(self.probabilities.argmax(1), np.int64)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is right, (N,)."""
        return np.asarray(self.answers == self.digits.labels, np.bool_)

    @property
    def mistakes(self) -> NDArray[np.intp]:
        """Which digits are read wrong, the most mistaken first.

        That is by the probability that the model gave to the truth, the least first.
        """
        return worst_first(self.probabilities, self.digits.labels, ~self.right)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        confidence = self.probabilities.max(1)
        return {
            "model": str(self.model),
            "data": self.name,
            **self.evaluation.to_dict(),
            "acceptance": [entry.to_dict() for entry in self.acceptance],
            "mistakes": [
                {
                    "index": int(index),
                    "label": int(self.digits.labels[index]),
                    "answer": int(self.answers[index]),
                    "confidence": round(float(confidence[index]), 6),
                }
                for index in self.mistakes
            ],
        }


def assess(model: str | Path, data: str | Path | None = None) -> Assessment:
    """Classify digits and hold the answers against their labels.

    Args:
        model: a run folder, or an ONNX file that `digitnet train` wrote.
        data: labelled digits; by default, and where it is what the run learned from, the part of
            that which was kept back for testing; MNIST's test digits for a model file.

    Raises:
        DigitnetError: there is no such model, it cannot be used, or the data cannot.
    """
    model = Path(model)
    if not model.exists():
        raise UsageError("{path} does not exist; give a run folder or a model.onnx.", path=model)
    file, learned_from = model, "mnist"
    if model.is_dir():
        run = Run(model)
        file, learned_from = run.model, run.settings.data
    classifier = Classifier(file)
    if data is None or learned_from in (str(data), str(Path(data).resolve())):
        # Not all that lies there: the network has seen most of it.
        return _assess_test(model, classifier, reload_dataset(learned_from))
    return _assess(model, classifier, str(data), load_digits(data), _validation(learned_from))


def assess_run(run: Run, dataset: Dataset | StreamedDataset) -> Assessment:
    """Hold a run's network against the test digits of what it learned from, loaded already.

    Raises:
        DigitnetError: the model cannot be used.
    """
    return _assess_test(run.folder, Classifier(run.model), dataset)


def _assess_test(
    model: Path, classifier: Classifier, dataset: Dataset | StreamedDataset
) -> Assessment:
    return _assess(model, classifier, dataset.name, dataset.test, dataset.validation)


def _assess(
    model: Path, classifier: Classifier, name: str, digits: Digits, validation: Digits | None
) -> Assessment:
    given = classifier.classify(digits.images)
    evaluation = evaluate(given, digits.labels)
    return Assessment(
        model=model,
        name=name,
        digits=digits,
        probabilities=given,
        evaluation=replace(evaluation, trust=trust(given, digits.labels)),
        acceptance=()
        if validation is None
        else try_thresholds(
            (classifier.classify(validation.images), validation.labels), (given, digits.labels)
        ),
    )


def _validation(learned_from: str) -> Digits | None:
    try:
        return reload_dataset(learned_from).validation
    except DigitnetError:
        return None  # Moved or gone; the other digits can be assessed without it.


def wrong_in_all(assessments: Sequence[Assessment]) -> NDArray[np.intp]:
    """Return which digits every one of several models reads wrong, the most mistaken first.

    Args:
        assessments: at least one, all on the same digits.

    Raises:
        UsageError: they are not on the same digits.
    """
    first = assessments[0]
    labels = first.digits.labels
    for other in assessments[1:]:
        if other.name != first.name or not np.array_equal(other.digits.labels, labels):
            raise UsageError(
                "{first} and {second} learned from different data; say on which digits to compare "
                "them by --data.",
                first=first.model,
                second=other.model,
            )
    wrong = ~np.any([each.right for each in assessments], axis=0)
    return worst_first(mean_probabilities(assessments), labels, wrong)


def mean_probabilities(assessments: Sequence[Assessment]) -> NDArray[np.float32]:
    """Return the mean of what several models give, float32 (N, 11)."""
    return np.asarray(np.mean([each.probabilities for each in assessments], axis=0), np.float32)


def worst_first(
    probabilities: NDArray[np.floating[Any]],
    labels: NDArray[np.integer[Any]],
    wrong: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Return which digits are wrong, those first whose truth has the least probability."""
    indices = np.flatnonzero(wrong)
    truth = probabilities[indices, labels[indices]]
    return indices[np.argsort(truth, kind="stable")]
