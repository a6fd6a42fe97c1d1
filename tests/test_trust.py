from __future__ import annotations

import numpy as np

from digitnet.acceptance import Acceptance
from digitnet.evaluation import trust
from digitnet.trust import trust_sentences


def sentences(count: int, wrong: int) -> list[str]:
    """What is said of ``count`` answers, of which the least sure ``wrong`` are wrong."""
    sure = np.linspace(0.6, 1, count)
    labels = (np.arange(count) < wrong).astype(int)
    return trust_sentences(trust(np.column_stack([sure, 1 - sure]), labels))


def test_enough_answers_are_worth_a_promise() -> None:
    assert sentences(20_000, 1000)[0].startswith("With at most 1 wrong answer in 1,000 it can")
    assert sentences(20_000, 1000)[1].startswith("With at most 1 wrong answer in 10,000 it can")


def test_few_answers_are_not() -> None:
    for sentence, promise in zip(sentences(500, 100), ("1,000", "10,000"), strict=False):
        assert sentence.startswith("It can answer 80.00% of the digits without an error")
        assert sentence.endswith(f"too few to promise 1 wrong answer in {promise}.")


def test_nothing_can_be_said_of_a_network_that_knows_nothing() -> None:
    assert "none of the digits" in sentences(50, 50)[0]


def said(**values: float) -> str:
    entry = Acceptance(
        **{  # type: ignore[arg-type]
            "error": 0.001,
            "threshold": 0.95,
            "chosen_among": 5000,
            "chosen": 4900,
            "count": 10_000,
            "accepted": 9800,
            "wrong": 7,
        }
        | values
    )
    sure = np.array([0.9, 0.8])
    known = trust(np.column_stack([sure, 1 - sure]), np.array([0, 0]))
    return trust_sentences(known, [entry])[0]


def test_thresholds_of_other_digits_are_said_with_what_they_came_to() -> None:
    assert said() == (
        "For at most 1 wrong in 1,000 accept what it is at least 95.0000% sure of, as 5,000 "
        "validation digits say: that is 98.00% of these digits, 7 of the 9,800 wrong."
    )
    assert said(error=0.0001).startswith(
        "For 1 wrong in 10,000 the 5,000 validation digits are too few; none of them is wrong "
        "from 95.0000% on"
    )
    assert "none of the answers can be accepted" in said(chosen=0)
