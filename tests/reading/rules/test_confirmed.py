"""Which straight lines are rules, or sides of squares, and not strokes of digits."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.reading.rules.confirmed import confirmed


@pytest.mark.parametrize(
    ("lengths", "are_sides"),
    [((100,) * 6, True), ((100,) * 3, False), ((100, 88, 94, 80, 72, 106), False)],
)
def test_many_lines_alike_between_rules_are_sides_of_squares(
    lengths: tuple[int, ...], are_sides: bool
) -> None:
    # As they come turned: upright rules from edge to edge, and level lines from one to the other.
    rules, lines = np.zeros((600, 300), np.uint8), np.zeros((600, 300), np.uint8)
    rules[:, 98:101] = rules[:, 200:203] = 255
    for number, length in enumerate(lengths):
        lines[40 + 90 * number, 150 - length // 2 : 150 + length // 2] = 255
    assert confirmed(lines, rules, lines | rules, 90.0).any() == are_sides
