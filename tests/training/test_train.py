"""Whole runs: begun, stopped, killed, resumed, finished."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

import digitnet as package
from digitnet import Run, load_mnist
from digitnet.errors import DigitnetError, RunError, UsageError
from digitnet.training import finish
from digitnet.training.interrupt import Interrupted
from digitnet.training.recipe import RECIPES
from digitnet.training.train import Progress, Session
from tests.conftest import CommandLine, write_digits

STEPS = 60


def weights(folder: Path) -> dict[str, bytes]:
    graph = onnx.load(folder / "model.onnx").graph
    return {t.name: numpy_helper.to_array(t).tobytes() for t in graph.initializer}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One short run on MNIST."""
    folder = tmp_path_factory.mktemp("run") / "mnist"
    return package.train("tutorial", steps=STEPS, seed=3, out=folder)


@pytest.fixture(scope="module")
def whole(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One short run that was never stopped."""
    folder = tmp_path_factory.mktemp("run") / "whole"
    return package.train("tutorial", steps=STEPS, seed=3, data=own, out=folder)


def test_the_run_folder_holds_all_it_should(finished: Run) -> None:
    names = {path.name for path in finished.folder.iterdir() if not path.name.startswith(".")}
    assert names == {
        "run.json",
        "metrics.jsonl",
        "checkpoint",
        "model.onnx",
        "summary.json",
        "training.png",
    }
    assert (finished.folder / "training.png").read_bytes().startswith(b"\x89PNG")


def test_the_summary_says_what_was_reached(finished: Run) -> None:
    summary = finished.summary
    assert summary["recipe"] == "tutorial"
    assert summary["steps"] == STEPS
    assert 0.8 < summary["test_accuracy"] < 1
    low, high = summary["test_error_interval"]
    assert low < 1 - summary["test_accuracy"] < high
    assert summary["train_seconds"] > 0
    assert summary["images_per_second"] > 0
    assert summary["true"] == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0, 6, 9, 0, 1, 5, 9, 7, 3, 4]


def test_metrics_hold_loss_always_and_accuracy_at_evaluations(finished: Run) -> None:
    metrics = finished.metrics()
    assert [line["step"] for line in metrics] == list(range(0, STEPS, 10))
    assert all({"train_loss", "images_per_second", "seconds"} <= set(line) for line in metrics)
    assert [line["step"] for line in metrics if "test_accuracy" in line] == [0]
    seconds = [line["seconds"] for line in metrics]
    assert seconds == sorted(seconds)


def test_run_json_holds_all_it_takes_to_run_again(finished: Run) -> None:
    settings = finished.settings
    assert settings.seed == 3
    assert settings.recipe.steps == STEPS
    assert settings.data_sha256 == load_mnist().sha256
    assert {"python", "torch", "digitnet"} <= set(settings.versions)
    assert settings.machine["cores"] >= 1


def test_the_model_answers_as_the_summary_says(finished: Run) -> None:
    test = load_mnist().test
    session = onnxruntime.InferenceSession(finished.model)
    (logits,) = session.run(["logits"], {"images": test.images[:, None]})
    assert (logits.argmax(1) == test.labels).mean() == finished.summary["test_accuracy"]
    card = json.loads(session.get_modelmeta().custom_metadata_map["card"])
    assert card["recipe"]["name"] == "tutorial"
    assert card["seed"] == 3
    assert card["data_sha256"] == load_mnist().sha256
    assert card["test_accuracy"] == finished.summary["test_accuracy"]
    assert "uint8 (N, 1, 28, 28)" in card["input"]


def test_the_same_seed_gives_equal_weights(whole: Run, own: Path, tmp_path: Path) -> None:
    again = package.train("tutorial", steps=STEPS, seed=3, data=own, out=tmp_path / "again")
    assert weights(again.folder) == weights(whole.folder)


def test_a_run_of_recipe_fast_learns_in_a_few_steps_and_goes_on(tmp_path: Path) -> None:
    """Its export is held against the network within; batch norm is folded into the filters."""
    session = Session.start("fast", steps=40, seed=1, out=tmp_path / "run", checkpoint_steps=15)
    with pytest.raises(KeyboardInterrupt):
        session.train(on_step=_stop_at(20))
    run = Session.resume(tmp_path / "run").train()
    whole = package.train("fast", steps=40, seed=1, out=tmp_path / "whole")
    assert weights(run.folder) == weights(whole.folder)
    assert run.summary["test_accuracy"] > 0.9
    kinds = [node.op_type for node in onnx.load(run.folder / "model.onnx").graph.node]
    assert kinds.count("Conv") == 3
    assert "BatchNormalization" not in kinds


def _stop_at(number: int) -> Callable[[Progress], None]:
    def stop(progress: Progress) -> None:
        if progress.step == number:
            raise KeyboardInterrupt

    return stop


def test_watchers_see_every_step_and_the_tutorials_lines(own: Path, tmp_path: Path) -> None:
    steps: list[Progress] = []
    lines: list[str] = []
    package.train(
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


@pytest.mark.slow
def test_ctrl_c_stops_after_the_step_and_resume_ends_in_the_same_weights(
    whole: Run, own: Path, digitnet: CommandLine
) -> None:
    call = ("train", "--steps", STEPS, "--seed", 3, "--data", own)
    process = digitnet.start(*call, "--out", "stopped")
    wait_for_step(process, digitnet.folder / "stopped", 20)
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
def test_a_run_killed_at_random_moments_ends_in_the_same_weights(
    whole: Run, own: Path, digitnet: CommandLine
) -> None:
    chance = random.Random(20)  # noqa: S311
    folder = digitnet.folder / "killed"
    call = ["train", "--steps", STEPS, "--seed", 3, "--data", own, "--out", folder]
    call += ["--checkpoint-every", 5]
    kills = 0
    while not (folder / "summary.json").exists():
        process = digitnet.start(*call)
        try:
            process.communicate(timeout=chance.uniform(2, 7) if kills < 5 else 120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
        if (folder / "run.json").exists():
            call = ["train", "--resume", folder]
    assert kills >= 2
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


def test_a_full_disk_is_said_to_be_so(own: Path, tmp_path: Path, digitnet: CommandLine) -> None:
    """A limit on the size of files stands in for the end of the disk."""
    command = f"ulimit -f 20000; exec {package_command()} train --steps 3 --data {own} --out full"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    digitnet("train", "--resume", "full")
    assert Run(tmp_path / "full").finished


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="is not empty"):
        Session.start("tutorial", out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_run_does_not_take_the_place_of_the_first(finished: Run) -> None:
    with pytest.raises(UsageError, match="holds a run of recipe tutorial already"):
        Session.start("tutorial", out=finished.folder)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DigitnetError, match="file/run could not be written"):
        Session.start("tutorial", out=tmp_path / "file" / "run")


def test_what_is_no_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"it has no run\.json"):
        Session.resume(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"recipe": 3}', "\x00"])
def test_a_damaged_run_json_is_said_to_be_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        Session.resume(tmp_path)


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


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"seed": -1}, "seed must be a whole number of 0 or more, not -1"),
        ({"seed": 2**64}, f"seed must be at most {2**64 - 1}, not {2**64}"),
        ({"seed": 2**64 - 2, "ensemble": 3}, f"seed must be at most {2**64 - 3}"),
        ({"steps": 0}, "steps must be a whole number of 1 or more, not 0"),
        ({"steps": 2.5}, r"steps must be a whole number of 1 or more, not 2\.5"),
        ({"device": "tpu"}, "device must be one of auto, cpu, cuda, not 'tpu'"),
        ({"precision": "fp16"}, "precision must be one of auto, float32, bf16, not 'fp16'"),
        ({"ensemble": 1}, "2 networks or more"),
        ({"ensemble": 2, "precision": "fp16"}, "precision must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused_before_there_is_a_folder(
    own: Path, tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        package.train("tutorial", data=own, out=tmp_path / "run", **settings)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"schedule": "cosine"}, "schedule must be one of constant, one-cycle, not 'cosine'"),
        ({"evaluate_every": 0}, "evaluate_every must be a whole number of 1 or more, not 0"),
        ({"evaluate_on": "train"}, "evaluate_on must be one of test, validation"),
        ({"dropout": 1.5}, r"dropout must be a number from 0 to 1, not 1\.5"),
        ({"learning_rate": float("nan")}, "learning_rate must be a number from 0 to ∞, not nan"),
        ({"network": "X"}, "network must be one of TutorialCNN, .* not 'X'"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(
    own: Path, tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        package.train(replace(RECIPES["tutorial"], **settings), data=own, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("members", [1, 2])
def test_too_few_digits_for_a_batch_leave_no_folder(
    tmp_path: Path, digitnet: CommandLine, members: int
) -> None:
    write_digits(tmp_path / "few.npz", 55)
    call = ("train", "--data", "few.npz", "--out", "oz")
    refused = digitnet(*call, *(["--ensemble", 2] if members > 1 else []), code=2)
    assert "needs at least 50 digits to learn from, and here are 44" in refused.stderr
    assert refused.stdout == ""
    assert not (tmp_path / "oz").exists()


def test_what_a_watcher_raises_costs_no_step(whole: Run, own: Path, tmp_path: Path) -> None:
    def fail(progress: Progress) -> None:
        if progress.step == 25:
            raise ValueError("a mistake of the watcher's own")

    with pytest.raises(ValueError, match="of the watcher's own") as raised:
        package.train("tutorial", steps=STEPS, seed=3, data=own, out=tmp_path / "a b", on_step=fail)
    assert f"digitnet train --resume '{tmp_path}/a b' goes on" in raised.value.__notes__[0]
    session = Session.resume(tmp_path / "a b")
    assert session.trainer.step == 26
    assert weights(session.train().folder) == weights(whole.folder)
    assert losses(session.run.folder) == losses(whole.folder)


@pytest.mark.slow
def test_a_reader_who_has_seen_enough_stops_it_in_order(own: Path, digitnet: CommandLine) -> None:
    process = digitnet.start("train", "--steps", 300, "--data", own, "--out", "a b")
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


def test_a_signal_that_comes_when_all_steps_are_done_is_too_late(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = finish.finish

    def finish_late(*arguments: Any) -> None:
        signal.raise_signal(signal.SIGTERM)
        end(*arguments)

    monkeypatch.setattr(finish, "finish", finish_late)
    assert package.train("tutorial", steps=2, data=own, out=tmp_path / "run").finished


def test_of_two_processes_the_second_goes_on_where_the_first_has_stopped(
    own: Path, tmp_path: Path
) -> None:
    Session.start("tutorial", steps=8, data=own, out=tmp_path / "run")
    first, second, third = (Session.resume(tmp_path / "run") for _ in range(3))
    with pytest.raises(KeyboardInterrupt):
        first.train(on_step=_stop_at(4))
    steps: list[Progress] = []
    second.train(on_step=steps.append)
    assert [progress.step for progress in steps] == [5, 6, 7]
    written = (tmp_path / "run" / "summary.json").stat().st_mtime_ns
    third.train(on_step=steps.append)
    assert len(steps) == 3
    assert (tmp_path / "run" / "summary.json").stat().st_mtime_ns == written


def test_a_model_that_is_gone_is_written_again(whole: Run, tmp_path: Path) -> None:
    run = Run(shutil.copytree(whole.folder, tmp_path / "run"))
    run.model.unlink()
    assert not run.finished
    with pytest.raises(RunError, match="go on with: digitnet train --resume"):
        _ = run.model
    assert weights(Session.resume(run.folder).train().folder) == weights(whole.folder)


def test_a_folder_that_cannot_be_written_is_said_to_be_so(own: Path, tmp_path: Path) -> None:
    """Permissions would not keep root out: a folder stands where the lock should."""
    session = Session.start("tutorial", steps=2, data=own, out=tmp_path / "run")
    (session.run.folder / ".lock").mkdir()
    with pytest.raises(DigitnetError, match="run could not be written: Is a directory"):
        session.train()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="stands in for the end of the disk")
def test_a_disk_that_is_full_of_metrics_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").symlink_to("/dev/full")
    with (
        pytest.raises(DigitnetError, match=r"The disk is full: .*metrics\.jsonl"),
        Run(tmp_path).metrics_writer() as writer,
    ):
        writer.write({"step": 0})


def damage(run: Run, name: str, content: str | dict[str, Any]) -> Run:
    """Write other content, or values that take the place of those there, into a run's file."""
    path = run.folder / name
    if isinstance(content, dict):
        content = json.dumps(json.loads(path.read_text()) | content)
    path.write_text(content)
    return Run(run.folder)


@pytest.fixture
def copied(whole: Run, tmp_path: Path) -> Run:
    return Run(shutil.copytree(whole.folder, tmp_path / "copied"))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"data": None}, r"run\.json is damaged"),
        ({"seed": "one"}, r"run\.json is damaged"),
        ({"news": 1}, r"run\.json was written by another version of digitnet"),
    ],
)
def test_values_that_no_run_has_are_noticed(
    copied: Run, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RunError, match=sentence):
        _ = damage(copied, "run.json", values).settings


def test_damaged_files_of_a_run_are_said_to_be_so(copied: Run) -> None:
    recipe = copied.settings.recipe.to_dict() | {"schedule": "cosine"}
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        _ = damage(copied, "run.json", {"recipe": recipe}).settings
    with pytest.raises(RunError, match=r"summary\.json is damaged"):
        _ = damage(copied, "summary.json", "{}").summary
    for content in ("garbage\n", "3\n", '{"step": "x"}\n'):
        with pytest.raises(RunError, match="or delete it: only the curves are lost"):
            damage(copied, "metrics.jsonl", content).metrics()
    (copied.folder / "run.json").unlink()
    (copied.folder / "run.json").mkdir()
    with pytest.raises(RunError, match=r"run\.json cannot be read: Is a directory"):
        _ = Run(copied.folder).settings


def test_a_run_without_its_metrics_comes_to_its_end(copied: Run) -> None:
    for name in ("metrics.jsonl", "model.onnx", "training.png"):
        (copied.folder / name).unlink()
    assert Session.resume(copied.folder).train().finished
    assert not (copied.folder / "training.png").exists()


def package_command() -> str:
    import sys

    return f"{sys.executable} -m digitnet"


def losses(folder: Path) -> list[tuple[int, float]]:
    return [(line["step"], line["train_loss"]) for line in Run(folder).metrics()]


def wait_for_step(process: subprocess.Popen[str], folder: Path, step: int) -> None:
    for _ in range(600):
        if any(line["step"] >= step for line in Run(folder).metrics()):
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("it does not train")


def test_the_logits_are_those_of_the_network(finished: Run) -> None:
    session = Session.resume(finished.folder)
    test = session.dataset.test
    exported = onnxruntime.InferenceSession(finished.model).run(
        None, {"images": test.images[:100, None]}
    )[0]
    assert np.allclose(exported, session.trainer.predict(test.images[:100]), atol=1e-3)


def test_a_stop_among_steps_taken_together_comes_after_the_last_of_them(
    own: Path, tmp_path: Path
) -> None:
    session = Session.start("tutorial", data=own, out=tmp_path / "run", steps=30)
    session.trainer.ahead = 8  # As on a GPU.

    def stop(progress: Progress) -> None:
        if progress.step == 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted) as stopped:
        session.train(on_step=stop)
    assert stopped.value.step == 9  # Step 0 evaluates and is taken alone.
    run = Session.resume(tmp_path / "run").train()
    whole = Session.start("tutorial", data=own, out=tmp_path / "whole", steps=30).train()
    assert weights(run.folder) == weights(whole.folder)
    assert losses(run.folder) == losses(whole.folder)
