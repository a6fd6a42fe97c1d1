"""Strokes that stand out of a line of digits."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.classes import CLASSES
from digitnet.reading.path import Box, Candidate
from digitnet.reading.signs import without_signs


def line(text: str, **odd: Box) -> list[Candidate]:
    """Digits 20 high and 20 apart; ``at2`` is the box of the third."""
    path = []
    for i, digit in enumerate(text):
        box = odd.get(f"at{i}", (20 * i, 100, 14, 20))
        scores = np.eye(CLASSES, dtype=np.float32)[int(digit)]
        path.append(Candidate(i, i + 1, box, scores, np.zeros((28, 28), np.uint8)))
    return path


def text_of(path: list[Candidate]) -> str:
    return "".join(str(int(candidate.scores.argmax())) for candidate in path)


@pytest.mark.parametrize(("top", "height"), [(94, 32), (80, 60), (95, 30)])
def test_a_stroke_that_stands_out_above_and_below_is_a_sign(top: int, height: int) -> None:
    assert text_of(without_signs(line("24107", at2=(40, top, 14, height)))) == "2407"


@pytest.mark.parametrize(("top", "height"), [(100, 20), (97, 26), (70, 50), (100, 60), (98, 23)])
def test_a_1_that_is_tall_or_low_or_out_of_line_is_one(top: int, height: int) -> None:
    assert text_of(without_signs(line("24107", at2=(40, top, 14, height)))) == "24107"


def test_only_strokes_are_signs() -> None:
    assert text_of(without_signs(line("24807", at2=(40, 80, 14, 60)))) == "24807"


def test_among_strokes_nothing_stands_out() -> None:
    assert text_of(without_signs(line("11111", at2=(40, 80, 4, 60)))) == "11111"
    assert text_of(without_signs(line("21", at1=(20, 80, 4, 60)))) == "21"


def test_the_first_may_be_a_bracket() -> None:
    assert text_of(without_signs(line("1243", at0=(0, 90, 6, 40)))) == "243"
