"""Fetched sets whose files are no plain images and labels, turned into Keras's arrays."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitnet.datasets.idx import read_idx_array
from digitnet.errors import DataError
from digitnet.files import cannot_write

if TYPE_CHECKING:
    from numpy.typing import NDArray

QMNIST_FILES = {
    "x_train": "qmnist-train-images-idx3-ubyte.gz",
    "y_train": "qmnist-train-labels-idx2-int.gz",
    "x_test": "qmnist-test-images-idx3-ubyte.gz",
    "y_test": "qmnist-test-labels-idx2-int.gz",
}

EMNIST_ARCHIVE = "gzip.zip"
EMNIST_MEMBERS = {
    "x_train": "gzip/emnist-digits-train-images-idx3-ubyte.gz",
    "y_train": "gzip/emnist-digits-train-labels-idx1-ubyte.gz",
    "x_test": "gzip/emnist-digits-test-images-idx3-ubyte.gz",
    "y_test": "gzip/emnist-digits-test-labels-idx1-ubyte.gz",
}


def convert_qmnist(folder: Path) -> dict[str, NDArray[np.uint8]]:
    """Return QMNIST's arrays. Its labels have eight columns, of which the first is the digit.

    Yadav and Bottou, "Cold Case: The Lost MNIST Digits", NeurIPS 2019; the columns are described
    at https://github.com/facebookresearch/qmnist.

    Raises:
        DataError: a file is not as it should be.
    """
    arrays = {key: read_idx_array(folder / name) for key, name in QMNIST_FILES.items()}
    for key in ("y_train", "y_test"):
        arrays[key] = arrays[key][:, 0].astype(np.uint8)
    return arrays


def convert_emnist_digits(folder: Path) -> dict[str, NDArray[np.uint8]]:
    """Return the arrays of EMNIST's digits, taken out of the archive of all its sets.

    Its images are stored column by column; they are turned upright here.

    Cohen, Afshar, Tapson and van Schaik, "EMNIST: Extending MNIST to handwritten letters", 2017.

    Raises:
        DataError: the archive is not as it should be.
    """
    arrays = {}
    path = folder / EMNIST_ARCHIVE
    with tempfile.TemporaryDirectory(dir=folder) as unpacked:
        for key, member in EMNIST_MEMBERS.items():
            arrays[key] = read_idx_array(_unpack(path, member, Path(unpacked)))
    for key in ("x_train", "x_test"):
        arrays[key] = np.ascontiguousarray(arrays[key].transpose(0, 2, 1))
    return arrays


def _unpack(path: Path, member: str, folder: Path) -> Path:
    target = folder / Path(member).name
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(member) as source,
            target.open("wb") as file,
        ):
            shutil.copyfileobj(source, file)
    except (KeyError, zipfile.BadZipFile) as error:
        raise DataError("{path} is damaged or has no {name}.", path=path, name=member) from error
    except OSError as error:
        raise cannot_write(target, error) from error
    return target
