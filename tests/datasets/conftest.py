"""Digits to write and read, and writers for the formats that need one."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from PIL import Image
from pyarrow import ipc

from digitnet.datasets import Digits

MakeDigits = Callable[..., Digits]
WriteArray = Callable[[Path, NDArray[np.generic]], Path]
WriteDigits = Callable[..., Path]


@pytest.fixture(scope="session")
def make_digits() -> MakeDigits:
    """Return digits of random pixels, with paper along the edges, every class in turn."""

    def make(count: int, seed: int = 0) -> Digits:
        images = np.random.default_rng(seed).integers(0, 256, (count, 28, 28), dtype=np.uint8)
        images[:, [0, -1]] = images[:, :, [0, -1]] = 0
        return Digits(images, (np.arange(count) % 10).astype(np.uint8))

    return make


@pytest.fixture(scope="session")
def write_idx() -> WriteArray:
    """Write an array of bytes or 32-bit integers as IDX, packed if the name ends in .gz."""

    def write(path: Path, array: NDArray[np.generic]) -> Path:
        kind, dtype = (0x08, "u1") if array.dtype == np.uint8 else (0x0C, ">i4")
        header = bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        content = header + array.astype(dtype).tobytes()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write


@pytest.fixture(scope="session")
def write_csv() -> WriteDigits:
    """Write digits as in Kaggle's Digit Recognizer, packed if the name ends in .gz."""

    def write(path: Path, digits: Digits, header: bool = True) -> Path:
        lines = ["label," + ",".join(f"pixel{i}" for i in range(784))] if header else []
        for image, label in zip(digits.images, digits.labels, strict=True):
            lines.append(",".join(map(str, [label, *image.ravel()])))
        content = ("\n".join(lines) + "\n").encode()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write


def png(image: NDArray[np.uint8], **settings: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", **settings)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def write_shard() -> WriteDigits:
    """Write digits as Parquet, or as Arrow if the name says so, in blocks of a few rows.

    Images are PNG, or, if ``raw``, 784 values each.
    """

    def write(path: Path, digits: Digits, rows: int = 7, raw: bool = False) -> Path:
        pixels = pa.array(digits.images.ravel())
        image = (
            pa.FixedSizeListArray.from_arrays(pixels, 784)
            if raw
            else pa.array([png(each) for each in digits.images], pa.binary())
        )
        table = pa.table({"other": digits.labels * 2, "image": image, "label": digits.labels})
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".arrow":
            with ipc.new_file(path, table.schema) as file:
                file.write_table(table, max_chunksize=rows)
        else:
            pq.write_table(table, path, row_group_size=rows)
        return path

    return write
