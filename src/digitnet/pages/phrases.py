"""What people write with digits and signs: sums, prices, dates, telephone numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Literal

import numpy as np

from digitnet.pages.signs.letters import LETTERS

DIGIT, SPACE, NEXT = "digit", " ", "next"
"""Tokens besides the signs': a digit, whichever comes, and room as between words or phrases."""

_LENGTHS = (0.3, 0.4, 0.2, 0.1)  # of numbers, of one digit to four
_CERTAIN = frozenset("0123456789")
_MOMENTS = frozenset("DMYyhm")

# N is a number of one to four digits, 9 any digit, and _ room that some writers leave.
_SIGNS: dict[str, float] = {
    "N": 3.0,
    "N_+_N_=_N": 2.5,
    "N_+_N": 1.0,
    "N_-_N_=_N": 1.5,
    "N_×_N_=_N": 2.5,
    "N_÷_N_=_N": 2.0,
    "N_+_N_=_?": 0.5,
    "N_×_N": 0.7,
    "N_÷_N": 0.5,
    "=_N": 0.7,
    "€_N.99": 0.8,
    "N,99_€": 0.8,
    "N_€": 0.4,
    "$N": 0.8,
    "$N.99": 0.8,
    "£N": 0.7,
    "£N.99": 0.7,
    "¥N": 1.0,
    "N¢": 0.4,
    "N元": 1.2,
    "N.9元": 0.4,
    "N%": 2.0,
    "N.9%": 0.6,
    "#N": 1.2,
    "N?": 0.8,
    "N!": 0.4,
    "N_&_N": 0.8,
    "N_@_N": 0.8,
    "N*": 0.5,
    "9999年9月9日": 0.5,
    "9999年99月99日": 0.4,
    "9月99日": 0.7,
    "9月9号": 0.5,
    "N号": 0.8,
    "N个": 0.8,
}  # fmt: skip
# The same; D, M, Y and y are a day, a month, a year and its last two digits, h and m a time.
_DATES: dict[str, float] = {
    "D/M/Y": 3.0,
    "M/D/Y": 2.0,
    "D/M/y": 1.5,
    "Y/M/D": 1.5,
    "D.M.Y": 1.5,
    "D.M.y": 0.8,
    "Y-M-D": 1.5,
    "D-M-Y": 0.8,
    "D/M": 1.0,
    "h:m": 1.5,
    "h:m_-_h:m": 0.7,
    "h.m": 0.3,
    "(099)_999-9999": 1.5,
    "(099)_9999_9999": 0.7,
    "099-9999999": 0.5,
    "099/9999999": 0.7,
    "199-9999-9999": 0.8,
    "999-9999": 0.7,
    "+99_99_999_99_99": 0.6,
    "$N.99": 0.8,
    "N,99": 0.6,
    "N,999.99": 0.5,
    "N.-": 0.3,
    "N/N": 1.0,
    "9/99": 0.6,
    "(N)": 0.7,
    "N_(N)": 0.5,
    "N:N": 0.4,
    "N-N": 0.6,
}  # fmt: skip
# The same; L is a letter.
_MARKS: dict[str, float] = {
    "✓_N": 2.0,
    "N_✓": 2.0,
    "→_N": 1.5,
    "N_→_N": 1.5,
    "★_N": 0.6,
    "N_☺": 0.8,
    "卌_N": 0.7,
    "N_卌": 0.7,
    "▒_N": 1.0,
    "N_▒_N": 0.7,
    "L_N": 2.0,
    "LN": 1.5,
    "NL": 1.5,
    "LL_N": 1.0,
    "L=N": 1.0,
    "N": 1.0,
}  # fmt: skip
_PHRASES = {"signs": _SIGNS, "dates": _DATES, "marks": _MARKS}


def phrases(
    writing: Literal["signs", "dates", "marks"], digits: int, rng: np.random.Generator
) -> Iterator[str]:
    """Yield the tokens of whole phrases until they hold so many digits, or a few more.

    Args:
        writing: which phrases.
        digits: how many, from 1 on.
        rng: decides what is written.

    Yields:
        `DIGIT`, a certain digit ("0" to "9"), the name of a sign, or `SPACE` and, between phrases,
        `NEXT`; never two of these one after the other.
    """
    written = 0
    while written < digits:
        if written:
            yield NEXT
        for token in _phrase(_PHRASES[writing], rng):
            written += is_digit(token)
            yield token


def is_digit(token: str) -> bool:
    """Whether a token is a digit, whichever comes or a certain one."""
    return token == DIGIT or token in _CERTAIN


def _phrase(table: dict[str, float], rng: np.random.Generator) -> Iterator[str]:
    loose = rng.random() < 0.4
    texts, shares = list(table), np.array(list(table.values())) / sum(table.values())
    text = texts[int(rng.choice(len(texts), p=shares))]
    moment = _moment(rng) if _MOMENTS.intersection(text) else {}
    for letter in text:
        if letter in moment:
            yield from moment[letter]
        elif letter == "N":
            yield from repeat(DIGIT, int(rng.choice(len(_LENGTHS), p=_LENGTHS) + 1))
        elif letter == "L":
            yield str(rng.choice(list(LETTERS)))
        elif letter == "9":
            yield DIGIT
        elif letter != "_":
            yield letter
        elif loose:
            yield SPACE


def _moment(rng: np.random.Generator) -> dict[str, str]:
    """Numbers for a day, month, year, hour and minute; some write 05 for 5."""
    year = int(rng.integers(1950, 2036))
    width = 2 if rng.random() < 0.5 else 1
    return {
        "D": f"{int(rng.integers(1, 29)):0{width}}",
        "M": f"{int(rng.integers(1, 13)):0{width}}",
        "Y": str(year),
        "y": f"{year % 100:02}",
        "h": f"{int(rng.integers(24)):0{width}}",
        "m": f"{int(rng.integers(60)):02}",
    }
