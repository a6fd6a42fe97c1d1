"""What was read as several digits at once, digit by digit."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import CLASSES, FIRST_PAIR, NO_DIGIT
from digitnet.glyph import place
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.transcribe import Transcript
from digitnet.reading.segment import PieceLine, union


def one_by_one(
    line: PieceLine, path: list[Candidate], candidates: list[Candidate]
) -> list[Candidate]:
    """Replace what is read as several digits by these."""
    found = {(candidate.first, candidate.last): candidate for candidate in candidates}
    digits = []
    for candidate in path:
        if candidate.way == "pair":
            digits += _halves(line, candidate, found)
        elif candidate.way == "transcript" and candidate.transcript:
            digits += _spread(line, candidate, candidate.transcript)
        else:
            digits.append(candidate)
    return digits


def _spread(line: PieceLine, candidate: Candidate, transcript: Transcript) -> list[Candidate]:
    """The digits of a transcript, each with the ink that lies nearest to where it was named."""
    (x, y, width, height), ink = union(line.pieces[candidate.first : candidate.last])
    middles = x + width * np.array(transcript.middles)
    bounds = [x, *np.rint((middles[:-1] + middles[1:]) / 2).astype(int).tolist(), x + width]
    digits = []
    for (left, right), row in zip(pairwise(bounds), transcript.scores, strict=True):
        part = ink[:, left - x : max(right - x, left - x + 1)]
        rows = np.flatnonzero(part.max(axis=1) > 64)
        top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, height)
        box = (left, y + top, part.shape[1], bottom - top)
        digits.append(replace(candidate, box=box, scores=_digit_scores(row), glyph=place(part)))
    return digits


def _halves(
    line: PieceLine, candidate: Candidate, found: dict[tuple[int, int], Candidate]
) -> list[Candidate]:
    """The two digits of a pair, divided where the parts look most like them."""
    pairs = candidate.scores[FIRST_PAIR:].reshape(10, 10)
    scores = [_digit_scores(pairs.sum(axis=1)), _digit_scores(pairs.sum(axis=0))]
    first, second = divmod(int(pairs.argmax()), 10)
    parts = [
        (found[candidate.first, k], found[k, candidate.last])
        for k in range(candidate.first + 1, candidate.last)
        if (candidate.first, k) in found and (k, candidate.last) in found
    ]
    if parts:
        halves = max(parts, key=lambda two: float(two[0].scores[first] * two[1].scores[second]))
        return [replace(half, scores=own) for half, own in zip(halves, scores, strict=True)]
    (x, y, width, height), ink = union(line.pieces[candidate.first : candidate.last])
    middle = max(1, width // 2)
    boxes = (x, y, middle, height), (x + middle, y, width - middle, height)
    inks = ink[:, :middle], ink[:, middle:]
    return [
        replace(candidate, box=box, scores=own, glyph=place(half))
        for box, half, own in zip(boxes, inks, scores, strict=True)
    ]


def _digit_scores(digits: NDArray[np.float32]) -> NDArray[np.float32]:
    scores = np.zeros(CLASSES, np.float32)
    scores[:NO_DIGIT] = digits
    scores[NO_DIGIT] = max(0.0, 1 - float(digits.sum()))
    return scores
