"""How good a classifier is, from its probabilities and the labels. NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import NO_DIGIT

COVERAGE_ERRORS = (1 / 1000, 1 / 10_000)
"""The shares of wrong answers for which coverage is given."""


@dataclass(frozen=True)
class Bin:
    """The answers whose confidence lies in one interval.

    Attributes:
        low: where the interval begins; it ends where the next one begins.
        count: how many answers there are in it.
        correct: how many of them are right.
        confidence: their mean confidence, 0…1; NaN without answers.
    """

    low: float
    count: int
    correct: int
    confidence: float

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0…1; NaN without answers."""
        return self.correct / self.count if self.count else math.nan


@dataclass(frozen=True)
class Coverage:
    """How many digits can be answered if few of the answers may be wrong.

    Attributes:
        error: the share of wrong answers that is allowed.
        share: the largest share of digits that can be answered, the surest first, 0…1.
        threshold: the least confidence among them; NaN where none can be answered. It is chosen on
            the same digits, so other digits will give somewhat more errors.
    """

    error: float
    share: float
    threshold: float


@dataclass(frozen=True)
class Trust:
    """Whether a classifier's confidence can be trusted.

    Attributes:
        calibration_error: see `expected_calibration_error`.
        reliability: the answers by their confidence, in ten intervals.
        coverage: for each of `COVERAGE_ERRORS`.
    """

    calibration_error: float
    reliability: tuple[Bin, ...]
    coverage: tuple[Coverage, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; a threshold or mean that is not there is None."""
        return {
            "calibration_error": self.calibration_error,
            "reliability": [
                {
                    "low": entry.low,
                    "count": entry.count,
                    "correct": entry.correct,
                    "confidence": _or_none(entry.confidence),
                }
                for entry in self.reliability
            ],
            "coverage": [
                {
                    "error": entry.error,
                    "share": entry.share,
                    "threshold": _or_none(entry.threshold),
                }
                for entry in self.coverage
            ],
        }


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What the answers to labelled digits say of the one who gave them.

    Attributes:
        confusion: int64 (10, 10); row: true digit, column: answer.
        unanswered: int64 (10,); by true digit, how many were called “no digit”.
        trust: what the probabilities say, where there are some.
    """

    confusion: NDArray[np.int64]
    unanswered: NDArray[np.int64]
    trust: Trust | None = None

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
            "recall": [_or_none(float(value)) for value in self.recall],
            "confusion": self.confusion.tolist(),
            "unanswered": self.unanswered.tolist(),
            **(self.trust.to_dict() if self.trust else {}),
        }


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def evaluate(scores: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> Evaluation:
    """Hold answers against labels.

    Args:
        scores: (N, 10) or more, as `digitnet.classes` numbers them; logits or probabilities: the
            largest of a row is the answer. No single digit is no answer.
        labels: (N,), 0…9; N at least 1.
    """
    answers = np.minimum(scores.argmax(1), NO_DIGIT)
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


def expected_calibration_error(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]], bins: int = 15
) -> float:
    """Return by how much confidence and accuracy differ on average, 0…1.

    Args:
        probabilities: (N, classes); the largest of a row is the answer.
        labels: (N,).
        bins: see `calibration_error`.
    """
    return calibration_error(probabilities.max(1), probabilities.argmax(1) == labels, bins)


def calibration_error(
    confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_], bins: int = 15
) -> float:
    """Return by how much confidence and the share of right answers differ on average, 0…1.

    Answers are sorted by their confidence into bins of equal width (Naeini et al., *Obtaining well
    calibrated probabilities using Bayesian binning*, AAAI 2015).

    Args:
        confidence: (N,), 0…1; N at least 1.
        right: (N,).
        bins: how many.
    """
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, confidence - right, bins)
    return float(np.abs(gaps).sum() / len(confidence))


def trust(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]], bins: int = 10
) -> Trust:
    """Hold confidence against labels.

    Args:
        probabilities: (N, classes); the largest of a row is its confidence.
        labels: (N,); N at least 1.
        bins: into how many intervals of equal width confidence is sorted.
    """
    confidence = probabilities.max(1).astype(np.float64)
    right = probabilities.argmax(1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    correct = np.bincount(bin_of, right, bins).astype(int)
    sums = np.bincount(bin_of, confidence, bins)
    return Trust(
        calibration_error=expected_calibration_error(probabilities, labels),
        reliability=tuple(
            Bin(index / bins, int(count), int(correct[index]), float(total / count))
            if count
            else Bin(index / bins, 0, 0, math.nan)
            for index, (count, total) in enumerate(zip(counts, sums, strict=True))
        ),
        coverage=tuple(coverage(probabilities, labels, error) for error in COVERAGE_ERRORS),
    )


def risk_by_coverage(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of wrong answers among the surest ones, for every share of answers.

    El-Yaniv and Wiener, *On the foundations of noise-free selective classification*, JMLR 11, 2010.
    Answers of the same confidence are given together or not at all.

    Args:
        probabilities: (N, classes).
        labels: (N,); N at least 1.

    Returns:
        The share of digits that are answered, rising, and the share of wrong ones among them, both
        float64 (M,) with one entry for each of the M values of confidence.
    """
    confidence = probabilities.max(1)
    wrong = probabilities.argmax(1) != labels
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    answered = last + 1
    risk = np.cumsum(wrong[order])[last] / answered
    return np.asarray(answered / len(labels), np.float64), np.asarray(risk, np.float64)


def coverage(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]], error: float
) -> Coverage:
    """Return how many digits can be answered with at most a share ``error`` of them wrong.

    Args:
        probabilities: (N, classes).
        labels: (N,); N at least 1.
        error: 0…1.
    """
    shares, risk = risk_by_coverage(probabilities, labels)
    allowed = np.flatnonzero(risk <= error)
    if not len(allowed):
        return Coverage(error, 0.0, math.nan)
    share = float(shares[allowed[-1]])
    surest_first = np.sort(probabilities.max(1))[::-1]
    return Coverage(error, share, float(surest_first[round(share * len(labels)) - 1]))
