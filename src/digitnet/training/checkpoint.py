"""The newest complete state of a run, in a folder that is right at every moment.

``state-<step>.safetensors`` holds the tensors and ``state.json`` names it, with its SHA-256. The
tensors are written first, then the JSON is replaced in one move, then the older tensors go: a
process that is killed in between leaves the older state or the newer one, never half of one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from digitnet.errors import RunError
from digitnet.files import cannot_write, write_atomically, write_json

INDEX = "state.json"


@dataclass(frozen=True)
class Checkpoint:
    """A trainer's state after ``step`` steps, and the seconds that they took."""

    step: int
    accuracies: list[float]
    train_seconds: float
    tensors: dict[str, Tensor]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Put ``checkpoint`` in the place of the one in ``folder``.

    Raises:
        RunError: it cannot be written; the one that was there before still is.
    """
    content = save(checkpoint.tensors)
    tensors = folder / f"state-{checkpoint.step}.safetensors"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    write_atomically(tensors, lambda partial: partial.write_bytes(content))
    index = {
        "step": checkpoint.step,
        "accuracies": checkpoint.accuracies,
        "train_seconds": checkpoint.train_seconds,
        "tensors": tensors.name,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    write_json(folder / INDEX, index)
    for old in folder.glob("*state-*.safetensors"):
        if old != tensors:
            old.unlink(missing_ok=True)


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """Return the checkpoint in ``folder``, or None where none was written yet.

    Raises:
        RunError: it is damaged.
    """
    if not (folder / INDEX).exists():
        return None
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        content = (folder / index["tensors"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != index["sha256"]:
            raise _damaged(folder)
        return Checkpoint(
            step=int(index["step"]),
            accuracies=[float(value) for value in index["accuracies"]],
            train_seconds=float(index["train_seconds"]),
            tensors=load(content),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise _damaged(folder) from error


def checkpoint_sha256(folder: Path) -> str | None:
    """Return the checksum of the checkpoint in ``folder``, or None where none was written yet.

    Raises:
        RunError: it is damaged.
    """
    if not (folder / INDEX).exists():
        return None
    try:
        return str(json.loads((folder / INDEX).read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder) from error


def _damaged(folder: Path) -> RunError:
    return RunError(
        "The checkpoint in {folder} is damaged, and was left as it is; "
        "put back a copy of that folder, or delete it to let the run start over.",
        folder=folder,
    )


def with_prefix(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return those of a state's tensors whose names begin like that, by what is left of them."""
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
