from __future__ import annotations

import numpy as np

from digitnet.datasets import load_mnist
from digitnet.pages.signs.marks import arrow
from digitnet.reading.arrows import is_arrow
from tests.reading.marks import ink_of


def test_most_arrows_are_arrows_to_either_side() -> None:
    random = np.random.default_rng(0)
    inks = [ink_of(arrow(random), 60, 3) for _ in range(100)]
    assert np.mean([is_arrow(ink) for ink in inks]) > 0.7
    assert np.mean([is_arrow(ink[:, ::-1].copy()) for ink in inks]) > 0.7


def test_hardly_a_digit_is_an_arrow() -> None:
    assert sum(is_arrow(image) for image in load_mnist().validation.images) <= 3


def test_a_line_and_an_empty_picture_are_no_arrows() -> None:
    assert not is_arrow(ink_of([np.array([(0, 0), (1.2, 0.1)])], 60, 3))
    assert not is_arrow(np.zeros((20, 60), np.uint8))
