from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from digitnet.datasets import Digits, load_dataset, load_digits
from digitnet.datasets.npz import read_npz
from digitnet.errors import DataError

Make = Callable[..., Digits]


def write(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


@given(
    images=hnp.arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(28), st.just(28))),
    labels=hnp.arrays(np.uint8, 4, elements=st.integers(0, 9)),
    keys=st.sampled_from([("images", "labels"), ("x", "y")]),
    shape=st.sampled_from([(-1, 28, 28), (-1, 784), (-1, 28, 28, 1)]),
    dtype=st.sampled_from(["u1", "i2", ">i4", "i8", "u8"]),
)
def test_what_is_written_is_read(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    keys: tuple[str, str],
    shape: tuple[int, ...],
    dtype: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    labels = labels[: len(images)]
    arrays = {keys[0]: images.reshape(shape).astype(dtype), keys[1]: labels.astype(dtype)}
    digits = read_npz(write(tmp_path_factory.mktemp("npz") / "a.npz", **arrays)).digits["whole"]
    assert np.array_equal(digits.images, images)
    assert np.array_equal(digits.labels, labels)
    assert digits.images.dtype == digits.labels.dtype == np.uint8


def test_kerass_layout(make_digits: Make, tmp_path: Path) -> None:
    train, test = make_digits(24), make_digits(5, seed=1)
    path = write(
        tmp_path / "mnist.npz",
        x_train=train.images,
        y_train=train.labels,
        x_test=test.images,
        y_test=test.labels,
    )
    for source in (path, tmp_path):
        dataset = load_dataset(source)
        assert np.array_equal(dataset.test.images, test.images)
        assert (len(dataset.train), len(dataset.validation)) == (22, 2)


def test_training_digits_alone(make_digits: Make, tmp_path: Path) -> None:
    train = make_digits(84)
    path = write(tmp_path / "a.npz", x_train=train.images, y_train=train.labels)
    dataset = load_dataset(path)
    assert (len(dataset.test), len(dataset.validation), len(dataset.train)) == (12, 6, 66)
    assert len(load_digits(path)) == 84


IMAGES = np.zeros((12, 28, 28), np.uint8)
LABELS = np.zeros(12, np.uint8)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({}, "holds the arrays —"),
        ({"data": IMAGES, "target": LABELS}, "holds the arrays data, target, and not x_train"),
        ({"images": IMAGES}, "has no array labels"),
        ({"x_train": IMAGES, "y_train": LABELS, "y_test": LABELS}, "has no array x_test"),
        ({"x": IMAGES / 255, "y": LABELS}, "x has the type float64, not whole numbers"),
        ({"x": IMAGES, "y": LABELS.astype(str)}, "y has the type <U"),
        ({"x": IMAGES.astype("m8[s]"), "y": LABELS}, "x has the type timedelta64"),
        ({"x": IMAGES.astype(bool), "y": LABELS}, "x has the type bool"),
        ({"x": IMAGES, "y": np.array([None] * 12)}, "y holds pickled objects"),
        ({"x": np.zeros((12, 32, 32), "u1"), "y": LABELS}, r"x has the shape \(12, 32, 32\)"),
        ({"x": np.uint8(1), "y": LABELS}, r"x has the shape \(\)"),
        ({"x": IMAGES, "y": LABELS.reshape(12, 1)}, r"y has the shape \(12, 1\)"),
        ({"x": IMAGES, "y": LABELS[:11]}, "12 images, but .*y has 11 labels"),
        ({"x": IMAGES[:0], "y": LABELS[:0]}, "holds no digits"),
        ({"x": IMAGES, "y": np.arange(12)}, r"a\.npz: y: label 11 is 10"),
        ({"x": IMAGES, "y": np.arange(12) - 1}, "y: label 1 is -1"),
        ({"x": IMAGES - np.int16(1), "y": LABELS}, "x: image 1 has values outside 0 to 255"),
        ({"x": IMAGES + np.int16(256), "y": LABELS}, "x: image 1 has values outside"),
    ],
)
def test_arrays_that_are_not_as_they_should_be(
    arrays: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=sentence):
        read_npz(write(tmp_path / "a.npz", **arrays))


def test_a_pickle_is_not_run(tmp_path: Path) -> None:
    class Malice:
        def __reduce__(self) -> tuple[Any, ...]:
            return (tmp_path / "harm").mkdir, ()

    objects = np.array([Malice()] * 12, dtype=object)
    with pytest.raises(DataError, match="could run code"):
        read_npz(write(tmp_path / "a.npz", x=IMAGES, y=objects))
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"hello", bytes(1000)])
def test_files_that_are_no_npz(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged or no npz file"):
        read_npz(path)


def test_a_single_array_is_no_npz(tmp_path: Path) -> None:
    with (tmp_path / "a.npz").open("wb") as file:
        np.save(file, IMAGES)
    with pytest.raises(DataError, match="no npz file"):
        read_npz(tmp_path / "a.npz")


def test_a_hostile_header_takes_no_memory(tmp_path: Path) -> None:
    stream = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": (4_000_000_000, 28, 28)}
    np.lib.format.write_array_header_1_0(stream, header)
    path = write(tmp_path / "a.npz", y=LABELS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x.npy", stream.getvalue() + bytes(100))
    with pytest.raises(DataError, match="is damaged"):
        read_npz(path)


def test_a_folder_with_several(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        write(tmp_path / name, x=IMAGES, y=LABELS)
    with pytest.raises(DataError, match="several npz files"):
        load_dataset(tmp_path)


def test_an_encrypted_member(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", x=IMAGES, y=LABELS)
    content = bytearray(path.read_bytes())
    # Bit 0 of the flags, in every local header and in the directory at the end.
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = content.find(magic)
        while start >= 0:
            content[start + offset] |= 1
            start = content.find(magic, start + 1)
    path.write_bytes(content)
    with warnings.catch_warnings(), pytest.raises(DataError, match="is damaged"):
        read_npz(path)
