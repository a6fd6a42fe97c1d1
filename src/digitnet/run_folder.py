"""Where the model of a run lies, for those who want no more of its folder than that."""

from __future__ import annotations

import shlex
from pathlib import Path

from digitnet.errors import RunError

MODEL = "model.onnx"
SUMMARY = "summary.json"  # Written last of all: with it a run is finished.
SETTINGS = "run.json"  # Written first.


def is_finished(folder: Path) -> bool:
    """Whether the run in a folder came to its end, and what it came to is still there."""
    return all((folder / name).exists() for name in (SUMMARY, MODEL))


def finished_model(folder: Path) -> Path:
    """Return the exported network of the finished run in a folder.

    Raises:
        RunError: the folder is no run's, or the run is not finished.
    """
    if not is_finished(folder):
        if not (folder / SETTINGS).exists():
            raise no_run(folder, SETTINGS)
        raise RunError(
            "{folder} holds no finished run; go on with: digitnet train --resume {folder}",
            folder=shlex.quote(str(folder)),
        )
    return folder / MODEL


def no_run(folder: Path, name: str) -> RunError:
    """Return what is said of a folder that lacks a file which every run has."""
    return RunError(
        "{folder} is not the folder of a run: it has no {name}.", folder=folder, name=name
    )
