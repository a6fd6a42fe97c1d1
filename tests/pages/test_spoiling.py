"""Spoiled pages are what they say: spoiled, and legible where the writing was."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from digitnet.datasets import load_mnist
from digitnet.errors import UsageError
from digitnet.pages import Page, compose
from digitnet.pages.spoiling import SPOILINGS, spoil
from tests.pages.composed import check_consistent, contrast


@cache
def small(condition: str) -> Page:
    return compose(load_mnist().validation, condition, 0, megapixels=0.3)


@pytest.mark.parametrize("spoiling", SPOILINGS)
@pytest.mark.parametrize("condition", ["light", "pencil", "grid"])
def test_only_the_picture_changes_and_ink_still_stands_out(spoiling: str, condition: str) -> None:
    page = small(condition)
    before = page.image.copy()
    spoiled = spoil(page, spoiling, 0)
    check_consistent(spoiled)
    assert spoiled.image.shape == page.image.shape
    assert (spoiled.lines, spoiled.boxes) == (page.lines, page.boxes)
    assert spoiled.condition == spoiling
    assert not np.array_equal(spoiled.image, page.image)
    assert np.array_equal(page.image, before)
    contrasts = [contrast(spoiled, box) for line in spoiled.boxes for box in line]
    assert np.quantile(contrasts, 0.1) > 5  # a glare may take one
    assert np.median(contrasts) > 10


@pytest.mark.parametrize("spoiling", SPOILINGS)
def test_the_seed_decides_how(spoiling: str) -> None:
    first, again, *others = (spoil(small("light"), spoiling, seed).image for seed in (0, 0, 1, 2))
    assert np.array_equal(first, again)
    if spoiling not in ("thresholded", "dithered"):  # nothing of these is left to chance
        assert not all(np.array_equal(first, other) for other in others)


def test_an_unknown_spoiling_is_named() -> None:
    with pytest.raises(UsageError, match="There is no spoiling burnt: use one of sharpened, "):
        spoil(small("light"), "burnt", 0)
