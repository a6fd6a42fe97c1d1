"""Several processes that train one network: real ones, started by torchrun, some of them killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load_file
from torch import nn

from digitnet import Run
from digitnet.errors import UsageError
from digitnet.training import train
from digitnet.training.world import World

DOUBLE = Path(__file__).with_name("_double.py")
TRAIN = ("-m", "digitnet", "train", "tutorial", "--steps", 24, "--precision", "float32")
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}


def python(*arguments: object, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def torchrun(*arguments: object, cwd: Path, restarts: int = 0) -> subprocess.Popen[str]:
    """Start two processes; ``arguments`` as for Python."""
    words = list(arguments)
    module = ["--module", *words[1:]] if words[0] == "-m" else words
    options = ("--standalone", "--nproc-per-node", 2, "--max-restarts", restarts)
    return python("-m", "torch.distributed.run", *options, *module, cwd=cwd)


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, out + err
    return out


def wait_for_step(process: subprocess.Popen[str], folder: Path, step: int) -> None:
    def reached() -> bool:
        index = folder / "checkpoint" / "state.json"
        return index.exists() and json.loads(index.read_text())["step"] >= step

    until = time.monotonic() + 120
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


def weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    (path,) = (folder / "checkpoint").glob("state-*.safetensors")
    return load_file(path)


@given(count=st.integers(0, 1000), size=st.integers(1, 20))
def test_shares_are_all_there_is_and_alike(count: int, size: int) -> None:
    shares = [World(rank, size).share(count) for rank in range(size)]
    assert [k for share in shares for k in range(count)[share]] == list(range(count))
    lengths = {share.stop - share.start for share in shares}
    assert max(lengths) - min(lengths) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "steps", "batch_size"),
    # 51 cannot be divided evenly; the reader's recipe has jitter, batch norm and an average.
    [("tutorial", 100, 6), ("reader", 30, 51)],
)
def test_two_processes_learn_what_one_learns(
    tmp_path: Path, recipe: str, steps: int, batch_size: int
) -> None:
    """In float64, where rounding does not grow into something that one could see.

    In float32 it does within 20 steps, also in one process when its number of threads changes:
    see docs/scale.md.
    """
    call = (DOUBLE, recipe, steps, batch_size)
    finish(python(*call, "one.npz", cwd=tmp_path))
    finish(torchrun(*call, "two.npz", cwd=tmp_path))
    one, two = np.load(tmp_path / "one.npz"), np.load(tmp_path / "two.npz")
    assert set(one) == set(two)
    for name in one:
        difference = np.linalg.norm(one[name] - two[name])
        assert difference <= 1e-5 * np.linalg.norm(one[name]), name
    assert one["losses"][-5:].mean() < 0.8 * one["losses"][0], "nothing was learnt"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of two processes that was never stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    out = finish(torchrun(*TRAIN, "--out", "run", cwd=folder))
    assert out.count("Test accuracy") == 1, "one process prints"
    return Run(folder / "run")


@pytest.mark.slow
def test_a_run_whose_process_is_killed_ends_in_the_same_weights(
    undisturbed: Run, tmp_path: Path
) -> None:
    process = torchrun(*TRAIN, "--out", "run", "--checkpoint-every", 2, cwd=tmp_path, restarts=1)
    wait_for_step(process, tmp_path / "run", 2)
    os.kill(rank(process.pid, 1), signal.SIGKILL)
    assert "Going on after" in finish(process)
    assert Run(tmp_path / "run").finished
    for name, whole in weights(undisturbed.folder).items():
        assert np.array_equal(weights(tmp_path / "run")[name], whole), name
    assert losses(tmp_path / "run") == losses(undisturbed.folder)


@pytest.mark.slow
def test_a_run_goes_on_in_another_number_of_processes(undisturbed: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = python(*TRAIN, "--out", "run", "--checkpoint-every", 2, cwd=tmp_path)
    wait_for_step(process, folder, 4)
    process.kill()
    process.communicate()
    process = torchrun("-m", "digitnet", "train", "--resume", "run", cwd=tmp_path)
    begun = json.loads((folder / "checkpoint" / "state.json").read_text())["step"]
    wait_for_step(process, folder, begun + 4)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert "To go on: digitnet train --resume run" in out
    finish(python("-m", "digitnet", "train", "--resume", "run", cwd=tmp_path))
    # The first 10 steps are not far enough for rounding to have grown.
    assert losses(folder)[:2] == pytest.approx(losses(undisturbed.folder)[:2], rel=1e-5)
    assert len(losses(folder)) == len(losses(undisturbed.folder))
    assert abs(Run(folder).summary["test_accuracy"] - accuracy(undisturbed)) < 0.05


def rank(ancestor: int, number: int) -> int:
    """The process that torchrun started as that rank."""
    tasks = Path(f"/proc/{ancestor}/task").iterdir()
    children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    wanted = f"\0RANK={number}\0".encode()
    (found,) = [c for c in children if wanted in Path(f"/proc/{c}/environ").read_bytes()]
    return found


def losses(folder: Path) -> list[float]:
    return [line["train_loss"] for line in Run(folder).metrics()]


def accuracy(run: Run) -> float:
    return float(run.summary["test_accuracy"])


def test_several_processes_need_a_folder_to_find_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(train, "join_world", lambda _device: World(rank=1, size=2))
    with pytest.raises(UsageError, match="Under torchrun give --out"):
        train.Session.start("tutorial")
    assert list(tmp_path.iterdir()) == []


def test_a_batch_must_have_an_image_for_every_process() -> None:
    with pytest.raises(UsageError, match="A batch of 2 cannot be divided among 3 processes"):
        World(rank=0, size=3).divide(nn.Sequential(), batch_size=2)
