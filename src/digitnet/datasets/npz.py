"""NumPy's ``.npz`` in Keras's layout, or with one pair of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.npyio import NpzFile

from digitnet.datasets.digits import SIDE, Digits
from digitnet.datasets.parts import PartName, Parts, labelled
from digitnet.datasets.source_file import cannot_read, entries, file_sha256
from digitnet.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAYOUTS: tuple[dict[PartName, tuple[str, str]], ...] = (
    {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")},
    {"whole": ("images", "labels")},
    {"whole": ("x", "y")},
)
_IMAGE_SHAPES = ((SIDE, SIDE), (SIDE, SIDE, 1), (SIDE * SIDE,))


def is_npz(path: Path) -> bool:
    """Tell whether a file's name ends in ``.npz``."""
    return path.is_file() and path.suffix.casefold() == ".npz"


def read_npz_folder(folder: Path) -> Parts:
    """Read the one npz file in a folder.

    Raises:
        DataError: there are several, or it is not as it should be.
    """
    paths = list(filter(is_npz, entries(folder)))
    if len(paths) > 1:
        raise DataError(
            "{path} holds several npz files: give the path of one of them.", path=folder
        )
    return read_npz(paths[0])


def read_npz(path: Path) -> Parts:
    """Read ``x_train``, ``y_train``, ``x_test`` and ``y_test``; or ``images`` and ``labels``.

    ``x`` and ``y`` will do as well. Images are (N, 28, 28), (N, 28, 28, 1) or (N, 784), labels
    (N,), both of any type of whole numbers. Pickled objects are refused, since they can run code.

    Raises:
        DataError: arrays are missing or not so, or the file is damaged.
    """
    with _open(path) as arrays:
        pairs = _layout(set(arrays.files), path)
        digits = {part: _read_pair(arrays, path, *keys) for part, keys in pairs.items()}
    return Parts(digits, {path.name: file_sha256(path)})


def _layout(names: set[str], path: Path) -> dict[PartName, tuple[str, str]]:
    """Return the names of the images and labels of every part that is there."""
    for layout in _LAYOUTS:
        pairs = {part: keys for part, keys in layout.items() if not names.isdisjoint(keys)}
        missing = sorted({key for keys in pairs.values() for key in keys} - names)
        if missing:
            raise DataError(
                "{path} has no array {name}: images and labels belong together. Add it.",
                path=path,
                name=missing[0],
            )
        if pairs:
            return pairs
    raise DataError(
        "{path} holds the arrays {names}, and not x_train and y_train (with x_test and y_test), "
        "nor images and labels, nor x and y: rename them.",
        path=path,
        names=", ".join(sorted(names)) or "—",
    )


@contextmanager
def _open(path: Path) -> Iterator[NpzFile]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise cannot_read(path, error) from error
    with file:
        try:
            loaded = np.load(file, allow_pickle=False)
        # numpy, zipfile and zlib raise a dozen kinds of exceptions for files that are damaged.
        except Exception as error:
            raise _damaged(path) from error
        if not isinstance(loaded, NpzFile):
            raise _damaged(path)
        with loaded:
            yield loaded


def _read_pair(arrays: NpzFile, path: Path, images_key: str, labels_key: str) -> Digits:
    images_name, labels_name = f"{path}: {images_key}", f"{path}: {labels_key}"
    images = _read_array(arrays, images_key, path)
    if images.shape[1:] not in _IMAGE_SHAPES:
        raise DataError(
            "{path} has the shape {shape}, and images must be (N, 28, 28) or (N, 784): convert it.",
            path=images_name,
            shape=images.shape,
        )
    images = images.reshape(-1, SIDE, SIDE)
    wrong = ((images < 0) | (images > 255)).any(axis=(1, 2))
    if wrong.any():
        raise DataError(
            "{path}: image {row} has values outside 0 to 255: correct or remove it.",
            path=images_name,
            row=int(np.argmax(wrong)) + 1,
        )
    labels = _read_array(arrays, labels_key, path)
    if labels.ndim != 1:
        raise DataError(
            "{path} has the shape {shape}, and labels must be (N,): convert it.",
            path=labels_name,
            shape=labels.shape,
        )
    return labelled(images.astype(np.uint8, copy=False), labels, images_name, labels_name)


def _read_array(arrays: NpzFile, key: str, path: Path) -> NDArray[np.integer]:
    try:
        array: NDArray[Any] = arrays[key]
    except Exception as error:
        if "pickle" in str(error):
            raise DataError(
                "{path}: {name} holds pickled objects, which could run code: save it as an array "
                "of whole numbers.",
                path=path,
                name=key,
            ) from error
        raise _damaged(path) from error
    if array.dtype.kind not in "iu":
        raise DataError(
            "{path}: {name} has the type {dtype}, not whole numbers: convert it to uint8 (pixels "
            "from 0 to 255, labels from 0 to 9).",
            path=path,
            name=key,
            dtype=array.dtype,
        )
    return array


def _damaged(path: Path) -> DataError:
    return DataError("{path} is damaged or no npz file: get or save it again.", path=path)
