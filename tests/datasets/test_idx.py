from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from digitnet.datasets import Digits, load_dataset, load_digits
from digitnet.datasets.idx import read_idx_array
from digitnet.errors import DataError

Write = Callable[[Path, NDArray[np.generic]], Path]
Make = Callable[..., Digits]


@pytest.fixture
def write_pair(write_idx: Write) -> Callable[..., Path]:
    """Write a pair of files and return the path of the images."""

    def write(folder: Path, part: str, digits: Digits, separator: str = "-", end: str = "") -> Path:
        write_idx(folder / f"{part}-labels{separator}idx1-ubyte{end}", digits.labels)
        return write_idx(folder / f"{part}-images{separator}idx3-ubyte{end}", digits.images)

    return write


@given(
    array=st.sampled_from([np.uint8, np.int32]).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(max_dims=3, max_side=5))
    ),
    name=st.sampled_from(["a", "a.gz"]),
)
def test_what_is_written_is_read(
    array: NDArray[np.generic],
    name: str,
    write_idx: Write,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = write_idx(tmp_path_factory.mktemp("idx") / name, array)
    assert np.array_equal(read_idx_array(path), array)


@pytest.mark.parametrize("separator", ["-", "."])
@pytest.mark.parametrize("end", ["", ".gz"])
def test_a_folder_under_mnists_names(
    make_digits: Make,
    write_pair: Callable[..., Path],
    tmp_path: Path,
    separator: str,
    end: str,
) -> None:
    train, test = make_digits(24), make_digits(5, seed=1)
    write_pair(tmp_path, "train", train, separator, end)
    write_pair(tmp_path, "t10k", test, separator, end)
    dataset = load_dataset(tmp_path)
    assert np.array_equal(dataset.test.images, test.images)
    assert np.array_equal(dataset.test.labels, test.labels)
    assert (len(dataset.train), len(dataset.validation)) == (22, 2)
    assert len(dataset.sha256) == 4


def test_emnists_names_will_do(
    make_digits: Make, write_pair: Callable[..., Path], tmp_path: Path
) -> None:
    write_pair(tmp_path, "emnist-digits-train", make_digits(24), end=".gz")
    write_pair(tmp_path, "emnist-digits-test", make_digits(7), end=".gz")
    assert len(load_dataset(tmp_path).test) == 7


def test_the_plain_file_is_read_where_the_packed_one_lies_beside_it(
    make_digits: Make, write_pair: Callable[..., Path], tmp_path: Path
) -> None:
    write_pair(tmp_path, "train", make_digits(24))
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"never read")
    assert len(load_digits(tmp_path)) == 24


@pytest.mark.parametrize("content", ["images-idx3", "labels-idx1"])
def test_one_file_finds_the_other(
    make_digits: Make, write_pair: Callable[..., Path], tmp_path: Path, content: str
) -> None:
    digits = make_digits(30)
    write_pair(tmp_path, "train", digits)
    write_pair(tmp_path, "t10k", make_digits(5))
    path = tmp_path / f"train-{content}-ubyte"
    assert np.array_equal(load_digits(path).images, digits.images)
    assert len(load_dataset(path).test) == 30 // 7


def test_the_labels_are_missing(make_digits: Make, write_idx: Write, tmp_path: Path) -> None:
    path = write_idx(tmp_path / "train-images-idx3-ubyte", make_digits(12).images)
    for source in (path, tmp_path):
        with pytest.raises(
            DataError, match=r"train-labels-idx1-ubyte is not beside .*train-images"
        ):
            load_dataset(source)


def test_images_and_labels_of_different_length(
    make_digits: Make, write_idx: Write, tmp_path: Path
) -> None:
    path = write_idx(tmp_path / "train-images-idx3-ubyte", make_digits(12).images)
    write_idx(tmp_path / "train-labels-idx1-ubyte", make_digits(11).labels)
    with pytest.raises(DataError, match=r"has 12 images, but .* has 11 labels"):
        load_dataset(path)


def test_a_wrong_label_is_named_by_its_row(
    make_digits: Make, write_idx: Write, tmp_path: Path
) -> None:
    path = write_idx(tmp_path / "train-images-idx3-ubyte", make_digits(12).images)
    labels = make_digits(12).labels
    labels[4] = 10
    write_idx(tmp_path / "train-labels-idx1-ubyte", labels)
    with pytest.raises(DataError, match="labels-idx1-ubyte: label 5 is 10") as raised:
        load_dataset(path)
    assert raised.value.values["row"] == 5


def test_other_sizes_than_28(write_idx: Write, make_digits: Make, tmp_path: Path) -> None:
    path = write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros((12, 32, 32), np.uint8))
    write_idx(tmp_path / "train-labels-idx1-ubyte", make_digits(12).labels)
    with pytest.raises(DataError, match=r"shape \(12, 32, 32\), not images of 28×28"):
        load_dataset(path)


def test_labels_in_the_place_of_images(write_idx: Write, make_digits: Make, tmp_path: Path) -> None:
    path = write_idx(tmp_path / "train-images-idx3-ubyte", make_digits(12).images)
    write_idx(tmp_path / "train-labels-idx1-ubyte", make_digits(12).images)
    with pytest.raises(DataError, match="not one byte for each label"):
        load_dataset(path)


HEADER = struct.pack(">4B3I", 0, 0, 8, 3, 2, 28, 28)
# Without the second it was packed in: tests that run in parts must go by the same names everywhere.
PACKED_HEADER = gzip.compress(HEADER, mtime=0)
PACKED = gzip.compress(HEADER + bytes(2 * 784), mtime=0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\0\0", "is no IDX file.*00 00"),
        (b"hello world, this is text", "is no IDX file"),
        (b"\0\0\x0d\x01\0\0\0\1", "is no IDX file"),
        (b"\0\0\x08\xff" + b"\1" * 2000, "is no IDX file"),
        (HEADER[:10], "announces 12 bytes and 6 follow"),
        (HEADER + bytes(100), "announces 1568 bytes and 100 follow"),
        (HEADER + bytes(2 * 784 + 1), "goes on after the 1568 bytes"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 0, 28, 28), "holds no digits"),
        (struct.pack(">4B3I", 0, 0, 8, 3, *[2**32 - 1] * 2, 0), "holds no digits"),
        (PACKED[:-12], "breaks off or is damaged"),
        (PACKED_HEADER[:5], "breaks off or is damaged"),
        (PACKED[:-8] + bytes(8), "breaks off or is damaged"),
    ],
)
def test_files_that_are_not_as_they_should_be(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence):
        read_idx_array(path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_hostile_header_takes_no_memory(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    # Four billion images of four billion rows: 2**96 bytes.
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(pack(struct.pack(">4B3I", 0, 0, 8, 3, *[2**32 - 1] * 3) + bytes(10_000)))
    with pytest.raises(DataError, match="and 10000 follow"):
        read_idx_array(path)


def test_two_files_for_one_part(
    make_digits: Make, write_pair: Callable[..., Path], tmp_path: Path
) -> None:
    write_pair(tmp_path, "train", make_digits(24))
    write_pair(tmp_path, "letters-train", make_digits(24))
    with pytest.raises(DataError, match="both the train part"):
        load_dataset(tmp_path)
