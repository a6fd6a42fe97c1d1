"""Shades made of dots, and of a camera."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.reading.paper.dither import with_shades

SIDE = 160


@pytest.mark.parametrize("shade", [0.2, 0.5, 0.8])
def test_dots_become_a_shade(shade: float) -> None:
    dots = np.random.default_rng(0).random((SIDE, SIDE)) < shade
    seen = with_shades(np.where(dots, 255, 0).astype(np.uint8), 1)
    assert abs(float(seen.mean()) / 255 - shade) < 0.03
    assert float(seen.std()) < 40


def test_shades_of_a_camera_stay_as_they_are() -> None:
    grain = np.random.default_rng(0).normal(128, 20, (SIDE, SIDE)).clip(0, 255).astype(np.uint8)
    assert with_shades(grain, 1) is grain
