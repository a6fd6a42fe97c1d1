"""Files as they come: plain or gzip, whole or damaged."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from digitnet.errors import DataError

_GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read its bytes, unpacked if it is gzip (by its content, not its name).

    Raises:
        DataError: now or while reading: it cannot be read, is empty, or its gzip is damaged.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_GZIP_MAGIC))
            file.seek(0)
            if not magic:
                raise DataError("{path} is empty: get the file again.", path=path)
            if magic == _GZIP_MAGIC:
                with gzip.open(file) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            "{path} breaks off or is damaged: it cannot be unpacked. Get the file again.",
            path=path,
        ) from error
    except OSError as error:
        raise cannot_read(path, error) from error


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of the file as it lies on the disk.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise cannot_read(path, error) from error


def entries(folder: Path) -> list[Path]:
    """Return what lies in a folder, sorted, without what systems leave there unasked.

    Raises:
        DataError: the folder cannot be read.
    """
    unasked = {"__macosx", "thumbs.db", "desktop.ini"}
    try:
        return sorted(
            entry
            for entry in folder.iterdir()
            if not entry.name.startswith(".") and entry.name.casefold() not in unasked
        )
    except OSError as error:
        raise cannot_read(folder, error) from error


def cannot_read(path: Path, error: OSError) -> DataError:
    """Return the sentence for a file or folder that the system does not let us read."""
    return DataError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
