"""CSV as in Kaggle's Digit Recognizer: ``label,pixel0,…,pixel783``, with or without a header."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TextIO

import numpy as np

from digitnet.datasets.digits import CLASSES, SIDE, Digits
from digitnet.datasets.parts import PART_NAMES, PartName, Parts
from digitnet.datasets.source_file import entries, file_sha256, open_source
from digitnet.errors import DataError

_PIXELS = SIDE * SIDE
_COLUMNS = 1 + _PIXELS

_NAME = re.compile(r"(?:.*[-_])?(train|test|validation|val)\.csv(?:\.gz)?", re.IGNORECASE)
"""``train.csv``, ``mnist_train.csv``, ``fashion-mnist_test.csv.gz``."""

_NUMBER = re.compile(r'\s*"?\s*[0-9]{1,9}\s*"?\s*')


def is_csv(path: Path) -> bool:
    """Tell whether a file's name ends in ``.csv`` or ``.csv.gz``."""
    return path.is_file() and path.name.casefold().endswith((".csv", ".csv.gz"))


def read_csv_folder(folder: Path) -> Parts:
    """Read ``train.csv`` in a folder, and ``test.csv`` and ``validation.csv`` if they are there.

    Files of other names are left alone: Kaggle's download has a ``sample_submission.csv``.

    Raises:
        DataError: there is no such file, two are the same part, or one is not as it should be.
    """
    paths: dict[PartName, Path] = {}
    for path in filter(is_csv, entries(folder)):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        part = PART_NAMES[match[1].casefold()]
        if part in paths:
            raise DataError(
                "{first} and {second} are both the {part} part: keep one of them.",
                first=paths[part],
                second=path,
                part=part,
            )
        paths[part] = path
    if not paths:
        raise DataError(
            "{path} holds CSV files, but no train.csv: rename the file, or give its own path.",
            path=folder,
        )
    return Parts(
        {part: read_csv(path) for part, path in paths.items()},
        {path.name: file_sha256(path) for path in paths.values()},
    )


def read_csv_file(path: Path) -> Parts:
    """Read one CSV file.

    Raises:
        DataError: the file is not as it should be; the sentence names the row.
    """
    return Parts({"whole": read_csv(path)}, {path.name: file_sha256(path)})


def read_csv(path: Path) -> Digits:
    """Return the digits in a CSV file, plain or gzip.

    Every row has the label, 0 to 9, and the 784 pixels row by row, 0 (paper) to 255 (ink). A
    header is recognised by its first cell not being a number.

    Raises:
        DataError: the file is not so; the sentence names the row as an editor counts, from 1.
    """
    with _open(path) as stream:
        lines = (line for line in stream if line.strip())
        first = next(lines, "")
        if not _is_number(first.split(",", 1)[0]):
            _check_header(first, path)
            first = next(lines, "")
        if not first:
            raise DataError("{path} holds no digits.", path=path)
        try:
            table = np.loadtxt(
                chain([first], lines),
                dtype=np.uint8,
                delimiter=",",
                comments=None,
                quotechar='"',
                ndmin=2,
            )
        except ValueError as error:
            raise _first_fault(path) from error
    if table.shape[1] != _COLUMNS or (table[:, 0] >= CLASSES).any():
        raise _first_fault(path)
    images = np.ascontiguousarray(table[:, 1:]).reshape(-1, SIDE, SIDE)
    return Digits(images, table[:, 0].copy())


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    # Bytes that are no text become a cell that is no number, which is then reported by its row.
    with open_source(path) as file, io.TextIOWrapper(file, "utf-8-sig", "replace") as text:
        yield text


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _check_header(header: str, path: Path) -> None:
    cells = [cell.strip().strip('"').casefold() for cell in header.split(",")]
    if len(cells) == _PIXELS and "label" not in cells:
        raise _unlabelled(path)
    if cells[0] != "label" or len(cells) != _COLUMNS:
        raise DataError(
            "{path}: row 1 is no header as expected: it has {count} columns and begins with "
            "{first}, and should have 785: label, pixel0, …, pixel783.",
            path=path,
            count=len(cells),
            first=repr(cells[0][:20]),
        )


def _first_fault(path: Path) -> DataError:
    """Return the sentence for the first row that is not as it should be.

    Slow, since it looks at one cell after the other, but only run once something is wrong.
    """
    header_allowed, unlabelled_allowed = True, True
    with _open(path) as stream:
        for row, line in enumerate(stream, 1):
            if not line.strip():
                continue
            cells = line.split(",")
            is_header = header_allowed and not _is_number(cells[0])
            header_allowed = False
            if is_header:
                continue
            # A file without labels lacks the first one too; later, a cell is missing from a row.
            if unlabelled_allowed and len(cells) == _PIXELS:
                return _unlabelled(path)
            unlabelled_allowed = False
            fault = _row_fault(cells, path, row)
            if fault:
                return fault
    return DataError("{path} cannot be read as a table of whole numbers: save it anew.", path=path)


def _row_fault(cells: list[str], path: Path, row: int) -> DataError | None:
    if len(cells) != _COLUMNS:
        return DataError(
            "{path}: row {row} has {count} columns, not 785 (the label, then 784 pixels): correct "
            "or remove the row.",
            path=path,
            row=row,
            count=len(cells),
        )
    for column, cell in enumerate(cells):
        most = 255 if column else CLASSES - 1
        if _is_number(cell) and int(cell.strip().strip('"')) <= most:
            continue
        value = repr(cell.strip()[:20])
        if column == 0:
            return DataError(
                "{path}: row {row} has the label {label}, which is no digit from 0 to 9: correct "
                "or remove the row.",
                path=path,
                row=row,
                label=value,
            )
        return DataError(
            "{path}: row {row}, column {column} is {value}, not a whole number from 0 to 255: "
            "correct or remove the row.",
            path=path,
            row=row,
            column=column + 1,
            value=value,
        )
    return None


def _unlabelled(path: Path) -> DataError:
    return DataError(
        "{path} has 784 pixels a row but no label, like Kaggle's test.csv: nothing can be learned "
        "or measured with it. Give the path of a file with labels, such as Kaggle's train.csv.",
        path=path,
    )
