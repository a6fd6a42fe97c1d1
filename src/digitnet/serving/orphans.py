"""Worker processes whose supervisor was killed: they end too, and leave nothing behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

from digitnet.serving.measures import SHARED

_supervisor_is_gone = threading.Event()


def end_with_supervisor() -> None:
    """Stop this process, as SIGTERM does, when the one that started it as a worker is gone."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return

    def watch() -> None:
        supervisor.join()
        _supervisor_is_gone.set()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()


def clear_counts_of_orphan() -> None:
    """Delete this process's counts where no supervisor will; the last worker deletes the folder."""
    if not _supervisor_is_gone.is_set():
        return
    folder = Path(os.environ[SHARED])
    with suppress(OSError, ValueError):
        for file in folder.glob("*.db"):
            process = int(file.stem.rpartition("_")[2])
            if process == os.getpid() or not _lives(process):
                file.unlink(missing_ok=True)
        folder.rmdir()  # It fails while others have their counts in it.


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # Somebody else's, so it lives.
    return True
