"""How good a classifier is, from its probabilities and the labels. NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What the answers to labelled digits say of the one who gave them.

    Attributes:
        confusion: int64 (10, 10); row: true digit, column: answer.
        unanswered: int64 (10,); by true digit, how many were called “no digit”.
    """

    confusion: NDArray[np.int64]
    unanswered: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many digits there were."""
        return int(self.confusion.sum() + self.unanswered.sum())

    @property
    def correct(self) -> int:
        """How many answers were right."""
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0…1."""
        return self.correct / self.count

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """The accuracy's 95% confidence interval."""
        return wilson_interval(self.correct, self.count)

    @property
    def error_interval(self) -> tuple[float, float]:
        """The error rate's 95% confidence interval."""
        return wilson_interval(self.count - self.correct, self.count)

    @property
    def recall(self) -> NDArray[np.float64]:
        """By digit, the share that was recognised, float64 (10,); NaN for a digit not there."""
        totals = self.confusion.sum(1) + self.unanswered
        with np.errstate(invalid="ignore"):
            return np.asarray(np.diag(self.confusion) / totals, np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; the recall of a digit that is not there is None."""
        return {
            "digits": self.count,
            "correct": self.correct,
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.accuracy_interval),
            "error_interval": list(self.error_interval),
            "recall": [None if math.isnan(value) else value for value in self.recall],
            "confusion": self.confusion.tolist(),
            "unanswered": self.unanswered.tolist(),
        }


def evaluate(scores: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> Evaluation:
    """Hold answers against labels.

    Args:
        scores: (N, 10), or (N, 11) with “no digit” last; logits or probabilities: the largest of a
            row is the answer.
        labels: (N,), 0…9; N at least 1.
    """
    answers = scores.argmax(1)
    table = np.zeros((10, 11), np.int64)
    np.add.at(table, (labels, answers), 1)
    return Evaluation(confusion=table[:, :10], unanswered=table[:, 10])


def wilson_interval(successes: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """Return Wilson's score interval for a share, 95% by default.

    It stays inside 0…1 and holds for shares close to either, where the textbook's ± does not
    (E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22,
    1927).
    """
    share = successes / count
    centre = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def probabilities(
    logits: NDArray[np.floating[Any]], temperature: float = 1.0
) -> NDArray[np.float64]:
    """Return the softmax of logits (N, classes) over a temperature, float64 (N, classes)."""
    scaled = logits.astype(np.float64) / temperature
    exponentials = np.exp(scaled - scaled.max(1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(1, keepdims=True))


def fit_temperature(logits: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """Return the temperature that makes the true labels likeliest, 0.05 to 20.

    Guo et al., *On calibration of modern neural networks*, ICML 2017. The loss has one valley over
    the logarithm of the temperature, which golden sections narrow down.

    Args:
        logits: (N, classes), of examples that nothing else was fitted to.
        labels: (N,), 0…classes - 1.
    """
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        likely = probabilities(logits, math.exp(log_temperature))[rows, labels]
        return float(-np.log(np.maximum(likely, 1e-300)).mean())

    low, high = math.log(0.05), math.log(20)
    section = (math.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - section * (high - low), low + section * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def expected_calibration_error(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]], bins: int = 15
) -> float:
    """Return by how much confidence and accuracy differ on average, 0…1.

    Answers are sorted by their confidence into bins of equal width (Naeini et al., *Obtaining well
    calibrated probabilities using Bayesian binning*, AAAI 2015).

    Args:
        probabilities: (N, classes).
        labels: (N,).
        bins: how many.
    """
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, confidence - right, bins)
    return float(np.abs(gaps).sum() / len(labels))
