"""What may be a digit: a run of pieces, and what the networks say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import FIRST_PAIR, NO_DIGIT
from digitnet.reading.rows.transcribe import Transcript

Box = tuple[int, int, int, int]
Way = Literal["digit", "pair", "transcript"]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A run of pieces that may be one digit, or two.

    Attributes:
        first: its first piece.
        last: the piece after its last.
        box: x, y, width, height on the ink map.
        scores: float32 (111,), the classifier's probabilities, see `digitnet.classes`.
        glyph: uint8 (28, 28), what the classifier saw.
        transcript: what the network that reads strips makes of it, where it was asked.
        way: whether it is read as one digit, as a pair, or as its transcript.
    """

    first: int
    last: int
    box: Box
    scores: NDArray[np.float32]
    glyph: NDArray[np.uint8]
    transcript: Transcript | None = None
    way: Way = "digit"

    @property
    def digit(self) -> int:
        """The likeliest digit, if it is one."""
        return int(self.scores[:NO_DIGIT].argmax())

    @cached_property
    def one(self) -> float:
        """How likely it is the likeliest digit."""
        return float(self.scores[:NO_DIGIT].max())

    @cached_property
    def two(self) -> float:
        """How likely it is the likeliest pair of digits."""
        return float(self.scores[FIRST_PAIR:].max())

    @property
    def none(self) -> float:
        """How likely it is no digit."""
        return float(self.scores[NO_DIGIT])


def left_out(row: Sequence[Candidate], path: list[Candidate]) -> list[Candidate]:
    """The single pieces among the candidates of a line that are no part of what is read."""
    read = {piece for digit in path for piece in range(digit.first, digit.last)}
    return [c for c in row if c.last == c.first + 1 and c.first not in read]


def is_at_edge(box: Box, shape: tuple[int, ...]) -> bool:
    """Whether a box, with the soft rim of its ink, reaches the edge of an ink map."""
    x, y, width, height = box
    return min(x, y) <= 0 or x + width >= shape[1] or y + height >= shape[0]
