"""Where files lie: on this machine's disks, or on object storage through pyarrow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from digitnet.errors import DigitnetError

if TYPE_CHECKING:
    from pyarrow import fs


def is_uri(name: str) -> bool:
    """Tell a URI such as ``s3://bucket/folder`` from a path."""
    return "://" in name


def check_pyarrow(name: str) -> None:
    """Check that pyarrow is installed.

    Args:
        name: of what it is needed for.

    Raises:
        DigitnetError: it is not.
    """
    try:
        import pyarrow as _  # noqa: F401 (whoever asks imports what they need of it)
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "{path} needs {package}, which is not installed: pip install 'digitnet[cluster]'",
            path=name,
            package=error.name,
        ) from error


def open_filesystem(name: str) -> tuple[fs.FileSystem, str]:
    """Return the file system of a URI or local path, and the path in it.

    Raises:
        OSError: the file system cannot be reached.
        pyarrow.ArrowInvalid: pyarrow knows none of that name.
    """
    from pyarrow import fs

    if is_uri(name):
        filesystem, path = fs.FileSystem.from_uri(name)
        return filesystem, path
    return fs.LocalFileSystem(), os.path.abspath(name)  # noqa: PTH100 (object storage has no Path)


def reason(error: Exception) -> str:
    """Return why a file cannot be opened, in the words of the system or of pyarrow."""
    return str(getattr(error, "strerror", None) or str(error).partition("\n")[0])
