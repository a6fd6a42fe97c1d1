from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitnet.acceptance import Labels, Probabilities, try_thresholds


def answers(confidence: list[float], right: list[bool]) -> tuple[Probabilities, Labels]:
    """Answers 0, as sure as is said, to digits that are 0 where they are right, and else 1."""
    sure = np.array(confidence)
    return np.column_stack([sure, 1 - sure]), (~np.array(right)).astype(int)


def test_a_threshold_is_chosen_on_one_set_and_tried_on_the_other() -> None:
    validation = answers([0.6, 0.7, 0.8, 0.9], [True, False, True, True])
    test = answers([0.65, 0.75, 0.8, 0.95, 0.99], [True, True, False, True, True])
    for found in try_thresholds(validation, test):
        assert found.threshold == pytest.approx(0.8)
        assert (found.chosen_among, found.chosen) == (4, 2)
        assert (found.count, found.accepted, found.wrong) == (5, 3, 1)
        assert found.share == 0.6
        assert not found.promising, "two digits say nothing of one in a thousand"


def test_enough_digits_can_promise() -> None:
    validation = answers([0.9] * 2000 + [0.6], [True] * 2000 + [False])
    thousand, ten_thousand = try_thresholds(validation, validation)
    assert thousand.promising
    # One wrong in 2,001 is less than 1 in 1,000: all may be accepted.
    assert thousand.threshold == pytest.approx(0.6)
    assert thousand.wrong == 1
    assert not ten_thousand.promising
    assert ten_thousand.threshold == pytest.approx(0.9)
    assert ten_thousand.wrong == 0


def test_nothing_is_accepted_where_the_surest_is_wrong() -> None:
    validation = answers([0.9, 0.8], [False, True])
    for found in try_thresholds(validation, answers([0.99], [True])):
        assert math.isnan(found.threshold)
        assert (found.chosen, found.accepted, found.wrong) == (0, 0, 0)
        assert found.to_dict()["threshold"] is None


@given(
    st.lists(st.tuples(st.floats(0.5, 1), st.booleans()), min_size=1, max_size=40),
    st.lists(st.tuples(st.floats(0.5, 1), st.booleans()), min_size=1, max_size=40),
)
def test_what_is_accepted_is_counted(
    first: list[tuple[float, bool]], second: list[tuple[float, bool]]
) -> None:
    validation, test = (answers([c for c, _ in s], [r for _, r in s]) for s in (first, second))
    for found in try_thresholds(validation, test):
        sure = [
            right
            for confidence, right in second
            if max(confidence, 1 - confidence) >= found.threshold
        ]
        assert (found.accepted, found.wrong) == (len(sure), sum(not right for right in sure))
