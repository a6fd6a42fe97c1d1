"""Phrases: what is written with digits and signs."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitnet.pages.phrases import DIGIT, NEXT, SPACE, is_digit, phrases
from digitnet.pages.signs import BARS, MARKS, SIGNS, STOPS

Kind = Literal["signs", "dates", "marks"]
KINDS: tuple[Kind, ...] = ("signs", "dates", "marks")
KNOWN = {DIGIT, SPACE, NEXT, *SIGNS, *STOPS, *BARS, *MARKS}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), digits=st.integers(1, 20))
def test_phrases_have_the_digits_asked_for_and_known_signs(
    kind: Kind, seed: int, digits: int
) -> None:
    tokens = list(phrases(kind, digits, np.random.default_rng(seed)))
    assert digits <= sum(map(is_digit, tokens)) < digits + 20
    assert set(tokens) <= KNOWN | set("0123456789")
    spaces = {SPACE, NEXT}
    assert not any({one, other} <= spaces for one, other in pairwise(tokens))
    assert tokens[0] not in spaces
    assert tokens[-1] not in spaces


def test_every_sign_is_written_somewhere() -> None:
    rng = np.random.default_rng(0)
    tokens = {token for kind in KINDS for token in phrases(kind, 4000, rng)}
    assert tokens == KNOWN | set("0123456789")


def test_dates_are_of_days_that_there_are() -> None:
    tokens = phrases("dates", 4000, np.random.default_rng(0))
    written = "".join("x" if t == DIGIT else "\n" if t == NEXT else t for t in tokens)
    dates = re.findall(r"^(\d+)/(\d+)/(\d{4})$", written, re.MULTILINE)
    assert len(dates) > 20
    for day, month, year in dates:
        assert 1 <= min(int(day), int(month)) <= 12
        assert max(int(day), int(month)) <= 28
        assert 1900 < int(year) < 2100


def test_digits_alone_are_digits() -> None:
    assert is_digit(DIGIT)
    assert is_digit("7")
    assert not any(map(is_digit, {SPACE, NEXT, *SIGNS, *STOPS, *BARS, *MARKS}))
