"""Runs that are stopped or killed, and go on to the same end."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from digitnet import Run, train
from digitnet.errors import RunError
from digitnet.training.interrupt import Interrupted
from digitnet.training.progress import Progress
from digitnet.training.train import Session
from tests.conftest import CommandLine
from tests.training.processes import wait_for_step
from tests.training.runs import STEPS, losses, stop_at, weights


@pytest.mark.slow
def test_ctrl_c_stops_after_the_step_and_resume_ends_in_the_same_weights(
    whole: Run, own: Path, digitnet: CommandLine
) -> None:
    call = ("train", "--steps", STEPS, "--seed", 3, "--data", own, "--checkpoint-every", 10)
    process = digitnet.start(*call, "--out", "stopped")
    wait_for_step(process, digitnet.folder / "stopped", 10)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "To go on: digitnet train --resume stopped" in out
    assert err == ""
    with pytest.raises(RunError, match="holds no finished run"):
        _ = Run(digitnet.folder / "stopped").model

    resumed = digitnet("train", "--resume", "stopped")
    assert "Going on after" in resumed.stdout
    assert weights(digitnet.folder / "stopped") == weights(whole.folder)
    assert losses(digitnet.folder / "stopped") == losses(whole.folder)


@pytest.mark.slow
def test_a_run_that_is_killed_twice_ends_in_the_same_weights(
    whole: Run, own: Path, digitnet: CommandLine
) -> None:
    chance = random.Random(20)  # noqa: S311
    folder = digitnet.folder / "killed"
    call = ["train", "--steps", STEPS, "--seed", 3, "--data", own, "--out", folder]
    call += ["--checkpoint-every", 10]
    for step in (10, STEPS):  # The last while the model is written.
        process = digitnet.start(*call)
        wait_for_step(process, folder, step)
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        process.communicate()
        call = ["train", "--resume", folder]
    Session.resume(folder).train()
    assert weights(folder) == weights(whole.folder)
    assert losses(folder) == losses(whole.folder)


def test_a_run_killed_before_its_first_checkpoint_starts_over(
    whole: Run, own: Path, tmp_path: Path
) -> None:
    session = Session.start("tutorial", steps=STEPS, seed=3, data=own, out=tmp_path / "run")
    # What a process leaves that was killed in the middle of its twelfth step's line.
    (session.run.folder / "metrics.jsonl").write_text('{"step": 0, "train_loss": 2.3}\n{"ste')
    Session.resume(tmp_path / "run").train()
    assert weights(tmp_path / "run") == weights(whole.folder)
    assert losses(tmp_path / "run") == losses(whole.folder)


@pytest.mark.slow
def test_a_reader_who_has_seen_enough_stops_it_in_order(own: Path, digitnet: CommandLine) -> None:
    process = digitnet.start("train", "fast", "--steps", 300, "--data", own, "--out", "a b")
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        while not process.stdout.readline().startswith("Step 0:"):
            assert process.poll() is None
        process.stdout.close()
        complaint = process.stderr.read()
    assert process.returncode == 1, complaint
    assert complaint.count("\n") == 1
    assert "To go on: digitnet train --resume 'a b'" in complaint
    assert Session.resume(digitnet.folder / "a b").trainer.step == 101


def test_what_a_watcher_raises_costs_no_step(whole: Run, own: Path, tmp_path: Path) -> None:
    def fail(progress: Progress) -> None:
        if progress.step == 12:
            raise ValueError("a mistake of the watcher's own")

    with pytest.raises(ValueError, match="of the watcher's own") as raised:
        train("tutorial", steps=STEPS, seed=3, data=own, out=tmp_path / "a b", on_step=fail)
    assert f"digitnet train --resume '{tmp_path}/a b' goes on" in raised.value.__notes__[0]
    session = Session.resume(tmp_path / "a b")
    assert session.trainer.step == 13
    assert weights(session.train().folder) == weights(whole.folder)
    assert losses(session.run.folder) == losses(whole.folder)


def test_of_two_processes_the_second_goes_on_where_the_first_has_stopped(
    own: Path, tmp_path: Path
) -> None:
    Session.start("tutorial", steps=8, data=own, out=tmp_path / "run")
    first, second, third = (Session.resume(tmp_path / "run") for _ in range(3))
    with pytest.raises(KeyboardInterrupt):
        first.train(on_step=stop_at(4))
    steps: list[Progress] = []
    second.train(on_step=steps.append)
    assert [progress.step for progress in steps] == [5, 6, 7]
    written = (tmp_path / "run" / "summary.json").stat().st_mtime_ns
    third.train(on_step=steps.append)
    assert len(steps) == 3
    assert (tmp_path / "run" / "summary.json").stat().st_mtime_ns == written


def test_a_stop_among_steps_taken_together_comes_after_the_last_of_them(
    own: Path, tmp_path: Path
) -> None:
    session = Session.start("tutorial", data=own, out=tmp_path / "run", steps=12)
    session.trainer.ahead = 8  # As on a GPU.

    def stop(progress: Progress) -> None:
        if progress.step == 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted) as stopped:
        session.train(on_step=stop)
    assert stopped.value.step == 9  # Step 0 evaluates and is taken alone.
    run = Session.resume(tmp_path / "run").train()
    whole = Session.start("tutorial", data=own, out=tmp_path / "whole", steps=12).train()
    assert weights(run.folder) == weights(whole.folder)
    assert losses(run.folder) == losses(whole.folder)
