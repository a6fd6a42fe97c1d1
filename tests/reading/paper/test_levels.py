"""Two levels of brightness, and what their histograms say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitnet.reading.paper.levels import quantile, split_levels


@given(st.integers(0, 2**32), st.integers(1, 400))
def test_levels_are_what_their_pixels_say(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    gray = np.clip(rng.normal(rng.choice([60, 200], (1, count)), 30), 0, 255).astype(np.uint8)
    levels = split_levels(gray)
    above, below = gray[levels.upper > 0], gray[levels.upper == 0]
    assert levels.has_both == bool(len(above) and len(below))
    for pixels, counts in ((above, levels.above), (below, levels.below)):
        assert counts.sum() == len(pixels)
        for share in (0.25, 0.5, 0.75) if len(pixels) else ():
            assert quantile(counts, share) == pytest.approx(float(np.quantile(pixels, share)))
    if levels.has_both:
        assert levels.step == pytest.approx(above.mean() - below.mean())
        between = len(above) * len(below) / count**2 * levels.step**2
        assert levels.separation == pytest.approx(between / gray.var())
