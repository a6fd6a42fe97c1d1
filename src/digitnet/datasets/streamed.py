"""A set of Parquet or Arrow files: digits to learn from as a stream, the others in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digitnet.datasets.digits import Dataset, Digits
from digitnet.datasets.parts import (
    FEWEST_DIGITS,
    SPLIT_SEED,
    TEST_SHARE,
    VALIDATION_SHARE,
    PartName,
    check_pixels,
)
from digitnet.datasets.shards import Block, Shards, find_shards
from digitnet.datasets.stream import DigitStream
from digitnet.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOOTERS = "names, sizes and footers"
"""What the checksum is called that is over these, of all files."""

MOST_HELD = 10_000
"""Digits of a validation or test part, at the most: they are held in memory."""

# What is kept back comes from so many blocks, or all: a start should not read the whole set.
_DRAWN_BLOCKS = 32


@dataclass(frozen=True, eq=False)
class StreamedDataset:
    """A `Dataset` whose digits to learn from need not fit into memory.

    Attributes:
        name: the name of the file or folder.
        train: digits to learn from.
        validation: digits to make choices by, 10,000 at the most.
        test: digits to measure with, 10,000 at the most.
        sha256: a checksum over every file's name, size and end, where its footer lies. A change
            that leaves all of these as they were is not seen.
        source: an argument for `open_dataset` that opens it again: a path or a URI.
    """

    name: str
    train: DigitStream
    validation: Digits
    test: Digits
    sha256: dict[str, str]
    source: str

    def load(self) -> Dataset:
        """Return it with all digits in memory.

        Raises:
            DataError: a file cannot be read, or a cell does not hold what it must.
        """
        train = self.train.load()
        return Dataset(self.name, train, self.validation, self.test, self.sha256, self.source)


def open_streamed(source: str) -> StreamedDataset:
    """Open a set of Parquet or Arrow files.

    Columns are ``image``, an encoded 28×28 image or 784 whole numbers from 0 (paper) to 255 (ink),
    and ``label``. The parts that the set has, by the names of files or folders, are kept; where
    one has more than 10,000 digits for validation or test, so many are drawn. A missing test part
    is a seventh of the digits to learn from and a missing validation part a twelfth of the rest,
    each 10,000 at the most. Which digits are drawn depends on the sizes of the blocks alone.

    Args:
        source: a file or a folder; a path or a URI that pyarrow knows, such as ``s3://…``.

    Raises:
        UsageError: there is nothing there.
        DataError: what is there cannot be used.
    """
    shards = find_shards(source)
    blocks = shards.blocks.get("whole") or shards.blocks.get("train")
    if blocks is None:
        raise DataError(
            "{path} has no training digits, only these: {parts}. Add a training part.",
            path=source,
            parts=", ".join(sorted(shards.blocks)),
        )
    test, validation = _named(shards, "test", source), _named(shards, "validation", source)
    count = sum(block.count for block in blocks)
    if (test is None or validation is None) and count < FEWEST_DIGITS:
        raise DataError(
            "{path} has {count} digits to learn from, too few to keep some back for validation "
            "and test: at least {fewest} are needed.",
            path=source,
            count=count,
            fewest=FEWEST_DIGITS,
        )
    tested = 0 if test else max(1, min(MOST_HELD, count // TEST_SHARE))
    chosen_by = 0 if validation else max(1, min(MOST_HELD, (count - tested) // VALIDATION_SHARE))
    drawn = _draw(blocks, tested + chosen_by)
    held = DigitStream(shards, blocks).take(drawn)
    check_pixels(held, source)
    return StreamedDataset(
        name=source.partition("?")[0].rstrip("/").rpartition("/")[2],
        train=DigitStream(shards, blocks, drawn),
        validation=validation or Digits(held.images[tested:], held.labels[tested:]),
        test=test or Digits(held.images[:tested], held.labels[:tested]),
        sha256={FOOTERS: shards.sha256},
        source=source,
    )


def held_digits(source: str) -> Digits:
    """Return digits to measure with: of the test part, or of all there are if there is none.

    Where there are more than 10,000, so many are drawn, always the same.

    Raises:
        UsageError: there is nothing there.
        DataError: what is there cannot be used.
    """
    shards = find_shards(source)
    every = tuple(block for part in shards.blocks.values() for block in part)
    return _held(shards, shards.blocks.get("test", every), source)


def _named(shards: Shards, part: PartName, source: str) -> Digits | None:
    return _held(shards, shards.blocks[part], source) if part in shards.blocks else None


def _held(shards: Shards, blocks: tuple[Block, ...], source: str) -> Digits:
    count = min(MOST_HELD, sum(block.count for block in blocks))
    digits = DigitStream(shards, blocks).take(_draw(blocks, count))
    check_pixels(digits, source)
    return digits


def _draw(blocks: tuple[Block, ...], count: int) -> NDArray[np.int64]:
    """Return the numbers of ``count`` rows, counted over all blocks: all in order, or any."""
    counts = np.array([block.count for block in blocks])
    if count == counts.sum():
        return np.arange(count)
    rng = np.random.default_rng(SPLIT_SEED)
    order = rng.permutation(len(blocks))
    # No more than a quarter of what is drawn from, so that the blocks stay whole for the most.
    enough = np.searchsorted(np.cumsum(counts[order]), 4 * count) + 1
    chosen = order[: max(_DRAWN_BLOCKS, enough)]
    ends = np.cumsum(counts[chosen])
    drawn = rng.choice(ends[-1], count, replace=False)
    owners = np.searchsorted(ends, drawn, side="right")
    inside = drawn - (ends - counts[chosen])[owners]
    return np.asarray((np.cumsum(counts) - counts)[chosen][owners] + inside, np.int64)
