"""Training in real processes: what several tests start, wait for, kill and look into."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from digitnet import Run

TORCHRUN = (sys.executable, "-m", "torch.distributed.run")
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}


def start(words: Sequence[object], cwd: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        list(map(str, words)),
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def python(*arguments: object, cwd: Path) -> subprocess.Popen[str]:
    return start([sys.executable, *arguments], cwd)


def torchrun(*arguments: object, cwd: Path, restarts: int = 0) -> subprocess.Popen[str]:
    """Start two processes; ``arguments`` as for Python."""
    options = ("--standalone", "--nproc-per-node", 2, "--max-restarts", restarts)
    module = ["--module", *arguments[1:]] if arguments[0] == "-m" else list(arguments)
    return start([*TORCHRUN, *options, *module], cwd)


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, out + err
    return out


def saved_step(folder: Path) -> int:
    """How many steps the checkpoint in a run's folder holds; 0 where there is none."""
    index = folder / "checkpoint" / "state.json"
    return int(json.loads(index.read_text())["step"]) if index.exists() else 0


def wait_for_step(process: subprocess.Popen[str], folder: Path, step: int) -> None:
    until = time.monotonic() + 120
    while saved_step(folder) < step:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


def weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    (path,) = (folder / "checkpoint").glob("state-*.safetensors")
    return load_file(path)


def losses(folder: Path) -> list[float]:
    return [line["train_loss"] for line in Run(folder).metrics()]


def rank(ancestor: int, number: int) -> int:
    """The process that torchrun started as that rank."""
    tasks = Path(f"/proc/{ancestor}/task").iterdir()
    children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    wanted = f"\0RANK={number}\0".encode()
    (found,) = [c for c in children if wanted in Path(f"/proc/{c}/environ").read_bytes()]
    return found
