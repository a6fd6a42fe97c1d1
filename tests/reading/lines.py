"""Lines of digits, as the tests of signs and slashes need them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.classes import CLASSES
from digitnet.glyph import place
from digitnet.reading.rows.candidate import Box, Candidate

Glyph = NDArray[np.uint8]
Point = tuple[int, int]


def drawn(*strokes: tuple[Point, Point], width: int = 5) -> Glyph:
    ink = np.zeros((100, 100), np.uint8)
    for start, end in strokes:
        cv2.line(ink, start, end, 255, width, cv2.LINE_AA)
    return place(ink)


def line(text: str, leaning: float = 0.0, **odd: Box) -> list[Candidate]:
    """Digits 20 high and 20 apart; ``at2`` is the box of the third, and ``leaning`` how it does."""
    path = []
    for i, digit in enumerate(text):
        box = odd.get(f"at{i}", (20 * i, 100, 14, 20))
        lean = round(40 * leaning) if f"at{i}" in odd else 0
        glyph = drawn(((50 + lean // 2, 30), (50 - lean // 2, 70)))
        scores = np.eye(CLASSES, dtype=np.float32)[int(digit)]
        path.append(Candidate(i, i + 1, box, scores, glyph))
    return path


def text_of(path: list[Candidate]) -> str:
    return "".join(str(candidate.digit) for candidate in path)
