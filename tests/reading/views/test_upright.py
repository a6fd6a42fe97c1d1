"""Pages that lie on their side or upside down."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.views.upright import LEAST_MARKS, quarters_to_upright, turned_back
from tests.reading.readings import result_of


def quarters(marks: NDArray[np.uint8]) -> int:
    """What the networks that ship say of some marks."""
    return result_of(quarters_to_upright(marks), networks=True)


@pytest.mark.parametrize("turn", range(4))
def test_marks_say_how_their_page_lies(validation: Digits, turn: int) -> None:
    marks = np.asarray(validation.images[:20], np.uint8)
    assert quarters(np.rot90(marks, -turn, axes=(1, 2))) == turn


def test_few_marks_say_nothing(validation: Digits) -> None:
    marks = np.asarray(validation.images[: LEAST_MARKS - 1], np.uint8)
    assert quarters(np.rot90(marks, axes=(1, 2))) == 0


@pytest.mark.parametrize("turn", range(4))
def test_a_box_is_turned_back(turn: int) -> None:
    page = np.zeros((40, 90), np.uint8)
    page[10:15, 60:80] = 1
    turned = np.rot90(page, turn)
    rows, columns = (np.flatnonzero(turned.any(axis)) for axis in (1, 0))
    box = (int(columns[0]), int(rows[0]), len(columns), len(rows))
    assert turned_back(box, turn, (turned.shape[0], turned.shape[1])) == (60, 10, 20, 5)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_page_that_lies_wrongly_is_read_as_if_it_did_not(
    reader: Reader, validation: Digits, turn: int
) -> None:
    page = compose(validation, "clean", 5)
    upright = reader.read(page.image)
    turned = reader.read(np.ascontiguousarray(np.rot90(page.image, turn)))
    assert turned.text == upright.text
    height, width = page.image.shape[:2]
    for lying, standing in zip(turned.digits, upright.digits, strict=True):
        box = turned_back(standing.box, 4 - turn, (height, width))
        assert np.abs(np.subtract(box, lying.box)).max() <= 3


def test_ruled_paper_is_not_turned(reader: Reader) -> None:
    page = np.full((900, 1200), 225, np.uint8)
    page[60::55] = page[61::55] = 170
    assert reader.read(page).text == ""
