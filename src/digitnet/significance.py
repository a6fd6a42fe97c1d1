"""Whether classifiers differ by more than chance. NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class McNemar:
    """Whether two classifiers differ on the same digits.

    Attributes:
        only_first: how many digits the first gets right and the second wrong.
        only_second: the other way round.
        p_value: how likely a difference at least as large is if neither is better, 0…1.
    """

    only_first: int
    only_second: int
    p_value: float


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> McNemar:
    """Return McNemar's exact test, two-sided, on which answers are right, both (N,).

    Of the digits that only one gets right, each would get half if they were equally good: the
    binomial distribution, without the approximation of the χ² test (Q. McNemar, *Note on the
    sampling error of the difference between correlated proportions*, Psychometrika 12, 1947).
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    count, fewer = only_first + only_second, min(only_first, only_second)
    ways = sum(math.comb(count, number) for number in range(fewer + 1))
    return McNemar(only_first, only_second, min(1.0, 2 * ways / 2**count))


def holm(p_values: list[float]) -> list[float]:
    """Return p-values made honest for having several of them.

    S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of
    Statistics 6, 1979.
    """
    adjusted = [0.0] * len(p_values)
    so_far = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = so_far
    return adjusted
