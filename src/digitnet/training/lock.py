"""One process at a time trains in a run's folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from digitnet.errors import RunError
from digitnet.files import cannot_write
from digitnet.training.run import Run


@contextmanager
def locked(run: Run) -> Iterator[None]:
    """Keep other processes out of a run's folder; the system frees it where a process dies.

    Raises:
        RunError: another process is in it.
        DigitnetError: the folder cannot be written.
    """
    lock = FileLock(run.folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RunError(
            "Another process is training in {folder}; wait for its end, or stop it first.",
            folder=run.folder,
        ) from None
    except OSError as error:
        raise cannot_write(run.folder, error) from error
    try:
        yield
    finally:
        lock.release()
