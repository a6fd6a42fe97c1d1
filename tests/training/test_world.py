"""Several processes that train one network: real ones, started by torchrun, some of them killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from digitnet import Run
from digitnet.errors import UsageError
from digitnet.training import train
from digitnet.training.world import World
from tests.conftest import write_digits
from tests.training.processes import (
    finish,
    losses,
    python,
    rank,
    saved_step,
    torchrun,
    wait_for_step,
    weights,
)

DOUBLE = Path(__file__).with_name("_double.py")
TRAIN = ("-m", "digitnet", "train", "tutorial", "--steps", 20, "--precision", "float32")


@given(count=st.integers(0, 1000), size=st.integers(1, 20))
def test_shares_are_all_there_is_and_alike(count: int, size: int) -> None:
    shares = [World(rank, size).share(count) for rank in range(size)]
    assert [k for share in shares for k in range(count)[share]] == list(range(count))
    lengths = {share.stop - share.start for share in shares}
    assert max(lengths) - min(lengths) <= 1


@pytest.fixture(scope="module")
def doubles(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What one process learns of each recipe, and what two do."""
    # 51 cannot be divided evenly; the reader's recipe has augmentation, batch norm and an average.
    call = (".", "tutorial:40:6", "reader:20:51")
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    finish(python(DOUBLE, *call, cwd=one))
    finish(torchrun(DOUBLE, *call, cwd=two))
    return [one, two]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["tutorial", "reader"])
def test_two_processes_learn_what_one_learns(doubles: list[Path], recipe: str) -> None:
    """In float64, where rounding does not grow into something that one could see.

    In float32 it does within 20 steps, also in one process when its number of threads changes:
    see docs/scale.md.
    """
    one, two = (np.load(folder / f"{recipe}.npz") for folder in doubles)
    assert set(one) == set(two)
    for name in one:
        difference = np.linalg.norm(one[name] - two[name])
        assert difference <= 1e-5 * np.linalg.norm(one[name]), name
    assert one["losses"][-5:].mean() < 0.8 * one["losses"][0], "nothing was learnt"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fewer digits than MNIST's, so that the evaluations take less time."""
    return write_digits(tmp_path_factory.mktemp("few") / "few.npz", 1500)


@pytest.fixture(scope="module")
def undisturbed(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of two processes that was never stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    out = finish(torchrun(*TRAIN, "--data", few, "--out", "run", cwd=folder))
    assert out.count("Test accuracy") == 1, "one process prints"
    return Run(folder / "run")


@pytest.mark.slow
def test_a_run_whose_process_is_killed_ends_in_the_same_weights(
    undisturbed: Run, few: Path, tmp_path: Path
) -> None:
    call = (*TRAIN, "--data", few, "--out", "run", "--checkpoint-every", 4)
    process = torchrun(*call, cwd=tmp_path, restarts=1)
    wait_for_step(process, tmp_path / "run", 4)
    os.kill(rank(process.pid, 1), signal.SIGKILL)
    assert "Going on after" in finish(process)
    assert Run(tmp_path / "run").finished
    for name, whole in weights(undisturbed.folder).items():
        assert np.array_equal(weights(tmp_path / "run")[name], whole), name
    assert losses(tmp_path / "run") == losses(undisturbed.folder)


@pytest.mark.slow
def test_a_run_goes_on_in_another_number_of_processes(
    undisturbed: Run, few: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    call = (*TRAIN, "--data", few, "--out", "run", "--checkpoint-every", 4)
    process = python(*call, cwd=tmp_path)
    wait_for_step(process, folder, 4)
    process.kill()
    process.communicate()
    process = torchrun("-m", "digitnet", "train", "--resume", "run", cwd=tmp_path)
    wait_for_step(process, folder, saved_step(folder) + 4)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert "To go on: digitnet train --resume run" in out
    train.Session.resume(folder).train()
    # The first 10 steps are not far enough for rounding to have grown.
    assert losses(folder)[:2] == pytest.approx(losses(undisturbed.folder)[:2], rel=1e-5)
    assert len(losses(folder)) == len(losses(undisturbed.folder))
    assert abs(Run(folder).summary["test_accuracy"] - accuracy(undisturbed)) < 0.05


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
