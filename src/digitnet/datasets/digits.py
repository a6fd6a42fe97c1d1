"""Labelled digits as arrays, and the order in which training sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digitnet.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 28
"""Height and width of every image in pixels, as in MNIST."""

CLASSES = 10
"""The digits 0 to 9."""


class Batch(NamedTuple):
    """One step's digits.

    Attributes:
        images: (size, 28, 28) uint8, 0 is paper and 255 is ink.
        labels: (size,) uint8, 0 to 9.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Digits:
    """Images of single digits, and which digit each one is.

    Attributes:
        images: (N, 28, 28) uint8, 0 is paper and 255 is ink.
        labels: (N,) uint8, 0 to 9.

    Raises:
        UsageError: the arrays have other shapes, types or values.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        for array in (self.images, self.labels):
            if array.dtype != np.uint8:
                raise UsageError(
                    "Images and labels must be arrays of uint8, and one has {dtype}: convert it.",
                    dtype=array.dtype,
                )
        if self.images.shape != (*self.labels.shape, SIDE, SIDE) or self.labels.ndim != 1:
            raise UsageError(
                "Images must be (N, 28, 28) and labels (N,), but here they are {images} and "
                "{labels}: reshape them.",
                images=self.images.shape,
                labels=self.labels.shape,
            )
        if np.any(self.labels >= CLASSES):
            raise UsageError(
                "A label must be a digit from 0 to 9, and {label} is none: correct the labels.",
                label=int(self.labels.max()),
            )

    def __len__(self) -> int:
        return len(self.labels)

    def one_hot(self) -> NDArray[np.float32]:
        """Return the labels as (N, 10) float32: 1 in the column of the digit, 0 elsewhere."""
        return np.eye(CLASSES, dtype=np.float32)[self.labels]

    def counts(self) -> NDArray[np.int64]:
        """Return how many there are of each digit: (10,) int64."""
        return np.bincount(self.labels, minlength=CLASSES).astype(np.int64)

    def batches(self, size: int, seed: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches without end, in the order of `batch_indices`.

        Args:
            size: digits in a batch.
            seed: the same seed gives the same batches.
            start: how many batches to leave out at the beginning, as a resumed run does.

        Raises:
            UsageError: ``size``, ``seed`` or ``start`` is out of range.
        """
        order = batch_indices(len(self), size, seed, start)
        return (Batch(self.images[indices], self.labels[indices]) for indices in order)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Digits to learn from, to choose by, and to be judged by.

    Attributes:
        name: what people call it, such as ``"mnist"`` or the name of the file or folder.
        train: digits to learn from.
        validation: digits to make choices by.
        test: digits to measure with, once everything is chosen.
        sha256: a checksum for each source file (or for the decoded arrays of a folder of
            images): what a run records, so that it can be repeated on the same digits.
        source: an argument for `load_dataset` that loads it again: a path or a name.
    """

    name: str
    train: Digits
    validation: Digits
    test: Digits
    sha256: dict[str, str]
    source: str


def batch_indices(count: int, size: int, seed: int, start: int = 0) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of each batch's digits, without end.

    Every epoch has an order of its own, drawn from the seed and the epoch's number alone, so that
    any batch can be found without producing those before it. A batch that crosses the end of an
    epoch takes what is left of it and the beginning of the next, as ``next_batch`` did in
    TensorFlow's MNIST tutorials.

    Args:
        count: how many digits there are.
        size: how many a batch has; at most ``count``.
        seed: zero or greater; the same seed gives the same order.
        start: how many batches to leave out at the beginning.

    Yields:
        (size,) int64, each from 0 to ``count`` - 1.

    Raises:
        UsageError: ``size``, ``seed`` or ``start`` is out of range.
    """
    check_batches(count, size, seed, start)
    return _batch_indices(count, size, seed, start)


def check_batches(count: int, size: int, seed: int, start: int) -> None:
    """Check the arguments of `batch_indices`.

    Raises:
        UsageError: ``size``, ``seed`` or ``start`` is out of range.
    """
    if not 1 <= size <= count:
        raise UsageError(
            "A batch of {size} cannot be taken from {count} digits: choose a size from 1 to "
            "{count}.",
            size=size,
            count=count,
        )
    if seed < 0 or start < 0:
        raise UsageError(
            "The seed ({seed}) and the first batch ({start}) must be zero or greater.",
            seed=seed,
            start=start,
        )


def _batch_indices(count: int, size: int, seed: int, start: int) -> Iterator[NDArray[np.int64]]:
    # Apart from batch_indices, so that a wrong argument is reported at the call.
    epoch, position = divmod(start * size, count)
    order = _epoch_order(count, seed, epoch)
    while True:
        batch = order[position : position + size]
        position += size
        if position > count:
            epoch, position = epoch + 1, position - count
            order = _epoch_order(count, seed, epoch)
            batch = np.concatenate([batch, order[:position]])
        yield batch


def _epoch_order(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, epoch]).permutation(count)
