"""Many dimensions in two, so that neighbours stay neighbours: t-SNE."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PERPLEXITY = 30.0  # About how many neighbours count for each point.
STEPS = 350
EXAGGERATED_STEPS = 100
EXAGGERATION = 12.0

Points = NDArray[np.float32]


def embed(features: NDArray[np.floating[Any]], steps: int = STEPS) -> Points:
    """Return points in the plane, float32 (N, 2), for features (N, F); the same for the same input.

    L. van der Maaten and G. Hinton, *Visualizing data using t-SNE*, JMLR 9, 2008, started from the
    first two principal components (D. Kobak and P. Berens, *The art of using t-SNE for single-cell
    transcriptomics*, 2019). All pairs are computed, so N should be some thousands at most.
    """
    count = len(features)
    centred = (features - features.mean(0)).astype(np.float32)
    products = centred @ centred.T
    points = _principal_components(products)
    if count < 4:  # Too few for neighbours to mean anything.
        return points
    wanted = _neighbourhoods(products, min(PERPLEXITY, (count - 1) / 3))
    points *= 1e-4 / max(float(points[:, 0].std()), 1e-12)
    velocity, gains = np.zeros_like(points), np.ones_like(points)
    rate = max(50.0, count / EXAGGERATION)
    for step in range(steps):
        early = step < EXAGGERATED_STEPS
        pull = _gradient(points, wanted, EXAGGERATION if early else 1.0)
        gains = np.where((pull > 0) != (velocity > 0), gains + 0.2, gains * 0.8).clip(0.01)
        velocity = (0.5 if early else 0.8) * velocity - rate * gains * pull
        points = np.asarray(points + velocity, np.float32)
    return np.asarray(points - points.mean(0), np.float32)


def _principal_components(products: Points) -> Points:
    """The first two, (N, 2), from the inner products of centred features, (N, N)."""
    sizes, directions = np.linalg.eigh(products)
    found = directions[:, :-3:-1] * np.sqrt(np.maximum(sizes[:-3:-1], 0))
    found = np.pad(found, ((0, 0), (0, 2 - found.shape[1])))
    # Their signs are arbitrary; so they do not depend on who did the linear algebra.
    largest = found[np.abs(found).argmax(0), np.arange(2)]
    return np.asarray(found * np.where(largest < 0, -1, 1), np.float32)


def _neighbourhoods(products: Points, perplexity: float) -> Points:
    """How near each pair is, (N, N), sum 1: each point's Gaussian has the same perplexity."""
    squares = np.diag(products)
    distances = np.maximum(squares[:, None] + squares - 2 * products, 0)
    distances /= max(float(distances.mean()), 1e-12)
    low, high = np.full((len(squares), 1), 1e-6), np.full((len(squares), 1), 1e6)
    near = distances
    for _ in range(40):
        precision = np.sqrt(low * high).astype(np.float32)
        near = np.exp(-distances * precision)
        np.fill_diagonal(near, 0)
        total = np.maximum(near.sum(1, keepdims=True), 1e-30)
        near /= total
        entropy = np.log(total) + precision * (distances * near).sum(1, keepdims=True)
        too_wide = entropy > np.log(perplexity)
        low, high = np.where(too_wide, precision, low), np.where(too_wide, high, precision)
    return np.asarray((near + near.T) / (2 * len(squares)), np.float32)


def _gradient(points: Points, wanted: Points, exaggeration: float) -> Points:
    # Without matrix products: with two columns their threads wait for each other longer than they
    # work.
    x, y = points.T
    closeness = np.square(x[:, None] - x)
    closeness += np.square(y[:, None] - y)
    closeness += 1
    np.reciprocal(closeness, out=closeness)
    np.fill_diagonal(closeness, 0)
    forces = wanted * np.float32(exaggeration)
    forces -= closeness / closeness.sum()
    forces *= closeness
    across, down = (forces * x).sum(1), (forces * y).sum(1)
    return np.asarray(
        4 * (forces.sum(1)[:, None] * points - np.stack([across, down], axis=1)), np.float32
    )
