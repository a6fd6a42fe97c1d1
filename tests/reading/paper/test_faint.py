"""Pages on which all ink is faint."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._scoring import digits_wrong
from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.paper.faint import with_strong_ink

Gray = NDArray[np.uint8]


def faded(gray: Gray, contrast: float, paper: float, grain: float) -> Gray:
    """A page whose strongest ink is so little darker than its paper."""
    ink = np.clip((np.median(gray) - gray.astype(np.float64)) / 200, 0, 1)
    noise = np.random.default_rng(0).normal(0, grain, gray.shape)
    return np.clip(paper * (1 - contrast * ink) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("contrast", "paper", "grain"),
    [(0.06, 254.0, 0.5), (0.05, 200.0, 1.5), (0.08, 150.0, 1.5)],  # overexposed, pencil, dim
)
def test_faint_ink_is_read(
    reader: Reader, validation: Digits, contrast: float, paper: float, grain: float
) -> None:
    page = compose(validation, "clean", 5)
    image = faded(np.asarray(page.image, np.uint8).mean(axis=2), contrast, paper, grain)
    read = reader.read(image).text
    assert digits_wrong(page.lines, read) <= 0.1 * sum(map(len, page.lines))


@pytest.mark.parametrize("seed", [3009, 3020])
def test_all_of_a_faint_page_is_more_than_as_many_pieces_of_it(
    reader: Reader, validation: Digits, seed: int
) -> None:
    page = compose(validation, "clean", seed)
    image = faded(np.asarray(page.image, np.uint8).mean(axis=2), 0.1, 150.0, 3.0)
    assert digits_wrong(page.lines, reader.read(image).text) == 0


def test_grain_is_no_ink(reader: Reader) -> None:
    grain = np.random.default_rng(1).normal(0, 3, (700, 900))
    blank = np.clip(np.linspace(220, 150, 900)[None] + grain, 0, 255).astype(np.uint8)
    assert with_strong_ink(blank) is None
    assert reader.read(blank).text == ""


def test_strong_ink_is_left_alone(validation: Digits) -> None:
    page = compose(validation, "clean", 5)
    assert with_strong_ink(np.asarray(page.image, np.uint8).mean(axis=2).astype(np.uint8)) is None


def test_an_even_page_has_no_ink() -> None:
    assert with_strong_ink(np.full((200, 300), 128, np.uint8)) is None
