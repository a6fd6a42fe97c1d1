"""The end of a run: what its folder holds, and what comes too late."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from digitnet import Run, train
from digitnet.datasets import Dataset, load_dataset
from digitnet.errors import RunError, UsageError
from digitnet.training import finish
from digitnet.training.train import Session
from tests.training.runs import STEPS, weights


@pytest.fixture(scope="module")
def digits(own: Path) -> Dataset:
    return load_dataset(own)


def test_the_run_folder_holds_all_it_should(whole: Run) -> None:
    names = {path.name for path in whole.folder.iterdir() if not path.name.startswith(".")}
    assert names == {
        "run.json",
        "metrics.jsonl",
        "checkpoint",
        "model.onnx",
        "summary.json",
        "training.png",
    }
    assert (whole.folder / "training.png").read_bytes().startswith(b"\x89PNG")


def test_the_summary_says_what_was_reached(whole: Run, digits: Dataset) -> None:
    summary = whole.summary
    assert summary["recipe"] == "tutorial"
    assert summary["steps"] == STEPS
    assert 0.3 < summary["test_accuracy"] < 1
    low, high = summary["test_error_interval"]
    assert low < 1 - summary["test_accuracy"] < high
    assert summary["train_seconds"] > 0
    assert summary["images_per_second"] > 0
    assert summary["true"] == digits.test.labels[:20].tolist()


def test_metrics_hold_loss_always_and_accuracy_at_evaluations(whole: Run) -> None:
    metrics = whole.metrics()
    assert [line["step"] for line in metrics] == list(range(0, STEPS, 10))
    assert all({"train_loss", "images_per_second", "seconds"} <= set(line) for line in metrics)
    assert [line["step"] for line in metrics if "test_accuracy" in line] == [0]
    seconds = [line["seconds"] for line in metrics]
    assert seconds == sorted(seconds)


def test_run_json_holds_all_it_takes_to_run_again(whole: Run, digits: Dataset) -> None:
    settings = whole.settings
    assert settings.seed == 3
    assert settings.recipe.steps == STEPS
    assert settings.data_sha256 == digits.sha256
    assert {"python", "torch", "digitnet"} <= set(settings.versions)
    assert settings.machine["cores"] >= 1


def test_the_model_answers_as_the_summary_says(whole: Run, digits: Dataset) -> None:
    test = digits.test
    session = onnxruntime.InferenceSession(whole.model)
    (logits,) = session.run(["logits"], {"images": test.images[:, None]})
    assert (logits.argmax(1) == test.labels).mean() == whole.summary["test_accuracy"]
    card = json.loads(session.get_modelmeta().custom_metadata_map["card"])
    assert card["recipe"]["name"] == "tutorial"
    assert card["seed"] == 3
    assert card["data_sha256"] == digits.sha256
    assert card["test_accuracy"] == whole.summary["test_accuracy"]
    assert "uint8 (N, 1, 28, 28)" in card["input"]


def test_the_logits_are_those_of_the_network(whole: Run) -> None:
    session = Session.resume(whole.folder)
    test = session.dataset.test
    exported = onnxruntime.InferenceSession(whole.model).run(
        None, {"images": test.images[:100, None]}
    )[0]
    assert np.allclose(exported, session.trainer.predict(test.images[:100]), atol=1e-3)


def test_a_second_run_does_not_take_the_place_of_the_first(whole: Run) -> None:
    with pytest.raises(UsageError, match="holds a run of recipe tutorial already"):
        Session.start("tutorial", out=whole.folder)


def test_a_signal_that_comes_when_all_steps_are_done_is_too_late(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = finish.finish

    def finish_late(*arguments: Any) -> None:
        signal.raise_signal(signal.SIGTERM)
        end(*arguments)

    monkeypatch.setattr(finish, "finish", finish_late)
    assert train("tutorial", steps=2, data=own, out=tmp_path / "run").finished


def test_a_model_that_is_gone_is_written_again(whole: Run, tmp_path: Path) -> None:
    run = Run(shutil.copytree(whole.folder, tmp_path / "run"))
    run.model.unlink()
    assert not run.finished
    with pytest.raises(RunError, match="go on with: digitnet train --resume"):
        _ = run.model
    assert weights(Session.resume(run.folder).train().folder) == weights(whole.folder)


def test_a_run_without_its_metrics_comes_to_its_end(copied: Run) -> None:
    for name in ("metrics.jsonl", "model.onnx", "training.png"):
        (copied.folder / name).unlink()
    assert Session.resume(copied.folder).train().finished
    assert not (copied.folder / "training.png").exists()
