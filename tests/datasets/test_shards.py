"""What may stand in Parquet and Arrow files, and what is said of files that cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pyarrow import ipc

from digitnet.datasets import Digits, load_dataset, load_digits, open_dataset
from digitnet.errors import DataError, DigitnetError, UsageError
from digitnet.messages import say_error
from tests.datasets.conftest import png

Make = Callable[..., Digits]
Write = Callable[..., Path]


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
@pytest.mark.parametrize("raw", [False, True])
def test_what_is_written_is_read(
    make_digits: Make, write_shard: Write, tmp_path: Path, suffix: str, raw: bool
) -> None:
    digits = make_digits(30)
    path = write_shard(tmp_path / f"a{suffix}", digits, raw=raw)
    for source in (path, tmp_path, path.as_uri()):
        read = load_digits(source)
        assert np.array_equal(read.images, digits.images)
        assert np.array_equal(read.labels, digits.labels)


@pytest.mark.parametrize(
    "column",
    [
        lambda images: pa.array([{"bytes": png(i), "path": "a.png"} for i in images]),
        lambda images: pa.array([png(i) for i in images], pa.large_binary()),
        lambda images: pa.array([i.ravel().astype(np.int64) for i in images]),
        lambda images: pa.array([png(np.stack([i] * 3, 2)) for i in images]),
        lambda images: pa.array([png(i, optimize=True) for i in images]),
    ],
    ids=["Hugging Face's struct", "large binary", "lists of int64", "colour", "another PNG"],
)
def test_images_come_in_many_forms(
    make_digits: Make, tmp_path: Path, column: Callable[[Any], pa.Array]
) -> None:
    digits = make_digits(3)
    write(tmp_path / "a.parquet", column(digits.images), digits.labels)
    assert np.array_equal(load_digits(tmp_path / "a.parquet").images, digits.images)


def write(path: Path, images: Any, labels: Any) -> Path:
    pq.write_table(pa.table({"image": images, "label": labels}), path, row_group_size=2)
    return path


def good(count: int) -> list[bytes]:
    return [png(np.full((28, 28), 9, np.uint8))] * count


@pytest.mark.parametrize(
    ("images", "labels", "sentence"),
    [
        ([*good(2), good(1)[0][:-30]], [1, 2, 3], "a.parquet, row 3 is damaged or no image"),
        ([*good(1), b"", b"x"], [1, 2, 3], "a.parquet, row 2 is damaged or no image"),
        ([png(np.zeros((30, 28), np.uint8))], [1], "row 1 is 28×30 pixels, not 28×28"),
        ([*good(1), None], [1, 2], "row 2 has no image"),
        (good(3), [1, 2, None], "row 3 has no label"),
        (good(3), [1, 2, 10], "a.parquet: label 3 is 10, which is no digit"),
        (good(3), [1, 2, -1], "a.parquet: label 3 is -1, which is no digit"),
        ([], pa.array([], pa.int8()), "holds values of type null"),
        (pa.array([], pa.binary()), pa.array([], pa.int8()), "holds no digits"),
        (good(2), ["1", "2"], "the column label holds values of type string"),
        ([[0.5] * 784], [1], "the column image holds values of type list<"),
        ([[1] * 784, [1] * 783], [1, 2], "row 2 has 783 values as its image, not 784"),
        ([[1] * 784, [256] * 784], [1, 2], "row 2 has a pixel that is no whole number from"),
        ([[1] * 784, [None] * 784], [1, 2], "row 2 has a pixel that is no whole number from"),
    ],
)
def test_one_sentence_says_what_is_wrong(
    tmp_path: Path, images: Any, labels: Any, sentence: str
) -> None:
    path = write(tmp_path / "a.parquet", images, labels)
    with pytest.raises(DataError, match=sentence):
        load_digits(path)


def test_a_row_is_named_in_the_reader_s_language(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [b"x"], [1])
    with pytest.raises(DataError) as caught:
        load_digits(path)
    assert "a.parquet, row 1" in say_error(caught.value)


def test_a_wrong_label_is_found_before_training(tmp_path: Path) -> None:
    """By the footer's statistics or, without them, when its block is read."""
    table = pa.table({"image": good(40), "label": [*range(10)] * 3 + [17] * 10})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=10)
    with pytest.raises(DataError, match="label 31 is 17"):
        open_dataset(tmp_path / "a.parquet")
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=10, write_statistics=False)
    with pytest.raises(DataError, match="label 31 is 17"):
        load_dataset(tmp_path / "a.parquet")


def test_files_that_cannot_be_used(make_digits: Make, write_shard: Write, tmp_path: Path) -> None:
    pq.write_table(pa.table({"picture": good(1), "label": [1]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"has no column image: .*; here are picture, label"):
        load_dataset(tmp_path / "a.parquet")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"a\.parquet cannot be read: "):
        load_dataset(tmp_path / "a.parquet")
    with ipc.new_stream(tmp_path / "b.arrow", pa.schema({"label": pa.int8()})):
        pass
    with pytest.raises(DataError, match=r"b\.arrow cannot be read: Not an Arrow file"):
        load_dataset(tmp_path / "b.arrow")
    few = write_shard(tmp_path / "few.parquet", make_digits(11))
    with pytest.raises(DataError, match="11 digits to learn from, too few"):
        load_dataset(few)
    with pytest.raises(UsageError, match="There is nothing at"):
        load_dataset((tmp_path / "gone.parquet").as_uri())
    with pytest.raises(UsageError, match="nowhere://x cannot be opened"):
        load_dataset("nowhere://x")
    with pytest.raises(UsageError, match="There is nothing at"):
        load_dataset(tmp_path / "gone.parquet")


def test_a_file_that_breaks_off_within_a_block(
    make_digits: Make, write_shard: Write, tmp_path: Path
) -> None:
    content = bytearray(write_shard(tmp_path / "a.parquet", make_digits(40)).read_bytes())
    content[400:9000] = bytes(8600)
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.parquet"):
        load_dataset(tmp_path / "a.parquet")


def test_parts_are_named_by_files_or_folders(
    make_digits: Make, write_shard: Write, tmp_path: Path
) -> None:
    sets = {
        "files": (
            "data/train-00000-of-00002.parquet",
            "data/train-00001-of-00002.parquet",
            "data/validation-00000-of-00001.parquet",
            "data/test-00000-of-00001.parquet",
        ),
        "folders": ("train/a.arrow", "train/b.parquet", "val/a.parquet", "test/a.parquet"),
    }
    for name, paths in sets.items():
        for count, path in zip((20, 11, 6, 3), paths, strict=True):
            write_shard(tmp_path / name / path, make_digits(count, seed=count))
        (tmp_path / name / "README.md").write_text("not digits")
        (tmp_path / name / ".hidden.parquet").write_bytes(b"")
        dataset = load_dataset(tmp_path / name)
        assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (31, 6, 3)
        assert np.array_equal(dataset.test.images, make_digits(3, seed=3).images)
        assert np.array_equal(load_digits(tmp_path / name).images, dataset.test.images)
    write_shard(tmp_path / "files" / "more.parquet", make_digits(3))
    with pytest.raises(DataError, match=r"more\.parquet belongs to no part, unlike .*test-0"):
        open_dataset(tmp_path / "files")
    write_shard(tmp_path / "tests" / "test.parquet", make_digits(30))
    with pytest.raises(DataError, match="has no training digits, only these: test"):
        open_dataset(tmp_path / "tests")
    (tmp_path / "folders" / "train.csv").write_text("label,pixel0\n")
    with pytest.raises(DataError, match="in two layouts"):
        open_dataset(tmp_path / "folders")


def test_the_checksum_follows_names_sizes_and_ends(
    make_digits: Make, write_shard: Write, tmp_path: Path
) -> None:
    def checksum() -> dict[str, str]:
        return open_dataset(tmp_path / "set").sha256

    write_shard(tmp_path / "set" / "a.parquet", make_digits(20))
    first = checksum()
    assert checksum() == first
    write_shard(tmp_path / "set" / "a.parquet", make_digits(20, seed=1))
    second = checksum()
    (tmp_path / "set" / "a.parquet").rename(tmp_path / "set" / "b.parquet")
    assert len({str(each) for each in (first, second, checksum())}) == 3


def test_pyarrow_may_not_be_installed(
    make_digits: Make, write_shard: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_shard(tmp_path / "a.parquet", make_digits(20))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DigitnetError, match=r"needs pyarrow, .* 'digitnet\[cluster\]'"):
        open_dataset(path)


def test_damage_is_seen_wherever_it_is(tmp_path: Path) -> None:
    """Of what a PNG is decoded from, no flipped byte goes unseen, whichever decoder takes it."""
    image = np.asarray(Image.radial_gradient("L").resize((28, 28)))
    content = png(image)
    start, end = content.index(b"IDAT") + 4, content.index(b"IEND") - 8
    damaged = [bytearray(content) for _ in range(start, end, 29)]
    for k, each in enumerate(damaged):
        each[start + 29 * k] ^= 0x5A
        path = write(tmp_path / f"{k}.parquet", [bytes(each)], [1])
        with pytest.raises(DataError, match="row 1 is damaged"):
            load_digits(path)
    assert len(damaged) > 5
