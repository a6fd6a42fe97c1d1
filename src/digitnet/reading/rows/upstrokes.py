"""A 1 with an upstroke: where it is short, the networks see a 7; as long as the stem, two 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import FIRST_PAIR, NO_DIGIT
from digitnet.reading.arrays import Floats, Gray
from digitnet.reading.marks import runs

ONE, SEVEN, TWO_ONES = 1, 7, FIRST_PAIR + 11
EITHER, RATHER_ONE = 0.5, 2.0  # so likely 1 or 7: then it is twice as likely a 1 as they say
LEAST = 0.05  # probability: what is less likely two 1 is something else
INK = 96  # of 255
PARTED, LEAST_ROWS = 0.45, 6  # of the rows, and rows: so many meet two strokes side by side
TIP, STEM = 0.18, 0.3  # of the rows: where they are one at the top, at least, and below, at most
SPREAD = 0.4  # columns a row: two 1 of one hand stand parallel
STRAIGHT = 0.5  # columns: strokes leave a straight line by less
APEX = 0.2  # of the rows: so near to the upper end the strokes would meet


def with_upstrokes(glyphs: NDArray[np.uint8], probabilities: Floats) -> Floats:
    """Take for a 1 with an upstroke some of what the networks hold for a 7, two 1, or none.

    Half the world writes a 1 so, and hardly anyone whose digits are in MNIST. Of what lies between
    a narrow 7 and a 1 with a hook, the networks therefore take too much for a 7.

    Args:
        glyphs: (N, 28, 28) as `digitnet.glyph.place` gives them.
        probabilities: (N, 111), of every class.

    Returns:
        Probabilities of the same shape; the same array where there is no such 1.
    """
    return _with_hooks(_with_roofs(glyphs, probabilities))


def _with_hooks(probabilities: Floats) -> Floats:
    """Take some of what the networks hold for a 7 for a 1, where it is one of both."""
    either = probabilities[:, ONE] + probabilities[:, SEVEN]
    hooks = np.flatnonzero(either > EITHER)
    if not len(hooks):
        return probabilities
    changed = probabilities.copy()
    one = RATHER_ONE * probabilities[hooks, ONE]
    changed[hooks, ONE] = either[hooks] * one / (one + probabilities[hooks, SEVEN])
    changed[hooks, SEVEN] = either[hooks] - changed[hooks, ONE]
    return changed


def _with_roofs(glyphs: NDArray[np.uint8], probabilities: Floats) -> Floats:
    """Take what the networks hold for two 1, or none, for a single one, where two meet at the top.

    Some draw the upstroke up from the line. Strokes that run apart from where they meet are no two
    1 of one hand; and among numbers, they are rather a 1 than the Λ that the networks have seen.
    """
    may_be_two = np.flatnonzero(probabilities[:, TWO_ONES] > LEAST)
    ones = [k for k in may_be_two if is_roof(glyphs[k])]
    if not ones:
        return probabilities
    changed = probabilities.copy()
    changed[ones, ONE] += changed[ones, TWO_ONES] + changed[ones, NO_DIGIT]
    changed[ones, TWO_ONES] = changed[ones, NO_DIGIT] = 0
    return changed


def is_roof(glyph: Gray) -> bool:
    """Return whether a glyph is two straight strokes that run apart from where they meet."""
    row, left, right = runs((glyph > INK).astype(np.uint8))
    if len(row) == 0:
        return False
    top, height = int(row[0]), int(row[-1] - row[0]) + 1
    counts = np.bincount(row, minlength=top + height)
    parted = np.flatnonzero(counts == 2)
    if len(parted) < max(PARTED * height, LEAST_ROWS) or counts.max() > 2:
        return False
    above, below = parted[0] - top, top + height - 1 - parted[-1]
    if above < TIP * height or below > STEM * height:
        return False
    middles = ((left + right - 1) / 2)[np.isin(row, parted)].reshape(-1, 2)
    lines = [np.polyfit(parted, stroke, 1) for stroke in middles.T]
    away = [
        np.std(stroke - np.polyval(line, parted))
        for stroke, line in zip(middles.T, lines, strict=True)
    ]
    spread, apart = lines[1] - lines[0]
    if spread < SPREAD or max(away) > STRAIGHT:
        return False
    return bool(abs(-apart / spread - top) < APEX * height)
