"""Digits that need not fit into memory: read as training needs them, in an order of each epoch.

The order follows from the seed and the epoch alone, and where a batch lies in it is computed, not
found by reading. The blocks of the set (see `digitnet.datasets.shards`) are shuffled, and the rows
of each; this sequence is cut into windows of about `WINDOW` rows, which is what is held in memory.
Within a window of n batches, batch t takes rows t, n + t, 2n + t, …: some of every block in the
window. So the k-th digits of all its batches are neighbours in the sequence, and a process that
learns from a share of every batch reads no more than its share of the window.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digitnet.datasets.cells import Cells, Row, decode
from digitnet.datasets.digits import SIDE, Batch, Digits, check_batches
from digitnet.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitnet.datasets.shards import Block, Shards

WINDOW = 65_536
"""Rows that are shuffled together, unless a single block has more."""

AHEAD = 16
"""Batches that are read and decoded while training learns from others."""


class _Rows(NamedTuple):
    """Rows in memory.

    Attributes:
        cells: of each.
        blocks: the number of its block.
        places: its number in that block.
    """

    cells: Cells
    blocks: NDArray[np.int64]
    places: NDArray[np.int64]


class DigitStream:
    """Labelled digits in the blocks of Parquet or Arrow files.

    Args:
        shards: what reads a block.
        blocks: the blocks that hold the digits.
        left_out: numbers of rows, counted over all blocks, that are no part of the stream.
    """

    def __init__(
        self, shards: Shards, blocks: tuple[Block, ...], left_out: NDArray[np.int64] | None = None
    ) -> None:
        self._shards = shards
        self._blocks = blocks
        self._left_out = np.sort(np.zeros(0, np.int64) if left_out is None else left_out)
        counts = np.array([block.count for block in blocks], np.int64)
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        self._kept = counts - np.diff(np.searchsorted(self._left_out, self._starts))
        self._window = max(WINDOW, int(counts.max(initial=0)))

    def __len__(self) -> int:
        return int(self._kept.sum())

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self._blocks)

    def batches(
        self, size: int, seed: int, start: int = 0, own: slice | None = None
    ) -> Iterator[Batch]:
        """Yield batches without end, while a thread prepares the next ones.

        Every epoch has an order of its own, drawn from the seed and the epoch's number. What is
        left at its end and fills no batch is left out of that epoch.

        Args:
            size: digits in a batch.
            seed: the same seed gives the same batches.
            start: how many batches to leave out at the beginning, as a resumed run does; they are
                not read.
            own: the part of every batch that is read; the rest of it stays blank (zeros).

        Raises:
            UsageError: ``size``, ``seed`` or ``start`` is out of range.
            DataError: while it yields: a file cannot be read, or a cell does not hold what it must.
        """
        check_batches(len(self), size, seed, start)
        own = slice(0, size) if own is None else own
        return _ahead(self._batches(size, seed, start, own), AHEAD)

    def load(self) -> Digits:
        """Return all digits, in their order, as arrays.

        Raises:
            DataError: a file cannot be read, or a cell does not hold what it must.
        """
        return self.take(np.delete(np.arange(self._starts[-1]), self._left_out))

    def take(self, rows: NDArray[np.int64]) -> Digits:
        """Return digits as arrays, in the order of ``rows``.

        Args:
            rows: their numbers, counted over all blocks, with those that the stream leaves out.

        Raises:
            DataError: a file cannot be read, or a cell does not hold what it must.
        """
        images = np.zeros((len(rows), SIDE, SIDE), np.uint8)
        labels = np.zeros(len(rows), np.uint8)
        owners = np.searchsorted(self._starts, rows, side="right") - 1
        for number in np.unique(owners):
            mine = np.flatnonzero(owners == number)
            taken = self._read(number, rows[mine] - self._starts[number])
            images[mine] = self._decode(taken, np.arange(len(mine)))
            labels[mine] = taken.cells.labels
        return Digits(images, labels)

    def _batches(self, size: int, seed: int, start: int, own: slice) -> Iterator[Batch]:
        epoch, step = divmod(start, len(self) // size)
        while True:
            yield from self._epoch(size, seed, epoch, step, own)
            epoch, step = epoch + 1, 0

    def _epoch(self, size: int, seed: int, epoch: int, start: int, own: slice) -> Iterator[Batch]:
        steps = len(self) // size
        order = np.random.default_rng([seed, epoch]).permutation(len(self._blocks))
        windows = min(steps, -(-steps * size // self._window))
        for first, last in pairwise(k * steps // windows for k in range(windows + 1)):
            if last <= start:
                continue
            length = last - first
            begin = first * size + own.start * length
            window = self._sequence(
                order, begin, begin + (own.stop - own.start) * length, seed, epoch
            )
            for step in range(max(first, start) - first, length):
                chosen = np.arange(own.stop - own.start) * length + step
                images = np.zeros((size, SIDE, SIDE), np.uint8)
                labels = np.zeros(size, np.uint8)
                images[own] = self._decode(window, chosen)
                labels[own] = window.cells.labels[chosen]
                yield Batch(images, labels)

    def _sequence(
        self, order: NDArray[np.int64], begin: int, end: int, seed: int, epoch: int
    ) -> _Rows:
        """Return the rows from ``begin`` to ``end`` of an epoch's sequence."""
        ends = np.cumsum(self._kept[order])
        pieces = []
        for k in range(np.searchsorted(ends, begin, "right"), np.searchsorted(ends, end) + 1):
            shuffled = self._shuffled(order[k], seed, epoch)
            before = ends[k] - len(shuffled)
            pieces.append(self._read(order[k], shuffled[max(0, begin - before) : end - before]))
        if len({piece.cells.images.ndim for piece in pieces}) > 1:
            raise DataError(
                "Some images are encoded and others are 784 values, as in {path}: write all of "
                "them in one form.",
                path=self._blocks[order[0]].path,
            )
        return _Rows(
            Cells(
                np.concatenate([piece.cells.images for piece in pieces]),
                np.concatenate([piece.cells.labels for piece in pieces]),
            ),
            np.concatenate([piece.blocks for piece in pieces]),
            np.concatenate([piece.places for piece in pieces]),
        )

    def _shuffled(self, number: int, seed: int, epoch: int) -> NDArray[np.int64]:
        """Return the places of a block's rows, without those left out, in the epoch's order."""
        first, last = np.searchsorted(self._left_out, self._starts[number : number + 2])
        left_out = self._left_out[first:last] - self._starts[number]
        kept = np.delete(np.arange(self._blocks[number].count), left_out)
        # From 1 on: to NumPy [seed, epoch, 0] is [seed, epoch], which orders the blocks.
        return np.random.default_rng([seed, epoch, number + 1]).permutation(kept)

    def _read(self, number: int, places: NDArray[np.int64]) -> _Rows:
        cells = self._shards.read(self._blocks[number])
        taken = Cells(cells.images[places], cells.labels[places])
        return _Rows(taken, np.full(len(places), number), places)

    def _decode(self, rows: _Rows, chosen: NDArray[np.int64]) -> NDArray[np.uint8]:
        images = rows.cells.images[chosen]
        if images.dtype == np.uint8:
            return images.reshape(-1, SIDE, SIDE)
        decoded = np.empty((len(chosen), SIDE, SIDE), np.uint8)
        for k, (index, content) in enumerate(zip(chosen, images, strict=True)):
            block = self._blocks[rows.blocks[index]]
            decoded[k] = decode(content, Row(block.path, block.first + int(rows.places[index])))
        return decoded


def _ahead(items: Iterator[Batch], count: int) -> Iterator[Batch]:
    """Yield items without end; a thread makes up to ``count`` of them before they are wanted."""
    thread = ThreadPoolExecutor(1, "digits")
    coming = deque(thread.submit(next, items) for _ in range(count))
    try:
        while True:
            yield coming.popleft().result()
            coming.append(thread.submit(next, items))
    finally:
        thread.shutdown(cancel_futures=True)
