"""The folders of the runs that the page shows, whatever is wrong with what stands in them."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from digitnet.errors import DigitnetError, ServiceError
from digitnet.training.run import Run

if sys.platform != "win32":
    import fcntl

METRICS = "metrics.jsonl"
LAST_BYTES = 4096  # hold a line of metrics
STILL_TRAINING = 60.0  # seconds since the last line of metrics, where no lock says more

Json = dict[str, Any]

# What reading a damaged file raises, or one that is deleted at that moment.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@contextmanager
def damage_told() -> Iterator[None]:
    """Turn what a damaged run raises into one sentence.

    Raises:
        ServiceError: the run is damaged.
    """
    try:
        yield
    except _DAMAGE:
        raise ServiceError(
            409, "This run is damaged; put back a copy of its folder, or train anew."
        ) from None


def listing(folder: Path) -> list[Json]:
    """Return what is told of every run of a folder in the list, the newest first.

    Returns:
        ``name`` and ``state`` of each: “finished”, “training”, “stopped”, or “damaged” where its
        files cannot be read; else ``recipe``, ``seed``, ``step``, ``steps`` too, and
        ``test_accuracy`` of a finished run.
    """
    entries = [_entry(run) for run in _runs(folder)]
    return [entry for entry in entries if entry is not None]


def find(folder: Path, name: str) -> Run:
    """Return the run of that name.

    Raises:
        ServiceError: there is none.
    """
    # By its name among those that are there: no path that a client makes up is ever opened.
    for run in _runs(folder):
        if run.folder.name == name:
            return run
    raise ServiceError(404, "There is no run of that name.")


def told(run: Run) -> Json:
    """Return what a run was told, and how it ended: ``run``, and ``summary`` when it has.

    Raises:
        ServiceError: the run is damaged.
    """
    with damage_told():
        values = {"run": _read(run.folder / "run.json")}
        return values | ({"summary": _read(run.folder / "summary.json")} if run.finished else {})


def state_of(run: Run) -> str:
    """Return “finished”, “training” or “stopped”.

    Raises:
        OSError: the run has been deleted.
    """
    if run.finished:
        return "finished"
    metrics = run.folder / METRICS
    written = metrics if metrics.exists() else run.folder / "run.json"
    # A run that evaluates, or writes to a slow disk, may be silent for longer.
    recent = time.time() - written.stat().st_mtime < STILL_TRAINING
    return "training" if recent or _is_locked(run.folder / ".lock") else "stopped"


def lines_from(path: Path, start: int) -> tuple[list[Json], int]:
    """Return the whole lines of metrics from a byte on, and the byte after them.

    A first part of a line is left for later, and a line that holds no metrics is left out.
    """
    with path.open("rb") as file:
        file.seek(max(0, start - 1))
        if start:
            start += len(file.readline()) - 1
        content = file.read()
    end = content.rfind(b"\n") + 1
    lines = [_metrics(line) for line in content[:end].splitlines()]
    return [line for line in lines if line is not None], start + end


def _runs(folder: Path) -> list[Run]:
    found: list[tuple[float, Path]] = []
    try:
        paths = list(folder.iterdir())
    except OSError:
        return []  # It may be made later.
    for path in paths:
        # One may be deleted while they are listed, and one may have a name that no text can hold.
        with suppress(OSError, UnicodeEncodeError):
            path.name.encode()
            found.append(((path / "run.json").stat().st_mtime, path))
    return [Run(path) for _, path in sorted(found, key=lambda each: each[0], reverse=True)]


def _entry(run: Run) -> Json | None:
    """What is told of a run in the list; None where it has been deleted meanwhile."""
    entry: Json = {"name": run.folder.name}
    try:
        # As it was written, by whatever version: what is shown here all of them have.
        given = _read(run.folder / "run.json")
        entry |= {
            "recipe": given["recipe"]["name"],
            "seed": given["seed"],
            "state": state_of(run),
            "step": _last_step(run.folder / METRICS),
            "steps": given["recipe"]["steps"],
        }
        if run.finished:
            entry["test_accuracy"] = _read(run.folder / "summary.json")["test_accuracy"]
    except (DigitnetError, *_DAMAGE):
        if not (run.folder / "run.json").exists():
            return None
        entry["state"] = "damaged"
    return entry


def _last_step(path: Path) -> int:
    """The step of the last whole line; the list is asked for often, and files grow long."""
    if not path.exists():
        return 0
    lines, _ = lines_from(path, max(0, path.stat().st_size - LAST_BYTES))
    return int(lines[-1]["step"]) if lines else 0


def _read(path: Path) -> Json:
    values = _parsed(path.read_bytes())
    if not isinstance(values, dict):
        raise TypeError
    return values


def _metrics(line: bytes) -> Json | None:
    with suppress(ValueError, RecursionError):
        values = _parsed(line)
        if isinstance(values, dict) and isinstance(values.get("step"), int):
            return values
    return None


def _parsed(text: bytes) -> Any:
    # A loss may be no number any more, for which JSON has no word.
    return json.loads(text, parse_float=_finite, parse_constant=_finite)


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _is_locked(file: Path) -> bool:
    """Whether a trainer holds the lock of a run; no where that cannot be told, as on Windows."""
    if sys.platform == "win32":
        return False
    try:
        with file.open("rb") as opened:
            # Shared, and given back at once: it hinders a trainer only if it begins right now.
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
