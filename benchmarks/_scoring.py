"""How many digits a reading has wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def digits_wrong(truth: Sequence[str], reading: str) -> int:
    """Count the digits that are wrong in a reading of a page.

    Only digits count. Wrong are digits missed, digits that are not there, and digits taken for
    another: the edit distance (Levenshtein). It is taken twice, and the smaller counts: once over
    the whole page without line breaks, so that a line read in pieces is no mistake, and once line
    by line, every line with the one read that suits it best, so that lines read in another order
    are none either.

    Args:
        truth: what is written, one string of digits a line.
        reading: what was read, lines separated by newlines; other characters are ignored.

    Returns:
        At most the digits written and the digits read together.
    """
    read = [line for line in map(_digits, reading.splitlines()) if line]
    written = [line for line in truth if line]
    whole = edit_distance("".join(written), "".join(read))
    return min(whole, _line_by_line(written, read))


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def _line_by_line(written: Sequence[str], read: Sequence[str]) -> int:
    """Pair lines, those first that have most in common; the rest is missed or invented."""
    cost = sum(map(len, written)) + sum(map(len, read))
    gains = [
        (len(a) + len(b) - edit_distance(a, b), i, j)
        for i, a in enumerate(written)
        for j, b in enumerate(read)
    ]
    left, right = set(range(len(written))), set(range(len(read)))
    for gain, i, j in sorted(gains, key=lambda pair: -pair[0]):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            cost -= gain
    return cost


def edit_distance(first: str, second: str) -> int:
    """Count the insertions, deletions and substitutions that turn one string into the other."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


def share(wrong: Iterable[int], digits: Iterable[int]) -> float:
    """Digits wrong in percent of the digits written."""
    total = sum(digits)
    return 100 * sum(wrong) / total if total else 0.0
