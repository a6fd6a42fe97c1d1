"""Any source of labelled digits, recognised by looking at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from digitnet.datasets.digits import Dataset, Digits
from digitnet.datasets.idx import is_idx, read_idx_file, read_idx_folder
from digitnet.datasets.image_folder import is_image, read_image_folder
from digitnet.datasets.kaggle_csv import is_csv, read_csv_file, read_csv_folder
from digitnet.datasets.mnist import load_mnist
from digitnet.datasets.npz import is_npz, read_npz, read_npz_folder
from digitnet.datasets.parts import Parts, join, same_checksums, split, with_bright_ink
from digitnet.datasets.shards import find_shards, holds_shards
from digitnet.datasets.source_file import entries
from digitnet.datasets.sources import SOURCES, cache_folder
from digitnet.datasets.streamed import FOOTERS, StreamedDataset, held_digits, open_streamed
from digitnet.errors import DataError, UsageError
from digitnet.storage import is_uri

_FILE_READERS: tuple[tuple[Callable[[Path], bool], Callable[[Path], Parts]], ...] = (
    (is_idx, read_idx_file),
    (is_csv, read_csv_file),
    (is_npz, read_npz),
)

_FOLDER_READERS: tuple[tuple[str, Callable[[Path], bool], Callable[[Path], Parts]], ...] = (
    ("folders", Path.is_dir, read_image_folder),
    ("IDX", is_idx, read_idx_folder),
    ("CSV", is_csv, read_csv_folder),
    ("npz", is_npz, read_npz_folder),
)


def open_dataset(path: str | Path) -> Dataset | StreamedDataset:
    """Open digits for training, validation and test: as `load_dataset`, but with no need of memory.

    A set of Parquet or Arrow files gives a `StreamedDataset`, whose digits to learn from are read
    when they are needed; everything else is loaded.

    Raises:
        UsageError: there is nothing at ``path``.
        DataError: what is there cannot be used; the sentence names the file and the row.
    """
    if is_uri(str(path)):
        return open_streamed(str(path))
    place = Path(path)
    if place.exists() and holds_shards(place):
        _refuse_another_layout(place)
        return open_streamed(str(place.resolve()))
    return _load(path)


def load_dataset(path: str | Path) -> Dataset:
    """Read digits for training, validation and test from anything that holds them.

    Args:
        path: one of

            - a folder of folders ``0`` to ``9`` of 28×28 images, or of ``train``, ``test`` and
              ``validation`` with such folders in them;
            - a folder of IDX files under MNIST's names, or one images file with its labels file
              beside it, plain or gzip;
            - a CSV file in the layout of Kaggle's Digit Recognizer, plain or gzip, or a folder
              with ``train.csv`` and perhaps ``test.csv``;
            - an npz file with Keras's arrays, or with ``images`` and ``labels`` or ``x`` and
              ``y``, or a folder with one;
            - a Parquet or Arrow file with columns ``image`` and ``label``, or a folder of such; or
              the URI of either, such as ``s3://bucket/folder`` (see `open_streamed`);
            - the name of a set that ``digitnet data fetch`` has fetched, or ``mnist``.

    Dark ink on bright paper is turned, except in Parquet and Arrow, where it is refused.

    Returns:
        The digits in the parts that the source has. Where it has no test part, a seventh of the
        digits is kept back for it, and where it has no validation part, a twelfth of what is
        then left to learn from: MNIST's proportions. Which digits these are depends on their
        number alone, so they are the same at every call.

    Raises:
        UsageError: there is nothing at ``path``.
        DataError: what is there cannot be used; the sentence names the file and the row.
    """
    dataset = open_dataset(path)
    return dataset.load() if isinstance(dataset, StreamedDataset) else dataset


def _load(path: str | Path) -> Dataset:
    if _is_shipped(path):
        return load_mnist()
    place, name, source = _locate(path)
    return _divided(_read(place), place, name, source)


def _is_shipped(path: str | Path) -> bool:
    """Tell whether the MNIST that ships is meant, and no file or folder of that name."""
    return str(path) == "mnist" and not Path(path).exists()


def _locate(path: str | Path) -> tuple[Path, str, str]:
    """Return where a set lies, what it is called, and what loads it again."""
    place = Path(path)
    if place.exists():
        whole_path = place.resolve()
        return place, whole_path.name, str(whole_path)
    return _fetched(str(path)), str(path), str(path)


def reload_dataset(source: str) -> Dataset | StreamedDataset:
    """Open what `Dataset.source` recorded: ``"mnist"`` is the one that ships, whatever lies here.

    Raises:
        DigitnetError: as `open_dataset`.
    """
    return load_mnist() if source == "mnist" else open_dataset(source)


def load_digits(path: str | Path) -> Digits:
    """Read digits to measure with: the test part, or all there are if there is no test part.

    Of Parquet and Arrow, 10,000 at the most.

    Args:
        path: as for `load_dataset`.

    Raises:
        UsageError: there is nothing at ``path``.
        DataError: what is there cannot be used; the sentence names the file and the row.
    """
    found = open_unseen(path, [])
    return found if isinstance(found, Digits) else found.test


def open_unseen(
    path: str | Path, learned: Sequence[Mapping[str, str]]
) -> Digits | Dataset | StreamedDataset:
    """Read digits to measure networks with, which may have seen some of them.

    Args:
        path: as for `load_dataset`.
        learned: for each network the checksums of what it learned from, see `Dataset.sha256`.

    Returns:
        The whole set, in its parts, where one of the networks learned from it, wherever it lay
        then: only its test part is new to that network. Else digits as `load_digits` gives them.

    Raises:
        UsageError: there is nothing at ``path``.
        DataError: what is there cannot be used; the sentence names the file and the row.
    """

    def seen(sha256: Mapping[str, str]) -> bool:
        return any(same_checksums(sha256, each) for each in learned)

    if is_uri(str(path)) or (Path(path).exists() and holds_shards(Path(path))):
        sha256 = {FOOTERS: find_shards(str(path)).sha256}
        return open_dataset(path) if seen(sha256) else held_digits(str(path))
    if _is_shipped(path):
        mnist = load_mnist()
        return mnist if seen(mnist.sha256) else mnist.test
    place, name, source = _locate(path)
    parts = _read(place)
    if seen(parts.sha256):
        return _divided(parts, place, name, source)
    return parts.digits.get("test") or join(list(parts.digits.values()))


def _divided(parts: Parts, place: Path, name: str, source: str) -> Dataset:
    train, validation, test = split(parts, place)
    return Dataset(name, train, validation, test, sha256=parts.sha256, source=source)


def _fetched(name: str) -> Path:
    """Return the folder of a set that was fetched."""
    source = SOURCES.get(name)
    if source is None:
        raise UsageError(
            "There is nothing at {path}: give the path of digits, or one of the names {names}.",
            path=name,
            names=", ".join(SOURCES),
        )
    folder = cache_folder() / name
    if not source.lies_in(folder):
        raise UsageError(
            "{name} has not been fetched: run `digitnet data fetch {name}` first.", name=name
        )
    return folder


def _read(path: Path) -> Parts:
    parts = _read_folder(path) if path.is_dir() else _read_file(path)
    return with_bright_ink(parts, path)


def _read_file(path: Path) -> Parts:
    for belongs, read in _FILE_READERS:
        if belongs(path):
            return read(path)
    raise DataError(
        "{path} is of no known format: give an .npz or .csv file, an IDX file named like MNIST's "
        "(train-images-idx3-ubyte), or a folder.",
        path=path,
    )


def _read_folder(folder: Path) -> Parts:
    there = entries(folder)
    found = [(kind, read) for kind, belongs, read in _FOLDER_READERS if any(map(belongs, there))]
    if any(map(is_image, there)):
        raise DataError(
            "{path} holds images whose digits are unknown: move each into a folder named after "
            "its digit, 0 to 9.",
            path=folder,
        )
    if not found:
        raise DataError(
            "{path} holds nothing to learn from: neither folders 0 to 9 with images, nor IDX "
            "files named like MNIST's, nor train.csv, nor an npz file.",
            path=folder,
        )
    if len(found) > 1:
        raise _two_layouts(folder, found[0][0], found[1][0])
    return found[0][1](folder)


def _refuse_another_layout(place: Path) -> None:
    """Refuse a folder that holds other digits beside Parquet or Arrow."""
    for kind, belongs, _ in _FOLDER_READERS:
        if place.is_dir() and kind != "folders" and any(map(belongs, entries(place))):
            raise _two_layouts(place, "Parquet, Arrow", kind)


def _two_layouts(folder: Path, first: str, second: str) -> DataError:
    return DataError(
        "{path} holds digits in two layouts ({first} and {second}): keep one of them, or give "
        "the path of one file or folder in it.",
        path=folder,
        first=first,
        second=second,
    )
