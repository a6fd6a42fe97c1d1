from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitnet.evaluation import (
    coverage,
    evaluate,
    expected_calibration_error,
    trust,
    wilson_interval,
)


def test_answers_are_held_against_labels() -> None:
    labels = np.array([3, 3, 3, 7])
    scores = np.eye(10)[[3, 5, 3, 7]]
    evaluation = evaluate(scores, labels)
    assert (evaluation.count, evaluation.correct, evaluation.accuracy) == (4, 3, 0.75)
    assert evaluation.confusion[3, 5] == 1
    assert evaluation.recall[3] == pytest.approx(2 / 3)
    assert evaluation.recall[7] == 1
    assert math.isnan(evaluation.recall[0])
    assert evaluation.to_dict()["recall"][0] is None


def test_a_digit_called_no_digit_is_wrong() -> None:
    evaluation = evaluate(np.eye(11)[[10, 2]], np.array([1, 2]))
    assert evaluation.accuracy == 0.5
    assert evaluation.unanswered[1] == 1
    assert evaluation.recall[1] == 0


def test_wilson_gives_the_published_interval() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263.
    low, high = wilson_interval(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_a_share(counts: tuple[int, int]) -> None:
    successes, count = counts
    low, high = wilson_interval(successes, count)
    assert 0 <= low <= successes / count + 1e-12
    assert successes / count - 1e-12 <= high <= 1
    assert low < high


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10)), min_size=1))
def test_every_digit_is_counted_once(pairs: list[tuple[int, int]]) -> None:
    labels = np.array([label for label, _ in pairs])
    answers = [answer for _, answer in pairs]
    evaluation = evaluate(np.eye(11)[answers], labels)
    assert evaluation.count == len(pairs)
    assert evaluation.correct == sum(label == answer for label, answer in pairs)
    assert (
        evaluation.confusion.sum(1) + evaluation.unanswered == np.bincount(labels, minlength=10)
    ).all()


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    always_80_percent_sure = np.tile([0.8, 0.2], (10, 1))
    half_right = np.array([0, 1] * 5)
    assert expected_calibration_error(always_80_percent_sure, half_right) == pytest.approx(0.3)


@given(
    st.lists(st.tuples(st.integers(6, 10), st.booleans()), min_size=1),
    st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]),
)
def test_coverage_is_the_most_that_can_be_answered(
    answers: list[tuple[int, bool]], error: float
) -> None:
    sure = np.array([confidence / 10 for confidence, _ in answers])
    right = np.array([is_right for _, is_right in answers])
    found = coverage(np.column_stack([sure, 1 - sure]), np.where(right, 0, 1), error)
    possible = [
        (sure >= threshold).mean()
        for threshold in sure
        if (~right[sure >= threshold]).mean() <= error
    ]
    assert found.share == pytest.approx(max(possible, default=0.0))
    assert math.isnan(found.threshold) or (sure >= found.threshold).mean() == found.share


def test_reliability_sorts_answers_by_confidence() -> None:
    given_probabilities = np.array([[0.95, 0.05], [0.97, 0.03], [0.45, 0.55], [1.0, 0.0]])
    found = trust(given_probabilities, np.array([0, 1, 1, 0]))
    assert [entry.count for entry in found.reliability] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 3]
    assert found.reliability[9].accuracy == pytest.approx(2 / 3)
    assert found.reliability[9].confidence == pytest.approx(2.92 / 3)
    assert found.to_dict()["reliability"][0]["confidence"] is None
