"""How much memory processes take, from Linux's /proc."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 0.5  # From one look to the next.


def own_peak() -> float:
    """This process's peak in MB; a child's ru_maxrss would begin with its parent's."""
    return _status(os.getpid())["VmHWM"] / 1024


@contextmanager
def peak_of_family() -> Iterator[list[float]]:
    """Watch this process and all below it; afterwards the list holds their peak in MB.

    That is the memory that each has for itself, and the largest shared one: Ray's object store.
    """
    peak, stopped = [0.0], threading.Event()

    def watch() -> None:
        while not stopped.wait(SECONDS):
            family = [_status(pid) for pid in (os.getpid(), *_below(os.getpid()))]
            own = sum(status.get("RssAnon", 0) for status in family)
            shared = max(status.get("RssShmem", 0) for status in family)
            peak[0] = max(peak[0], (own + shared) / 1024)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        stopped.set()
        thread.join()


def _below(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _read(task).split()):
            yield child
            yield from _below(child)


def _status(pid: int) -> dict[str, int]:
    """The sizes in kB; none for a process that has ended."""
    lines = re.findall(r"^(\w+):\s+(\d+) kB$", _read(Path(f"/proc/{pid}/status")), re.MULTILINE)
    return {name: int(size) for name, size in lines}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
