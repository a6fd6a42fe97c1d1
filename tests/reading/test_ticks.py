from __future__ import annotations

import numpy as np
import pytest

from digitnet.datasets import Digits, load_mnist
from digitnet.glyph import place
from digitnet.pages.signs.marks import tick
from digitnet.reading.ticks import is_tick
from tests.reading.lines import Point, drawn
from tests.reading.marks import ink_of


def test_most_ticks_are_ticks() -> None:
    random = np.random.default_rng(0)
    found = [
        is_tick(place(ink_of(tick(random), 60, width))) for width in (3, 5) for _ in range(100)
    ]
    assert np.mean(found) > 0.8


@pytest.mark.parametrize(
    "strokes",
    [
        [((50, 20), (50, 80))],  # 1
        [((30, 35), (55, 15)), ((55, 15), (55, 80))],  # with an upstroke
        [((25, 20), (75, 20)), ((75, 20), (45, 80))],  # 7
        [((65, 15), (45, 80)), ((30, 50), (50, 48))],  # crossed
        [((65, 15), (50, 50)), ((50, 50), (25, 60)), ((50, 50), (50, 85))],
        [],
    ],
)
def test_what_has_no_corner_below_is_no_tick(strokes: list[tuple[Point, Point]]) -> None:
    assert not is_tick(drawn(*strokes))


def test_hardly_a_digit_is_a_tick() -> None:
    digits: Digits = load_mnist().validation
    assert sum(is_tick(image) for image in digits.images) <= 2
