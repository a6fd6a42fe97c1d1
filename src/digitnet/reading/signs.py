"""Signs among digits that look like a 1: slashes, bars and brackets."""

from __future__ import annotations

import numpy as np

from digitnet.reading.path import Candidate

BESIDE = 2  # digits on either side, with which a stroke is compared,
ENOUGH = 2  # of which so many are needed that are no strokes themselves
OUT = 0.18  # of their height above and below them: people write no 1 like that


def without_signs(path: list[Candidate]) -> list[Candidate]:
    """Leave out of a line of digits the strokes that stand out above and below those beside them.

    As in dates and telephone numbers; what a 1 and a slash look like, each for itself, is the same.
    """
    return [
        candidate
        for i, candidate in enumerate(path)
        if not _is_sign(candidate, path[max(0, i - BESIDE) : i] + path[i + 1 : i + 1 + BESIDE])
    ]


def _is_sign(candidate: Candidate, beside: list[Candidate]) -> bool:
    if candidate.digit != 1:
        return False
    others = [other.box for other in beside if other.digit != 1]
    if len(others) < ENOUGH:
        return False
    top = float(np.median([y for _, y, _, _ in others]))
    bottom = float(np.median([y + height for _, y, _, height in others]))
    size = float(np.median([height for *_, height in others]))
    _, y, _, height = candidate.box
    return min(top - y, y + height - bottom) > OUT * size
