"""Strokes in shreds."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._scoring import edit_distance
from digitnet.datasets import Digits
from digitnet.reading import Reader
from digitnet.reading.ink.broken import joined_inks
from digitnet.reading.page import find_ink

Mask = NDArray[np.uint8]

SIZE, COLUMNS, ROWS = 180, 6, 3


def written(digits: Digits) -> tuple[str, Mask]:
    """Digits in rows, as ink 0 to 255, and what they are."""
    count = COLUMNS * ROWS
    large = [
        cv2.resize(digit, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
        for digit in np.asarray(digits.images[:count], np.uint8)
    ]
    rows = [np.hstack(large[i : i + COLUMNS]) for i in range(0, count, COLUMNS)]
    ink = cv2.copyMakeBorder(np.vstack(rows), 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=0)
    return "".join(map(str, digits.labels[:count])), np.asarray(ink, np.uint8)


def dry(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """How much a felt tip leaves where it runs dry: streaks along its way."""
    streaks = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, shape), (0, 0), 6, sigmaY=1.0)
    return np.asarray(np.clip(0.6 - 0.6 * streaks / streaks.std(), 0, 1))


def photo(ink: NDArray[np.float64] | Mask) -> Mask:
    grain = np.random.default_rng(4).normal(0, 2, ink.shape)
    return np.clip(210 - 0.7 * ink + grain, 0, 255).astype(np.uint8)


def test_dry_strokes_are_read(reader: Reader, validation: Digits) -> None:
    text, ink = written(validation)
    read = reader.read(photo(ink * dry(ink.shape))).text.replace("\n", "")
    assert edit_distance(text, read) <= 2


@pytest.mark.parametrize("gap", [5, 8])
def test_gaps_in_strokes_are_closed(gap: int) -> None:
    ink = np.zeros((300, 500), np.uint8)
    for x in range(30, 460, 80):
        cv2.rectangle(ink, (x, 60), (x + 50, 240), 255, 7)
        for y in range(70, 240, 20):
            ink[y : y + gap] = 0
    found = next(find_ink(photo(ink)))
    torn = replace(found, mask=ink, strength=ink)
    joined = [cv2.connectedComponents(each.mask)[0] - 1 for each in joined_inks(torn)]
    assert joined
    assert joined[-1] == 6


def test_whole_strokes_are_left_alone(validation: Digits) -> None:
    _, ink = written(validation)
    assert list(joined_inks(next(find_ink(photo(ink))))) == []


def test_specks_are_no_shreds(validation: Digits) -> None:
    _, ink = written(validation)
    specks = np.zeros_like(ink)
    specks[20::40, 20::40] = 255
    found = replace(next(find_ink(photo(ink))), mask=specks, strength=specks)
    assert list(joined_inks(found)) == []
