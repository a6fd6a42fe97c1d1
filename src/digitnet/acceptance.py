"""Which answers to accept unseen: a threshold chosen on some digits and tried on others.

A threshold that was chosen on the very digits by which it is judged looks better than it is. NumPy
only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitnet.evaluation import COVERAGE_ERRORS, coverage

Probabilities = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Acceptance:
    """What accepting answers from a confidence on comes to.

    Attributes:
        error: the share of wrong answers for which the threshold was chosen.
        threshold: the least confidence that is accepted, 0…1; NaN where none is.
        chosen_among: of how many digits it was chosen.
        chosen: how many of them it accepts.
        count: how many digits it was tried on.
        accepted: how many of those it accepts.
        wrong: how many of the accepted are wrong.
    """

    error: float
    threshold: float
    chosen_among: int
    chosen: int
    count: int
    accepted: int
    wrong: int

    @property
    def share(self) -> float:
        """The share of digits that is accepted, 0…1."""
        return self.accepted / self.count

    @property
    def promising(self) -> bool:
        """Whether it was chosen among enough digits for that error to be seen at all."""
        return self.chosen * self.error >= 1

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; a threshold that is not there is None."""
        return {
            "error": self.error,
            "threshold": None if math.isnan(self.threshold) else self.threshold,
            "chosen_among": self.chosen_among,
            "chosen": self.chosen,
            "accepted": self.accepted,
            "share": self.share,
            "wrong": self.wrong,
        }


def try_thresholds(
    validation: tuple[Probabilities, Labels], test: tuple[Probabilities, Labels]
) -> tuple[Acceptance, ...]:
    """Choose a threshold for each of `COVERAGE_ERRORS` on one set, and try it on another.

    Args:
        validation: probabilities (N, classes) and labels (N,) to choose on; N at least 1.
        test: the same, of other digits, to try it on; at least 1.
    """
    return tuple(_try(validation, test, error) for error in COVERAGE_ERRORS)


def _try(
    validation: tuple[Probabilities, Labels], test: tuple[Probabilities, Labels], error: float
) -> Acceptance:
    chosen = coverage(*validation, error)
    given, labels = test
    accepted = given.max(1) >= chosen.threshold  # Nothing is, where the threshold is NaN.
    return Acceptance(
        error=error,
        threshold=chosen.threshold,
        chosen_among=len(validation[1]),
        chosen=round(chosen.share * len(validation[1])),
        count=len(labels),
        accepted=int(accepted.sum()),
        wrong=int((accepted & (given.argmax(1) != labels)).sum()),
    )
