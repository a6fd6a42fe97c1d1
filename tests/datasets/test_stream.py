"""The order in which a stream gives its digits, and what is kept back from it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitnet.datasets import Digits, DigitStream, StreamedDataset, open_dataset, streamed
from digitnet.datasets.cells import Cells
from digitnet.datasets.shards import Block
from digitnet.errors import DataError, UsageError

Make = Callable[..., Digits]
Write = Callable[..., Path]


class Counted:
    """Blocks in memory, whose images hold the row's number; it counts what is read."""

    def __init__(self, counts: list[int]) -> None:
        starts = np.cumsum([0, *counts])
        self.blocks = tuple(
            Block("a", k, int(first), int(last - first))
            for k, (first, last) in enumerate(pairwise(starts))
            if last > first
        )
        self.read_rows = 0

    def read(self, block: Block) -> Cells:
        rows = np.arange(block.first, block.first + block.count)
        self.read_rows += block.count
        images = np.zeros((block.count, 784), np.uint8)
        images[:, 0], images[:, 1] = rows % 256, rows // 256
        return Cells(images, (rows % 10).astype(np.uint8))


def numbers(images: NDArray[np.uint8]) -> list[int]:
    return list(images[:, 0, 0] + 256 * images[:, 0, 1].astype(int))


def make_stream(
    counts: list[int], window: int, left_out: list[int] | None = None
) -> tuple[DigitStream, Counted]:
    shards = Counted(counts)
    made = DigitStream(shards, shards.blocks, np.array(left_out or [], np.int64))  # type: ignore[arg-type]
    made._window = window
    return made, shards


@settings(max_examples=60)
@given(data=st.data())
def test_an_epoch_has_every_digit_once_and_starts_anywhere(data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 40), min_size=1, max_size=8).filter(sum))
    total = sum(counts)
    left_out = data.draw(st.lists(st.integers(0, total - 1), unique=True, max_size=total - 1))
    kept = total - len(left_out)
    size = data.draw(st.integers(1, kept))
    window = data.draw(st.integers(1, 100))
    seed = data.draw(st.integers(0, 3))
    made, _ = make_stream(counts, window, left_out)
    assert len(made) == kept
    per_epoch = kept // size
    whole = [
        (numbers(images), list(labels))
        for images, labels in islice(made.batches(size, seed), 2 * per_epoch + 1)
    ]
    for epoch in (whole[:per_epoch], whole[per_epoch : 2 * per_epoch]):
        seen = [number for batch, _ in epoch for number in batch]
        assert len(set(seen)) == len(seen) == per_epoch * size
        assert set(seen).isdisjoint(left_out)
    for batch, labels in whole:
        assert [number % 10 for number in batch] == labels
    start = data.draw(st.integers(0, 2 * per_epoch))
    begun = next(made.batches(size, seed, start))
    assert (numbers(begun.images), list(begun.labels)) == whole[start]


@settings(max_examples=30)
@given(size=st.integers(1, 30), processes=st.integers(1, 5), start=st.integers(0, 20))
def test_processes_divide_a_batch(size: int, processes: int, start: int) -> None:
    processes = min(processes, size)
    made, _ = make_stream([20, 30, 10, 25], window=50)
    whole = next(made.batches(size, 1, start))
    bounds = [k * size // processes for k in range(processes + 1)]
    for first, last in pairwise(bounds):
        images, labels = next(made.batches(size, 1, start, slice(first, last)))
        assert np.array_equal(images[first:last], whole.images[first:last])
        assert np.array_equal(labels[first:last], whole.labels[first:last])
        assert images.sum() == images[first:last].sum()


def test_orders_differ_and_mix_the_blocks() -> None:
    made, _ = make_stream([100] * 20, window=500)
    first, other = (numbers(next(made.batches(50, seed)).images) for seed in (0, 1))
    second_epoch = numbers(next(made.batches(50, 0, start=40)).images)
    assert len({tuple(each) for each in (first, other, second_epoch)}) == 3
    assert Counter(number // 100 for number in first).most_common() == [
        (block, 10) for block, _ in Counter(number // 100 for number in first).most_common()
    ], "a batch has as many from each of the five blocks in its window"
    batches = [numbers(images) for images, _ in islice(made.batches(50, 0), 40)]
    neighbours = [abs(a - b) == 1 for batch in batches for a, b in pairwise(batch)]
    assert np.mean(neighbours) < 0.05


def test_what_comes_before_is_not_read_and_a_share_reads_its_share() -> None:
    made, shards = make_stream([100] * 200, window=1000)
    next(made._batches(50, 0, 300, slice(0, 50)))
    assert shards.read_rows == 1000
    shards.read_rows = 0
    next(made._batches(50, 0, 300, slice(25, 50)))
    assert shards.read_rows == 500


def test_memory_holds_a_window_however_many_blocks_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: list[int] = []
    inner = DigitStream._sequence

    def watched(self: DigitStream, *arguments: object) -> object:
        rows = inner(self, *arguments)  # type: ignore[arg-type]
        held.append(len(rows.places))
        return rows

    monkeypatch.setattr(DigitStream, "_sequence", watched)
    for blocks in (20, 200):
        held.clear()
        made, _ = make_stream([100] * blocks, window=1000)
        for _ in islice(made._batches(50, 0, 0, slice(0, 50)), len(made) // 50):
            pass
        assert held == [1000] * (blocks // 10)


def test_a_large_block_is_a_window_of_its_own() -> None:
    shards = Counted([30, 70_000])
    assert DigitStream(shards, shards.blocks)._window == 70_000  # type: ignore[arg-type]


def test_a_batch_must_be_there() -> None:
    made, _ = make_stream([20], window=10, left_out=[3])
    with pytest.raises(UsageError, match="A batch of 20 cannot be taken from 19 digits"):
        made.batches(20, 0)


def test_threads_end_with_their_stream() -> None:
    before = threading.active_count()
    made, _ = make_stream([20], window=10)
    batches = made.batches(5, 0)
    next(batches)
    assert threading.active_count() == before + 1
    batches.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_damage_ends_the_stream_with_its_sentence(
    make_digits: Make, write_shard: Write, tmp_path: Path
) -> None:
    path = write_shard(tmp_path / "a.parquet", make_digits(50))
    opened = open_dataset(path)
    assert isinstance(opened, StreamedDataset)
    path.write_bytes(b"gone wrong")
    with pytest.raises(DataError, match=r"a\.parquet cannot be read"):
        next(opened.train.batches(5, 0))


def test_images_are_all_of_one_form(make_digits: Make, write_shard: Write, tmp_path: Path) -> None:
    write_shard(tmp_path / "set" / "a.parquet", make_digits(50))
    write_shard(tmp_path / "set" / "b.parquet", make_digits(50), raw=True)
    opened = open_dataset(tmp_path / "set")
    assert isinstance(opened, StreamedDataset)
    with pytest.raises(DataError, match="Some images are encoded and others are 784 values"):
        next(opened.train.batches(5, 0))


def test_what_is_kept_back_is_no_part_of_the_stream(
    make_digits: Make, write_shard: Write, tmp_path: Path
) -> None:
    digits = make_digits(200)
    opened = open_dataset(write_shard(tmp_path / "a.parquet", digits, rows=9))
    again = open_dataset(tmp_path / "a.parquet")
    assert isinstance(opened, StreamedDataset)
    assert isinstance(again, StreamedDataset)
    assert (len(opened.test), len(opened.validation), len(opened.train)) == (28, 14, 158)
    assert np.array_equal(opened.test.images, again.test.images)
    assert np.array_equal(opened.validation.images, again.validation.images)
    loaded = opened.load()
    parts = (loaded.train, loaded.validation, loaded.test)
    every = {image.tobytes() for part in parts for image in part.images}
    assert every == {image.tobytes() for image in digits.images}
    assert len(every) == sum(map(len, parts))
    labels = {
        image.tobytes(): label for image, label in zip(digits.images, digits.labels, strict=True)
    }
    for part in parts:
        assert [labels[image.tobytes()] for image in part.images] == list(part.labels)
    assert len(set(opened.test.labels)) > 5, "they are drawn from everywhere"


@settings(max_examples=60)
@given(counts=st.lists(st.integers(1, 60), min_size=1, max_size=100), share=st.floats(0, 1))
def test_so_many_rows_are_drawn_and_none_twice(counts: list[int], share: float) -> None:
    count = int(sum(counts) * share)
    blocks = tuple(Block("a", k, 0, n) for k, n in enumerate(counts))
    drawn = streamed._draw(blocks, count)
    assert len(set(drawn)) == len(drawn) == count
    assert count == 0 or 0 <= drawn.min() <= drawn.max() < sum(counts)


def test_large_parts_are_held_in_part(
    make_digits: Make, write_shard: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed, "MOST_HELD", 10)
    monkeypatch.setattr(streamed, "_DRAWN_BLOCKS", 2)
    write_shard(tmp_path / "a" / "train.parquet", make_digits(400), rows=10)
    write_shard(tmp_path / "a" / "test.parquet", make_digits(50, seed=1))
    opened = open_dataset(tmp_path / "a")
    assert isinstance(opened, StreamedDataset)
    assert (len(opened.test), len(opened.validation), len(opened.train)) == (10, 10, 390)
    known = {image.tobytes() for image in make_digits(50, seed=1).images}
    assert {image.tobytes() for image in opened.test.images} < known
