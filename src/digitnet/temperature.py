"""The temperature that makes a classifier as sure as it is right. NumPy only."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def probabilities(
    logits: NDArray[np.floating[Any]], temperature: float = 1.0
) -> NDArray[np.float64]:
    """Return the softmax of logits (…, classes) over a temperature, float64 (…, classes)."""
    scaled = logits.astype(np.float64) / temperature
    exponentials = np.exp(scaled - scaled.max(-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(-1, keepdims=True))


def fit_temperature(logits: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """Return the temperature that makes the true labels likeliest, 0.05 to 20.

    Guo et al., *On calibration of modern neural networks*, ICML 2017.

    Args:
        logits: (N, classes), of examples that nothing else was fitted to.
        labels: (N,), 0…classes - 1.
    """
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        likely = probabilities(logits, temperature)[rows, labels]
        return float(-np.log(np.maximum(likely, 1e-300)).mean())

    return best_temperature(loss)


def best_temperature(loss: Callable[[float], float]) -> float:
    """Return the temperature with the least loss, 0.05 to 20.

    The loss should have one valley over the logarithm of the temperature, which golden sections
    narrow down.
    """
    low, high = math.log(0.05), math.log(20)
    section = (math.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - section * (high - low), low + section * (high - low)
        if loss(math.exp(left)) < loss(math.exp(right)):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)
