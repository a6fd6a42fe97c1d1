"""Strokes among digits, drawn as high as these: slashes, tallies, and 1 that look like them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.datasets import load_mnist
from digitnet.pages.signs.hand import Strokes, bow
from digitnet.pages.signs.marks import tally
from digitnet.reading import Reader
from digitnet.reading.segment import Piece, PieceLine
from digitnet.reading.signs.context import groups, likely_ones
from digitnet.training.variations.hand import crop
from tests.reading.lines import line
from tests.reading.marks import ink_of
from tests.reading.readings import result_of

Ink = NDArray[np.uint8]
HEIGHT, GAP = 60, 12


def of_height(ink: Ink) -> Ink:
    """The ink of a digit of MNIST, cropped and as high as the others."""
    tight = crop(ink, 0)
    size = max(1, round(tight.shape[1] * HEIGHT / len(tight))), HEIGHT
    return np.asarray(cv2.resize(tight, size), np.uint8)


def row(inks: list[Ink]) -> Ink:
    """Dark ink on white paper, one beside the other."""
    paper = np.zeros((4 * HEIGHT, 14 * HEIGHT), np.uint8)
    left = HEIGHT
    for ink in inks:
        height, width = ink.shape
        top = 2 * HEIGHT - height // 2
        paper[top : top + height, left : left + width] = ink
        left += width + GAP
    return 255 - paper


def read_with(
    reader: Reader, draw: Callable[[np.random.Generator], Strokes], pages: int
) -> tuple[int, int]:
    """Read pages with a mark between four digits: how often it was left out, or taken for a 1."""
    digits, rng = load_mnist().validation, np.random.default_rng(0)
    others = np.flatnonzero(digits.labels != 1)
    left_out = taken = 0
    for _ in range(pages):
        chosen = rng.choice(others, 4)
        inks = [of_height(digits.images[k]) for k in chosen]
        inks.insert(2, ink_of(draw(rng), HEIGHT, 5))
        text = "".join(str(digits.labels[k]) for k in chosen)
        read = reader.read(row(inks)).text
        left_out += read == text
        taken += read == f"{text[:2]}1{text[2:]}"
    return left_out, taken


def low_slash(rng: np.random.Generator) -> Strokes:
    """A slash that stands out less, below and above, than any of which that alone would tell."""
    half = 0.5 * rng.uniform(0.3, 0.6)
    return [bow(rng, (0.5 + half, -0.1), (0.5 - half, 1.1))]


def one(rng: np.random.Generator) -> Strokes:
    half = 0.5 * rng.uniform(-0.05, 0.15)
    return [bow(rng, (0.5 + half, 0.0), (0.5 - half, 1.0))]


def test_a_slash_that_hardly_stands_out_is_mostly_left_out(reader: Reader) -> None:
    left_out, _ = read_with(reader, low_slash, 50)
    assert left_out >= 44


def test_a_plain_1_among_digits_is_one(reader: Reader) -> None:
    left_out, taken = read_with(reader, one, 50)
    assert left_out == 0
    assert taken >= 46


def test_a_tally_between_digits_is_left_out(reader: Reader) -> None:
    left_out, _ = read_with(reader, tally, 30)
    assert left_out >= 28


def test_digits_stand_in_groups() -> None:
    path = line("24107", at3=(100, 100, 14, 20), at4=(120, 100, 14, 20))
    assert list(groups(path)) == [(0, 3), (3, 5)]
    assert list(groups([])) == []


def test_only_what_is_read_as_a_1_and_has_neighbours_is_asked_about() -> None:
    path = line("217", at2=(200, 100, 14, 20))
    pieces = [Piece(c.box[0], c.box[1], np.full(c.box[:1:-1], 255, np.uint8)) for c in path]
    lines = [PieceLine(pieces, 20.0)]
    asked = next(likely_ones(lines, [path]))
    assert (asked.of, len(asked.images)) == ("strips", 1)
    # Where someone's own network reads alone, nobody reads strips.
    assert result_of(likely_ones(lines, [path]), networks=False) == [{}]
