from __future__ import annotations

import numpy as np
import pytest

from digitnet.datasets import load_mnist
from digitnet.pages.signs.marks import crossing_out, tally
from digitnet.reading.tallies import is_tally
from tests.reading.marks import ink_of


@pytest.mark.parametrize("height", [30, 60, 120])
def test_four_strokes_and_one_across_are_mostly_a_tally(height: int) -> None:
    random = np.random.default_rng(0)
    inks = [ink_of(tally(random), height, round(0.08 * height)) for _ in range(100)]
    assert np.mean([is_tally(ink) for ink in inks]) > 0.8


def test_most_of_what_is_crossed_out_is_like_a_tally() -> None:
    random = np.random.default_rng(0)
    assert np.mean([is_tally(ink_of(crossing_out(random), 60, 4)) for _ in range(100)]) > 0.5


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_digits_that_touch_are_hardly_ever_a_tally(count: int) -> None:
    digits = [image[:, image.any(axis=0)] for image in load_mnist().validation.images]
    rows = [np.hstack(digits[first : first + count]) for first in range(0, 1000, count)]
    assert np.mean([is_tally(row) for row in rows]) < 0.01
