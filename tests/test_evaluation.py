from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitnet.evaluation import (
    evaluate,
    expected_calibration_error,
    fit_temperature,
    probabilities,
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


def test_the_temperature_undoes_what_made_the_answers_too_sure() -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(20_000, 5)) * 2
    labels = np.array([rng.choice(5, p=row) for row in probabilities(honest)])
    temperature = fit_temperature(honest * 3, labels)
    assert temperature == pytest.approx(3, rel=0.05)
    assert expected_calibration_error(probabilities(honest * 3), labels) > 0.1
    assert expected_calibration_error(probabilities(honest * 3, temperature), labels) < 0.015


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    always_80_percent_sure = np.tile([0.8, 0.2], (10, 1))
    half_right = np.array([0, 1] * 5)
    assert expected_calibration_error(always_80_percent_sure, half_right) == pytest.approx(0.3)
