from __future__ import annotations

import numpy as np
import pytest

from digitnet.report.embedding import embed


def test_groups_stay_together() -> None:
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(4), 40)
    features = random.normal(size=(4, 30))[groups] * 3 + random.normal(size=(160, 30))
    points = embed(features)
    assert points.shape == (160, 2)
    distances = np.square(points[:, None] - points).sum(2)
    np.fill_diagonal(distances, np.inf)
    assert (groups[distances.argmin(1)] == groups).mean() > 0.97
    np.testing.assert_array_equal(points, embed(features))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_few_points_are_no_problem(count: int) -> None:
    features = np.random.default_rng(2).normal(size=(count, 5))
    assert np.isfinite(embed(features)).all()


def test_equal_points_are_no_problem() -> None:
    assert np.isfinite(embed(np.ones((20, 3)))).all()
