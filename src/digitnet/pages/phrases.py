"""What people write with digits and signs: sums, prices, shares, dates, numbers of things."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

DIGIT, SPACE = "9", " "
"""Tokens besides the signs': a digit, whichever comes, and room as between words."""

# N is a number of one to four digits, and _ room that some writers leave and others do not.
_PHRASES: dict[str, float] = {
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
_TEXTS, _SHARES = list(_PHRASES), np.array(list(_PHRASES.values())) / sum(_PHRASES.values())
_LENGTHS = (0.3, 0.4, 0.2, 0.1)  # of numbers, of one digit to four


def phrases(digits: int, rng: np.random.Generator) -> Iterator[str]:
    """Yield the tokens of whole phrases until they hold so many digits, or a few more.

    Args:
        digits: how many, from 1 on.
        rng: decides what is written.

    Yields:
        `DIGIT`, `SPACE`, or the name of a sign; never two spaces one after the other.
    """
    written = 0
    while written < digits:
        if written:
            yield SPACE
        for token in _phrase(rng):
            written += token == DIGIT
            yield token


def _phrase(rng: np.random.Generator) -> Iterator[str]:
    loose = rng.random() < 0.4
    for letter in _TEXTS[int(rng.choice(len(_TEXTS), p=_SHARES))]:
        if letter == "N":
            yield from DIGIT * int(rng.choice(len(_LENGTHS), p=_LENGTHS) + 1)
        elif letter != "_":
            yield letter
        elif loose:
            yield SPACE
