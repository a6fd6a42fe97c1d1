from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from digitnet.classes import BLANK
from digitnet.datasets import load_mnist
from digitnet.reading.rows.transcribe import (
    Transcriber,
    ink_width,
    likeliest_near,
    probabilities,
    transcribe,
)
from digitnet.strip import WIDTH, place_strip

Floats = NDArray[np.float32]


def certain(path: str) -> Floats:
    """Columns that are next to sure of what the path says, a dash for blank."""
    columns = np.full((len(path), BLANK + 1), 0.001, np.float32)
    for column, symbol in zip(columns, path, strict=True):
        column[BLANK if symbol == "-" else int(symbol)] = 0.99
    return columns


def spell(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(
        s for k, s in enumerate(path) if s != BLANK and (k == 0 or path[k - 1] != s)
    )  # fmt: skip


@given(
    hnp.arrays(np.float32, (4, BLANK + 1), elements=st.floats(0.0625, 1, width=32)),
    st.lists(st.integers(0, 2), max_size=3),
)
def test_a_transcript_is_as_likely_as_all_its_paths_together(
    raw: Floats, transcript: list[int]
) -> None:
    columns = raw / raw.sum(axis=1, keepdims=True)
    # Only the symbols that occur can be on a path of this transcript.
    symbols = (*sorted(set(transcript)), BLANK)
    expected = sum(
        float(np.prod([columns[k, s] for k, s in enumerate(path)]))
        for path in product(symbols, repeat=4)
        if spell(path) == tuple(transcript)
    )
    ((given_,),) = probabilities(columns[None], np.array([[transcript]], np.intp))
    assert given_ == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("path", "digits"),
    [("-77--1-", (7, 1)), ("11-11", (1, 1)), ("-----", ()), ("3-", (3,)), ("0123", (0, 1, 2, 3))],
)
def test_it_reads_what_the_columns_say(path: str, digits: tuple[int, ...]) -> None:
    transcript = transcribe(certain(path))
    assert transcript.digits == digits
    assert transcript.probability > 0.9
    assert transcript.scores.shape == (len(digits), 10)
    assert transcript.scores.argmax(axis=1).tolist() == list(digits)


def test_digits_stand_where_they_were_named() -> None:
    transcript = transcribe(certain("-5-" + 7 * "-" + "22"))
    first, second = transcript.middles
    assert first == pytest.approx(1.5 / 12)
    assert second == pytest.approx(11 / 12)
    # Of a strip half of which the ink fills, the outer quarters are paper.
    narrow = transcribe(certain("-5-" + 7 * "-" + "22"), ink_width=WIDTH // 2)
    assert narrow.middles == (0, 1)


def test_doubt_between_two_digits_leaves_the_others_sure() -> None:
    columns = certain("-4-7-")
    columns[3, 7], columns[3, 1] = 0.6, 0.39
    transcript = transcribe(columns)
    sure, doubtful = transcript.scores
    assert sure[4] > 0.9
    assert 0.5 < doubtful[7] < 0.65
    assert 0.3 < doubtful[1] < 0.45


def test_doubt_how_many_there_are_is_shared_by_all() -> None:
    columns = certain("-4-7-")
    columns[3, 7], columns[3, BLANK] = 0.6, 0.39
    transcript = transcribe(columns)
    assert transcript.digits == (4, 7)
    assert (transcript.scores.max(axis=1) < 0.85).all()


def test_the_network_that_ships_reads_digits_that_touch() -> None:
    validation = load_mnist().validation
    tight = [image[:, image.any(axis=0)] for image in validation.images[:150]]
    rows = [np.hstack(tight[k : k + 3]) for k in range(0, 150, 3)]
    columns = Transcriber().columns(np.stack([place_strip(row) for row in rows]))
    assert columns.shape == (50, 56, 11)
    assert columns.sum(axis=2) == pytest.approx(1, abs=1e-4)
    read = [transcribe(one).digits for one in columns]
    written = [tuple(validation.labels[k : k + 3].tolist()) for k in range(0, 150, 3)]
    assert sum(a == b for a, b in zip(read, written, strict=True)) >= 42


def test_a_digit_is_looked_for_where_it_would_be_named() -> None:
    columns = certain("-" * 10 + "1" + "-" * 25 + "7" + "-" * 19)
    # Ink of 80 pixels in the middle of the strip: columns 8 to 48 of 56.
    assert likeliest_near(columns, 1, (0.0, 0.1), 80) == pytest.approx(0.99)
    assert likeliest_near(columns, 1, (0.5, 1.0), 80) < 0.01
    assert likeliest_near(columns, 7, (0.6, 0.8), 80) == pytest.approx(0.99)
    assert likeliest_near(columns, 7, (0.9, 1.0), 80) < 0.01


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, WIDTH))
def test_wherever_a_digit_would_be_named_there_are_columns(
    left: float, right: float, width: int
) -> None:
    columns = np.full((WIDTH // 2, BLANK + 1), 0.5, np.float32)
    assert likeliest_near(columns, 3, (min(left, right), max(left, right)), width) == 0.5


def test_the_width_of_ink_on_a_strip() -> None:
    strip = np.zeros((28, WIDTH), np.uint8)
    assert ink_width(strip) == 1
    strip[5, 20] = strip[9, 50] = 255
    assert ink_width(strip) == 31
