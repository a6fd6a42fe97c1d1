"""Whole runs: begun, stopped, killed, resumed, finished."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

import digitnet as package
from digitnet import Run, load_mnist
from digitnet.errors import DigitnetError, RunError, UsageError
from digitnet.training.interrupt import Interrupted
from digitnet.training.train import Progress, Session
from tests.conftest import CommandLine

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


@pytest.mark.parametrize("settings", [{"seed": -1}, {"steps": 0}, {"checkpoint_steps": 0}])
def test_numbers_out_of_range_are_refused(tmp_path: Path, settings: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="seed must be 0 or more"):
        Session.start("tutorial", out=tmp_path / "run", **settings)  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists()


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
