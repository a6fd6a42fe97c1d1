"""Ctrl-C, or a scheduler's SIGTERM, as a wish that the loop sees when its step is whole."""

from __future__ import annotations

import shlex
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """A signal stopped the run after a whole step; its checkpoint is written."""

    def __init__(self, folder: Path, step: int, signal_number: int) -> None:
        words = shlex.join(["digitnet", "train", "--resume", str(folder)])
        super().__init__(f"stopped after {step} steps; {words} goes on")
        self.folder = folder
        self.step = step
        self.signal_number = signal_number


class StopSignal:
    """Remembers the first signal in `number`; a second one ends the process at once."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Take note of the signal."""
        self.number = number
        signal.signal(number, signal.default_int_handler)


@contextmanager
def stop_signal() -> Iterator[StopSignal]:
    """Turn SIGINT and SIGTERM into a wish that the loop sees after its step."""
    stop = StopSignal()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # Python lets only the main thread listen.
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
