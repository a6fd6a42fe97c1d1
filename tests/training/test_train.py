"""Whole runs: begun, watched, refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from digitnet import Run, train
from digitnet.errors import DigitnetError, RunError
from digitnet.training.progress import Progress
from digitnet.training.train import Session
from tests.training.runs import STEPS, stop_at, weights


def test_the_same_seed_gives_equal_weights(whole: Run, own: Path, tmp_path: Path) -> None:
    again = train("tutorial", steps=STEPS, seed=3, data=own, out=tmp_path / "again")
    assert weights(again.folder) == weights(whole.folder)


def test_a_run_of_recipe_fast_learns_in_a_few_steps_and_goes_on(tmp_path: Path) -> None:
    """Its export is held against the network within; batch norm is folded into the filters."""
    session = Session.start("fast", steps=40, seed=1, out=tmp_path / "run", checkpoint_steps=15)
    with pytest.raises(KeyboardInterrupt):
        session.train(on_step=stop_at(20))
    run = Session.resume(tmp_path / "run").train()
    whole = train("fast", steps=40, seed=1, out=tmp_path / "whole")
    assert weights(run.folder) == weights(whole.folder)
    assert run.summary["test_accuracy"] > 0.9
    kinds = [node.op_type for node in onnx.load(run.folder / "model.onnx").graph.node]
    assert kinds.count("Conv") == 3
    assert "BatchNormalization" not in kinds


def test_watchers_see_every_step_and_the_tutorials_lines(own: Path, tmp_path: Path) -> None:
    steps: list[Progress] = []
    lines: list[str] = []
    train(
        "tutorial-as-published",
        steps=3,
        data=own,
        out=tmp_path / "run",
        on_step=steps.append,
        on_evaluation=lambda progress: lines.append(str(progress)),
    )
    assert [progress.step for progress in steps] == [0, 1, 2]
    assert steps[-1].seconds_left == 0
    assert len(lines) == 1
    assert lines[0].startswith("Step 0: train loss=2.3")


def test_training_that_diverges_keeps_the_last_good_checkpoint(own: Path, tmp_path: Path) -> None:
    session = Session.start(
        "tutorial", steps=50, data=own, out=tmp_path / "run", checkpoint_steps=2
    )

    def explode_at_step_5(progress: Progress) -> None:
        if progress.step == 5:
            session.trainer.weights[0].data.fill_(float("inf"))

    with pytest.raises(RunError, match="Training diverged"):
        session.train(on_step=explode_at_step_5)
    good = Session.resume(tmp_path / "run")
    assert 0 < good.trainer.step <= 6
    assert good.trainer.is_finite()


def test_a_full_disk_is_said_to_be_so(own: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the end of the disk."""
    call = f"{sys.executable} -m digitnet train --steps 3 --data {own} --out full"
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 20000; exec {call}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert Session.resume(tmp_path / "full").train().finished


def test_two_processes_do_not_train_in_one_folder(own: Path, tmp_path: Path) -> None:
    first = Session.start("tutorial", steps=2, data=own, out=tmp_path / "run")

    def resume_meanwhile(_progress: Progress) -> None:
        Session.resume(tmp_path / "run").train()

    with pytest.raises(RunError, match="Another process is training in"):
        first.train(on_step=resume_meanwhile)


def test_data_that_changed_since_are_noticed(tmp_path: Path) -> None:
    run = Session.start("tutorial", steps=2, out=tmp_path / "run").run
    values = json.loads((run.folder / "run.json").read_text())
    values["data_sha256"] = {"mnist.npz": "0" * 64}
    (run.folder / "run.json").write_text(json.dumps(values))
    with pytest.raises(RunError, match="have changed since"):
        Session.resume(run.folder)


def test_a_folder_that_cannot_be_written_is_said_to_be_so(own: Path, tmp_path: Path) -> None:
    """Permissions would not keep root out: a folder stands where the lock should."""
    session = Session.start("tutorial", steps=2, data=own, out=tmp_path / "run")
    (session.run.folder / ".lock").mkdir()
    with pytest.raises(DigitnetError, match="run could not be written: Is a directory"):
        session.train()
