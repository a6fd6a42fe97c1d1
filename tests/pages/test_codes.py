"""Codes for machines."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.pages.codes import bars, square


@pytest.mark.parametrize("seed", range(5))
def test_bars_begin_and_end_with_a_bar(seed: int) -> None:
    (row,) = bars(np.random.default_rng(seed))
    assert row[0] == row[-1] == 1
    edges = np.flatnonzero(np.diff(row))
    assert len(edges) % 2 == 0  # as many gaps as there are bars but one
    assert np.diff(edges).max() <= 4


@pytest.mark.parametrize("seed", range(5))
def test_a_square_has_its_marks_in_three_corners(seed: int) -> None:
    modules = square(np.random.default_rng(seed))
    mark = modules[:7, :7]
    assert mark.sum() == 33  # a ring of 24 about a square of 9
    assert np.array_equal(mark, modules[:7, ::-1][:, :7])
    assert np.array_equal(mark, modules[::-1][:7, :7])
    assert not modules[7, :8].any()
