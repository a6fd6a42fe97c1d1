"""Where the digits of a page come from."""

from __future__ import annotations

from itertools import islice

import numpy as np

from digitnet.datasets import Digits
from digitnet.pages.supply import Supply


def test_a_certain_digit_comes_when_it_is_asked_for(digits: Digits) -> None:
    supply = Supply(digits, np.random.default_rng(0))
    assert [supply.of(label)[0] for label in (3, 0, 3, 9)] == [3, 0, 3, 9]


def test_whichever_comes_where_there_is_none(digits: Digits) -> None:
    chosen = digits.labels == 8
    eights = Digits(digits.images[chosen], digits.labels[chosen])
    supply = Supply(eights, np.random.default_rng(0))
    assert supply.of(1)[0] == 8
    assert {label for label, _ in islice(supply, 20)} == {8}


def test_digits_whose_strokes_are_lost_are_left_out(digits: Digits) -> None:
    supply = Supply(digits, np.random.default_rng(0))
    assert all(glyph.faithful for _, glyph in islice(supply, 60))
