"""What feeds the loop: batches of digits on the device, wherever the digits lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from digitnet.datasets import Digits, DigitStream, batch_indices
from digitnet.errors import UsageError
from digitnet.training.recipe import Recipe

MOST_VARIED = 1_000_000  # Digits of a stream that are loaded to make variations of them: 0.8 GB.


class Feed(Protocol):
    """Digits to learn from."""

    def batches(
        self, size: int, seed: int, start: int, own: slice
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield batches without end; which digits the n-th has follows from the seed and n alone.

        Args:
            size: digits in a batch, of all processes together.
            seed: zero or greater.
            start: how many batches to leave out at the beginning, as a resumed run does.
            own: this process's part of every batch; what is outside it may be left blank.

        Yields:
            Images (size, 28, 28) uint8 and labels (size,) int64, on the device.

        Raises:
            DigitnetError: a batch is larger than all there is, or a digit cannot be read.
        """


class ArrayFeed:
    """Digits that all lie on the device.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) uint8.
        device: where the network is.
    """

    def __init__(
        self, images: NDArray[np.uint8], labels: NDArray[np.uint8], device: torch.device
    ) -> None:
        self._images = torch.from_numpy(images).to(device)
        self._labels = torch.from_numpy(labels).to(device).long()

    def batches(
        self,
        size: int,
        seed: int,
        start: int,
        own: slice,  # noqa: ARG002 (where all digits are at hand, the whole batch costs nothing)
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """See `Feed.batches`."""
        for batch in batch_indices(len(self._images), size, seed, start):
            indices = _sent(batch, self._images.device)
            # Fifteen times as fast as indexing, which asks each index whether it is negative.
            yield self._images.index_select(0, indices), self._labels.index_select(0, indices)


class StreamFeed:
    """Digits that are read from files while training learns from those before them.

    Args:
        stream: the digits.
        device: where the network is.
    """

    def __init__(self, stream: DigitStream, device: torch.device) -> None:
        self._stream = stream
        self._device = device

    def batches(
        self, size: int, seed: int, start: int, own: slice
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """See `Feed.batches`."""
        for images, labels in self._stream.batches(size, seed, start, own):
            yield _sent(images, self._device), _sent(labels, self._device).long()


def check_feed(train: Digits | DigitStream, recipe: Recipe) -> None:
    """Check that there are digits enough for a recipe, and not too many.

    Raises:
        UsageError: they are fewer than a batch takes; or the recipe makes examples of them, and
            they are too many to be held in memory for that.
    """
    if recipe.variations or recipe.strips:
        if isinstance(train, DigitStream) and len(train) > MOST_VARIED:
            raise UsageError(
                "Recipe {recipe} makes its examples from digits in memory, {most:,} at the most, "
                "and here are {count:,}: choose another recipe, or give it some of them.",
                recipe=recipe.name,
                most=MOST_VARIED,
                count=len(train),
            )
    elif len(train) < recipe.batch_size:
        raise UsageError(
            "Recipe {recipe} needs at least {size} digits to learn from, and here are {count}: "
            "add some, or choose another recipe.",
            recipe=recipe.name,
            size=recipe.batch_size,
            count=len(train),
        )


def make_feed(train: Digits | DigitStream, recipe: Recipe, seed: int, device: torch.device) -> Feed:
    """Return what feeds a recipe: the digits themselves, or the examples that it makes of them.

    Raises:
        UsageError: as `check_feed`.
    """
    check_feed(train, recipe)
    if recipe.variations or recipe.strips:
        # Loaded for these recipes alone: it composes pages and reads them, with all that takes.
        from digitnet.training.variations import make_examples, make_strips

        digits = train if isinstance(train, Digits) else train.load()
        pool = (
            make_strips(digits, recipe.strips, recipe.harvest, seed)
            if recipe.strips
            else make_examples(digits, recipe.variations, recipe.harvest, seed)
        )
        return ArrayFeed(pool.glyphs, pool.labels, device)
    if isinstance(train, DigitStream):
        return StreamFeed(train, device)
    return ArrayFeed(train.images, train.labels, device)


def watch(digits: Digits, recipe: Recipe, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the images and labels that a run's evaluations look at."""
    count = recipe.evaluate_images
    if recipe.strips:
        from digitnet.training.variations import make_strips

        pool = make_strips(digits, count - count // 4, count // 4, seed)
        return pool.glyphs, pool.labels
    return digits.images[:count], digits.labels[:count]


def _sent(array: NDArray[Any], device: torch.device) -> Tensor:
    """Return an array as a tensor on the device, without waiting for what that still has to do."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor
