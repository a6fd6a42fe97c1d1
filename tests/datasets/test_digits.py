from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitnet.datasets import Digits, batch_indices
from digitnet.errors import UsageError


def some_digits(labels: list[int]) -> Digits:
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(len(labels))
    return Digits(images, np.array(labels, np.uint8))


def test_one_hot_has_a_one_in_the_column_of_the_digit() -> None:
    one_hot = some_digits([3, 0]).one_hot()
    assert one_hot.dtype == np.float32
    assert one_hot.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]


def test_counts_have_a_place_for_every_digit() -> None:
    digits = some_digits([3, 3, 9])
    assert digits.counts().tolist() == [0, 0, 0, 2, 0, 0, 0, 0, 0, 1]
    assert digits.counts().dtype == np.int64
    assert len(digits) == 3


def test_a_batch_has_images_beside_their_labels() -> None:
    digits = some_digits([5, 6, 7, 8])
    batch = next(digits.batches(3, seed=0))
    assert batch.images.shape == (3, 28, 28)
    # The first pixel holds the place of the image, and the label follows from it.
    assert (batch.images[:, 0, 0] + 5).tolist() == batch.labels.tolist()


def test_a_batch_across_the_end_of_an_epoch_has_digits_of_both() -> None:
    first, second, third, fourth = islice(batch_indices(5, 4, seed=0), 4)
    stream = np.concatenate([first, second, third, fourth])
    for epoch in range(3):
        assert sorted(stream[5 * epoch : 5 * epoch + 5]) == [0, 1, 2, 3, 4]


def test_every_epoch_has_an_order_of_its_own() -> None:
    first, second = islice(batch_indices(100, 100, seed=0), 2)
    assert first.tolist() != second.tolist()


@given(
    count=st.integers(1, 40),
    part=st.floats(0, 1),
    seed=st.integers(0, 2**32),
    start=st.integers(0, 200),
)
def test_batches_left_out_at_the_start_change_none_of_the_others(
    count: int, part: float, seed: int, start: int
) -> None:
    size = 1 + int(part * (count - 1))
    whole = list(islice(batch_indices(count, size, seed), start + 3))
    later = list(islice(batch_indices(count, size, seed, start), 3))
    assert np.array_equal(whole[start:], later)
    stream = np.concatenate(whole)
    for epoch in range(len(stream) // count):
        assert sorted(stream[epoch * count : (epoch + 1) * count]) == list(range(count))


def test_a_far_batch_is_found_at_once() -> None:
    # Producing the batches before it would take hours.
    assert len(next(batch_indices(60_000, 50, seed=0, start=10**12))) == 50


def test_seeds_differ() -> None:
    a, b = (next(batch_indices(1_000, 100, seed=seed)).tolist() for seed in (0, 1))
    assert a != b


@pytest.mark.parametrize(("size", "seed", "start"), [(0, 0, 0), (6, 0, 0), (5, -1, 0), (5, 0, -1)])
def test_arguments_out_of_range_are_reported_at_the_call(size: int, seed: int, start: int) -> None:
    with pytest.raises(UsageError):
        batch_indices(5, size, seed, start)


@pytest.mark.parametrize(
    ("images", "labels", "sentence"),
    [
        (np.zeros((2, 28, 28), np.float32), np.zeros(2, np.uint8), "float32"),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.int64), "int64"),
        (np.zeros((2, 784), np.uint8), np.zeros(2, np.uint8), r"\(2, 784\)"),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(3, np.uint8), r"\(3,\)"),
        (np.zeros((1, 28, 28), np.uint8), np.full(1, 10, np.uint8), "10 is none"),
    ],
)
def test_arrays_that_are_no_digits_are_refused(
    images: np.ndarray, labels: np.ndarray, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        Digits(images, labels)
