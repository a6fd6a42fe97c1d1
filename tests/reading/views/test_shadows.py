"""Shadows across what a coloured pen wrote, and a second pen, which is none."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import compose_single
from digitnet.reading import Reader
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.views.read import NO_MARKS, Read
from digitnet.reading.views.shadows import FEW, are_shadows
from tests.reading.lines import line


def read(*paths: list[Candidate]) -> Read:
    return Read(list(paths), 1.0, 1.0, NO_MARKS)


FOUR = line("4")
ACROSS, BESIDE = line("0", at0=(5, 95, 20, 30)), line("0", at0=(12, 100, 14, 20))


def test_what_has_no_colour_and_lies_across_what_has_is_shadow() -> None:
    assert are_shadows(read(FOUR, ACROSS), read(FOUR))


def test_what_has_no_colour_and_stands_beside_it_may_be_a_second_pen() -> None:
    assert not are_shadows(read(FOUR, BESIDE), read(FOUR))


def test_a_shadow_makes_more_of_a_few_digits() -> None:
    assert not are_shadows(read(ACROSS), read(FOUR))
    assert not are_shadows(read(FOUR, *[ACROSS] * FEW), read(FOUR))
    assert not are_shadows(read(FOUR, ACROSS), read())


@pytest.mark.parametrize("seed", [4002270, 4002366, 4002233, 4002283, 4002339, 4002441])
def test_a_close_up_with_a_shadow_that_looks_like_a_digit(
    reader: Reader, validation: Digits, seed: int
) -> None:
    page = compose_single(validation, "shaded", seed)
    assert reader.read(page.image).text == page.text


def test_a_black_digit_beside_a_red_one_is_read(reader: Reader, validation: Digits) -> None:
    wrong = []
    for k in range(0, 40, 2):
        picture = np.full((200, 300, 3), 235, np.uint8)
        for i, pen in enumerate(([60, 60, 60], [200, 40, 40])):
            ink = np.kron(validation.images[k + i], np.ones((4, 4), np.uint8))[..., None] / 255
            window = picture[40:152, 30 + 125 * i : 142 + 125 * i]
            window[:] = window * (1 - ink) + np.array(pen) * ink
        text = "".join(map(str, validation.labels[k : k + 2]))
        if (was := reader.read(picture).text) != text:
            wrong.append((text, was))
    assert not wrong
