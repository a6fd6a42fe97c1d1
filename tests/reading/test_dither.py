"""Shades made of dots, and what only looks as if it were."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.reading.dither import with_shades

SIDE = 160


@pytest.mark.parametrize("shade", [0.2, 0.5, 0.8])
def test_dots_become_a_shade(shade: float) -> None:
    dots = np.random.default_rng(0).random((SIDE, SIDE)) < shade
    seen = with_shades(np.where(dots, 255, 0).astype(np.uint8), 1)
    assert abs(float(seen.mean()) / 255 - shade) < 0.03
    assert float(seen.std()) < 40


@pytest.mark.parametrize("thick", [1, 2])
def test_fine_squares_are_no_dots(thick: int) -> None:
    squares = np.full((SIDE, SIDE), 255, np.uint8)
    lines = np.arange(SIDE) % 12 < thick
    squares[lines] = squares[:, lines] = 0
    assert with_shades(squares, 1) is squares


def test_shades_of_a_camera_stay_as_they_are() -> None:
    grain = np.random.default_rng(0).normal(128, 20, (SIDE, SIDE)).clip(0, 255).astype(np.uint8)
    assert with_shades(grain, 1) is grain
