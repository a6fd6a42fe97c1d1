"""How many digits a reading has wrong."""

from __future__ import annotations

from collections import Counter
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
    written, read = _lines(truth, reading)
    whole = edit_distance("".join(written), "".join(read))
    return min(whole, _line_by_line(written, read))


def lines_wrong(truth: Sequence[str], reading: str) -> int:
    """Count the lines that are not read whole and without a mistake.

    A line that is read in two pieces, or run together with another one, is wrong: that is what
    whoever takes a line for a number, as in a field of a form, gets. Their order does not matter.
    """
    written, read = _lines(truth, reading)
    return (Counter(written) - Counter(read)).total()


def _lines(truth: Sequence[str], reading: str) -> tuple[list[str], list[str]]:
    """The lines that hold digits, and of what was read the digits alone: written, and read."""
    read = [line for line in map(_digits, reading.splitlines()) if line]
    return [line for line in truth if line], read


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def digits_right(truth: Sequence[str], reading: str) -> list[bool]:
    """Tell for each digit of a reading, in its order, whether that digit was written there.

    The reading is laid beside the page as `digits_wrong` lays it.
    """
    written, read = _lines(truth, reading)
    if edit_distance("".join(written), "".join(read)) <= _line_by_line(written, read):
        return _matched("".join(written), "".join(read))
    partners = {j: written[i] for i, j, _ in _pairs(written, read)}
    return [right for j, line in enumerate(read) for right in _matched(partners.get(j, ""), line)]


def _line_by_line(written: Sequence[str], read: Sequence[str]) -> int:
    """Pair lines; the rest is missed or invented."""
    gained = sum(gain for _, _, gain in _pairs(written, read))
    return sum(map(len, written)) + sum(map(len, read)) - gained


def _pairs(written: Sequence[str], read: Sequence[str]) -> list[tuple[int, int, int]]:
    """Pair lines, those first that have most in common: which, with which, and how much."""
    gains = [
        (len(a) + len(b) - edit_distance(a, b), i, j)
        for i, a in enumerate(written)
        for j, b in enumerate(read)
    ]
    left, right = set(range(len(written))), set(range(len(read)))
    pairs = []
    for gain, i, j in sorted(gains, key=lambda pair: -pair[0]):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            pairs.append((i, j, gain))
    return pairs


def edit_distance(first: str, second: str) -> int:
    """Count the insertions, deletions and substitutions that turn one string into the other."""
    return _distances(first, second)[-1][-1]


def _distances(first: str, second: str) -> list[list[int]]:
    """The edit distance of every beginning of one string from every beginning of the other."""
    rows = [list(range(len(second) + 1))]
    for i, a in enumerate(first, 1):
        above, row = rows[-1], [i]
        for j, b in enumerate(second, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
        rows.append(row)
    return rows


def _matched(first: str, second: str) -> list[bool]:
    """Tell which characters of the second string stay when the first is turned into it."""
    rows = _distances(first, second)
    matched = [False] * len(second)
    i, j = len(first), len(second)
    while i and j:
        same = first[i - 1] == second[j - 1]
        if rows[i][j] == rows[i - 1][j - 1] + (not same):
            i, j = i - 1, j - 1
            matched[j] = same
        elif rows[i][j] == rows[i][j - 1] + 1:
            j -= 1
        else:
            i -= 1
    return matched


def share(wrong: Iterable[int], written: Iterable[int]) -> float:
    """What is wrong in percent of what is written."""
    total = sum(written)
    return 100 * sum(wrong) / total if total else 0.0
