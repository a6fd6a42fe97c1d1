"""Decoders keep quiet: what they think of damaged pictures is said once, by us."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

STANDARD_ERROR = Lock()
"""Taken by whoever prints to standard error while other threads decode: see `hushed`."""


@contextmanager
def hushed() -> Iterator[None]:
    """Hush the TIFF library, which writes to standard error what it thinks of a damaged file."""
    with STANDARD_ERROR:
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


class Quiet:
    """Pillow warns of odd metadata and of large pictures; the limits above speak for us.

    `warnings.catch_warnings` belongs to the whole process, so that threads which leave it in
    another order than they came would leave it shut: the first to come enters it for all, and the
    last to go leaves it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._caught.__exit__(None, None, None)


quiet = Quiet()
