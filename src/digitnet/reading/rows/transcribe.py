"""From a strip's columns to the digits that stand on it.

The network says for each column of a strip which digit it belongs to, or none; a transcript stands
for all the ways in which its digits can be spread over the columns (Graves et al., *Connectionist
temporal classification*, ICML 2006).
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import BLANK
from digitnet.reading.arrays import Floats
from digitnet.reading.classify import (
    open_model,
    read_temperature,
    shipped_model,
    softmax,
    usual_threads,
)
from digitnet.strip import WIDTH

DIGITS = 10
BATCH = 8  # strips at once: their feature maps stay in the cache


class Transcriber:
    """The network that reads strips, `strips.onnx`.

    Args:
        threads: as for `Classifier`.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._path = shipped_model("strips.onnx")
        self._session = open_model(self._path)
        self._temperature = read_temperature(self._session, self._path)
        self._helpers = ThreadPoolExecutor(threads or usual_threads())

    def columns(self, strips: NDArray[np.uint8]) -> Floats:
        """Return what every column of some strips says.

        Args:
            strips: (N, 28, 112) as `digitnet.strip.place_strip` gives them.

        Returns:
            (N, 56, 11) the probabilities of the digits 0 to 9 and of `BLANK`.
        """
        batches = [strips[start : start + BATCH, None] for start in range(0, len(strips), BATCH)]
        logits = np.concatenate(list(self._helpers.map(self._logits, batches)))
        return softmax(np.asarray(logits / self._temperature, np.float32))

    def _logits(self, images: NDArray[np.uint8]) -> Floats:
        return np.asarray(self._session.run(None, {"images": images})[0], np.float32)


@dataclass(frozen=True, eq=False)
class Transcript:
    """The digits on a strip.

    Attributes:
        digits: from left to right, 0 to 9.
        probability: that it is these and no others.
        middles: where each digit was named, from 0 at the left edge of the ink to 1 at the right.
        scores: (digits, 10) how likely each is which digit. What is missing to 1 is the doubt
            whether there is one digit at all.
    """

    digits: tuple[int, ...]
    probability: float
    middles: tuple[float, ...]
    scores: Floats


def transcribe(columns: Floats, ink_width: int = WIDTH) -> Transcript:
    """Return the transcript of the likeliest way through the columns of one strip.

    Args:
        columns: (columns, 11) the probabilities of the digits 0 to 9 and of `BLANK`.
        ink_width: of the strip's 112 pixels, how many in the middle the ink takes.
    """
    return transcribe_all(columns[None], [ink_width])[0]


def transcribe_all(columns: Floats, ink_widths: list[int]) -> list[Transcript]:
    """Return for some strips what `transcribe` returns for one.

    Args:
        columns: (N, columns, 11).
        ink_widths: N.
    """
    spelled = [_spelled(best) for best in columns.argmax(axis=2)]
    by_length: dict[int, list[int]] = {}
    for number, (digits, _) in enumerate(spelled):
        by_length.setdefault(len(digits), []).append(number)
    likely: dict[int, Floats] = {}
    for length, numbers in by_length.items():
        themselves = np.array([spelled[number][0] for number in numbers], np.intp)
        # Every transcript with one digit changed, and last the transcript itself.
        others = np.tile(themselves[:, None], (1, length * DIGITS + 1, 1))
        for place in range(length):
            others[:, place * DIGITS : (place + 1) * DIGITS, place] = np.arange(DIGITS)
        likely |= zip(numbers, probabilities(columns[numbers], others), strict=True)
    return [
        _transcript(*each, likely[number], columns.shape[1], width)
        for number, (each, width) in enumerate(zip(spelled, ink_widths, strict=True))
    ]


def _transcript(
    digits: tuple[int, ...], named: tuple[float, ...], likely: Floats, columns: int, ink_width: int
) -> Transcript:
    """The transcript of digits that some of so many columns name."""
    across = (np.array(named) + 0.5) * WIDTH / columns - (WIDTH - ink_width) / 2
    middles = tuple(np.clip(across / ink_width, 0, 1).tolist())
    count = len(digits)
    whole, changed = float(likely[-1]), likely[:-1].reshape(count, DIGITS)
    if count == 0 or whole == 0:
        return Transcript((), whole, (), np.zeros((0, DIGITS), np.float32))
    # So many digits are there as far as no other number of them is likelier: each takes its share.
    same_length = min(1.0, whole + float((changed.sum(axis=1) - whole).sum()))
    each = changed / changed.sum(axis=1, keepdims=True)
    return Transcript(digits, whole, middles, each * np.float32(same_length ** (1 / count)))


def _spelled(best: NDArray[np.intp]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The digits that a way through the columns spells, and where each stands."""
    digits, middles, start = [], [], 0
    for symbol, run in groupby(best.tolist()):
        length = len(list(run))
        if symbol != BLANK:
            digits.append(int(symbol))
            middles.append(start + (length - 1) / 2)
        start += length
    return tuple(digits), tuple(middles)


def likeliest_near(columns: Floats, digit: int, span: tuple[float, float], width: int) -> float:
    """Return the largest probability of a digit in the columns where it would be named.

    Args:
        columns: (columns, 11), of one strip.
        digit: 0 to 9.
        span: its left and right edge, from 0 at the left edge of the ink to 1 at the right.
        width: of the ink, as for `transcribe`.
    """
    per_pixel = len(columns) / WIDTH
    left, right = (((WIDTH - width) / 2 + edge * width) * per_pixel for edge in span)
    near = columns[max(0, math.floor(left) - 1) : math.ceil(right) + 2, digit]
    return float(near.max(initial=0))


def ink_width(strip: NDArray[np.uint8]) -> int:
    """Return how many of a strip's columns the ink takes, 1 at least."""
    inked = np.flatnonzero(strip.max(axis=0))
    return int(np.ptp(inked)) + 1 if len(inked) else 1


def probabilities(columns: Floats, transcripts: NDArray[np.intp]) -> Floats:
    """Return the probability of each of some transcripts of one length, for every strip its own.

    Args:
        columns: (N, columns, 11), as for `transcribe_all`.
        transcripts: (N, transcripts, digits).

    Returns:
        (N, transcripts), 0 to 1.
    """
    strips, count, length = transcripts.shape
    # Digits with a blank before, between and after: the forward variables of the paper.
    symbols = np.full((strips, count, 2 * length + 1), BLANK, np.intp)
    symbols[..., 1::2] = transcripts
    # A blank may be left out between two digits that differ.
    leaps = np.zeros(symbols.shape, bool)
    leaps[..., 3::2] = transcripts[..., 1:] != transcripts[..., :-1]
    # Of each column in turn, all strips side by side: where a symbol's probability stands there.
    first, *rest = columns.swapaxes(0, 1).reshape(columns.shape[1], -1)
    place = symbols + columns.shape[2] * np.arange(strips)[:, None, None]
    forward = np.zeros(symbols.shape, np.float64)
    forward[..., :2] = first[place[..., :2]]
    for column in rest:
        arrived = forward.copy()
        arrived[..., 1:] += forward[..., :-1]
        arrived[..., 2:] += np.where(leaps[..., 2:], forward[..., :-2], 0)
        forward = arrived * column[place]
    return np.asarray(forward[..., -2:].sum(axis=-1), np.float32)
