"""A trained model held against labelled digits. No torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitnet.acceptance import Acceptance, try_thresholds
from digitnet.datasets import (
    Dataset,
    Digits,
    StreamedDataset,
    load_mnist,
    open_unseen,
    same_checksums,
)
from digitnet.errors import DigitnetError, UsageError
from digitnet.evaluation import Evaluation, evaluate, trust
from digitnet.reading.classify import Classifier, open_model
from digitnet.training.learned import data_changed, learned_from
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


@dataclass(frozen=True)
class _Asked:
    """A model that is asked.

    Attributes:
        model: what the user named: a run folder or a file.
        file: the model itself.
        run: the run, where a folder was named.
        learned: the checksums of what it learned from, or none where they are not known.
    """

    model: Path
    file: Path
    run: Run | None
    learned: dict[str, str]


def assess(model: str | Path, data: str | Path | None = None) -> Assessment:
    """Classify digits and hold the answers against their labels.

    Args:
        model: a run folder, or an ONNX file that `digitnet train` wrote.
        data: labelled digits; by default, and where they are what the model learned from, wherever
            they lay then, the part of that which was kept back for testing; MNIST's test digits
            for a model file.

    Raises:
        RunError: ``data``, or what is taken by default, is not any more what the run learned from.
        DigitnetError: there is no such model, it cannot be used, or the data cannot.
    """
    return assess_several([model], data)[0]


def assess_several(
    models: Sequence[str | Path], data: str | Path | None = None
) -> list[Assessment]:
    """Assess models as `assess` does; with ``data``, all of them on the same digits.

    These are the test part where any of the models learned from the data, else all there are.

    Raises:
        DigitnetError: as `assess`.
    """
    asked = [_find(Path(model)) for model in models]
    if data is None:
        return [
            _assess_test(each.model, Classifier(each.file), _learned_from(each)) for each in asked
        ]
    classifiers = [Classifier(each.file) for each in asked]
    found = open_unseen(data, [each.learned for each in asked])
    sha256 = {} if isinstance(found, Digits) else found.sha256
    source = str(Path(data).resolve()) if Path(data).exists() else str(data)
    assessments = []
    for each, classifier in zip(asked, classifiers, strict=True):
        if not isinstance(found, Digits) and same_checksums(sha256, each.learned):
            # Not all that lies there: the network has seen most of it.
            assessments.append(_assess_test(each.model, classifier, found))
            continue
        if each.run and each.run.settings.data == source:
            raise data_changed(each.run)
        digits, name = (found, str(data)) if isinstance(found, Digits) else (found.test, found.name)
        assessments.append(_assess(each.model, classifier, name, digits, _validation(each)))
    return assessments


def _find(model: Path) -> _Asked:
    if not model.exists():
        raise UsageError("{path} does not exist; give a run folder or a model.onnx.", path=model)
    if model.is_dir():
        run = Run(model)
        return _Asked(model, run.model, run, run.settings.data_sha256)
    return _Asked(model, model, None, _recorded(model))


def _recorded(file: Path) -> dict[str, str]:
    """The checksums that a model file's card names, or none."""
    try:
        card = json.loads(open_model(file).get_modelmeta().custom_metadata_map.get("card", "{}"))
        return dict(card.get("data_sha256", {}))
    except (ValueError, TypeError, AttributeError):
        return {}  # Another program's card.


def _learned_from(asked: _Asked) -> Dataset | StreamedDataset:
    return learned_from(asked.run) if asked.run else load_mnist()


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


def _validation(asked: _Asked) -> Digits | None:
    try:
        return _learned_from(asked).validation
    except DigitnetError:
        return None  # Moved, changed or gone; the other digits can be assessed without it.


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
