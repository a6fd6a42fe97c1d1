"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from digitnet.errors import DigitnetError


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside ``path``, then put it in the place of ``path``.

    Raises:
        DigitnetError: the disk is full or the folder cannot be written; ``path`` is as it
            was before.
    """
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        write(partial)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise cannot_write(path, error) from error


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` atomically as indented JSON."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def cannot_write(path: Path, error: OSError) -> DigitnetError:
    """Return the sentence for a failed write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DigitnetError(
            "The disk is full: {path} could not be written. Free some space and go on.",
            path=path,
        )
    return DigitnetError(
        "{path} could not be written: {reason}.", path=path, reason=error.strerror or error
    )
