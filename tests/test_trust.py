from __future__ import annotations

import numpy as np

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
