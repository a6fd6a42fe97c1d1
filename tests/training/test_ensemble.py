"""Ensembles: several small networks, stopped, gone on with, and averaged."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from digitnet import Run, load_mnist, train
from digitnet.errors import RunError, UsageError
from digitnet.reading.classify import Classifier
from digitnet.report import report
from digitnet.temperature import probabilities
from digitnet.training import finish, finish_ensemble
from digitnet.training.ensemble import Ensemble
from digitnet.training.export import average_models, check_onnx, run_onnx, write_model
from digitnet.training.interrupt import Interrupted
from digitnet.training.progress import Progress
from tests.conftest import CommandLine, write_digits

STEPS = 12  # of each member


@pytest.fixture(scope="module")
def told() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def finished(own: Path, told: list[Progress], tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("ensemble") / "whole"
    return train(
        "tutorial", ensemble=2, steps=STEPS, seed=5, data=own, out=out, on_step=told.append
    )


def test_each_member_is_a_run_of_its_own(finished: Run) -> None:
    members = finished.members
    assert [member.folder.name for member in members] == ["member-5", "member-6"]
    assert [member.settings.seed for member in members] == [5, 6]
    assert all(member.finished for member in members)
    assert finished.settings.members == 2
    assert (finished.folder / "training.png").read_bytes().startswith(b"\x89PNG")
    summary = finished.summary
    assert [member["seed"] for member in summary["members"]] == [5, 6]
    for member, entry in zip(members, summary["members"], strict=True):
        assert entry["test_errors"] == member.summary["test_errors"]
    assert summary["train_seconds"] == sum(m["train_seconds"] for m in summary["members"])


def test_its_model_answers_with_the_mean_probability(finished: Run) -> None:
    images = load_mnist().test.images[:300]
    members = [member.model for member in finished.members]
    mean = np.mean([probabilities(run_onnx(model, images)) for model in members], axis=0)
    session = onnxruntime.InferenceSession(finished.model)
    assert [(i.name, i.type, i.shape[1:]) for i in session.get_inputs()] == [
        ("images", "tensor(uint8)", [1, 28, 28])
    ]
    (logits,) = session.run(["logits"], {"images": images[:, None]})
    assert logits.dtype == np.float32
    assert np.allclose(np.exp(logits), mean, atol=1e-6)
    assert not np.allclose(mean, probabilities(run_onnx(members[0], images)), atol=1e-3)
    onnx.checker.check_model(onnx.load(finished.model), full_check=True)
    card = json.loads(session.get_modelmeta().custom_metadata_map["card"])
    assert card["members"] == 2
    assert card["test_accuracy"] == finished.summary["test_accuracy"]


def test_answers_stay_finite_where_probabilities_vanish(finished: Run, tmp_path: Path) -> None:
    """A probability of 1e-60 has no float32, but its logarithm has."""
    model = onnx.load(finished.folder / "member-5" / "model.onnx")
    bias = next(each for each in model.graph.initializer if each.name.endswith("logits.bias"))
    values = onnx.numpy_helper.to_array(bias) + np.array([200] + 9 * [0], np.float32)
    bias.CopyFrom(onnx.numpy_helper.from_array(values, bias.name))
    onnx.save(model, tmp_path / "sure.onnx")
    average = average_models([tmp_path / "sure.onnx", tmp_path / "sure.onnx"])
    write_model(average, {}, tmp_path / "average.onnx", 1.0)
    logits = run_onnx(tmp_path / "average.onnx", load_mnist().test.images[:10])
    assert np.isfinite(logits).all()
    assert logits.min() < -120


def test_the_time_left_is_that_of_all_members(finished: Run, told: list[Progress]) -> None:
    assert finished.finished
    assert [(each.member, each.step) for each in told] == [
        (m, s) for m in (1, 2) for s in range(STEPS)
    ]
    assert {each.members for each in told} == {2}
    # In the middle of the first member one and a half of its length are to come, not a half.
    middle = told[STEPS // 2]
    assert middle.seconds_left > STEPS / middle.images_per_second * 50 * 0.5
    assert told[-1].seconds_left == 0


@pytest.mark.slow
def test_one_that_was_stopped_goes_on_to_the_same_model(
    finished: Run, own: Path, digitnet: CommandLine
) -> None:
    command = ["train", "--ensemble", 2, "--steps", STEPS, "--seed", 5, "--data", own]
    process = digitnet.start(*command, "--out", "stopped")
    second = digitnet.folder / "stopped" / "member-6"
    for _ in range(2000):
        if (second / "metrics.jsonl").exists() and Run(second).metrics():
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert err == ""
    if process.returncode != 0:  # It may have come to its end before the signal.
        assert "To go on: digitnet train --resume stopped" in out
        out = digitnet("train", "--resume", "stopped").stdout
        assert "1 of them are finished already." in out
        assert "Member 2, seed 6, goes on after" in out
    assert "Its 2 members alone:" in out
    model = onnx.load(digitnet.folder / "stopped" / "model.onnx")
    assert model.graph == onnx.load(finished.model).graph
    assert "is finished already" in digitnet("train", "--resume", "stopped").stdout


def test_a_signal_that_comes_while_a_member_is_finished_stops_the_ensemble(
    finished: Run, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensemble = Ensemble.start("tutorial", 2, steps=STEPS, seed=5, data=own, out=tmp_path / "run")
    first, second = ensemble.members
    end = finish.finish

    def finish_late(*arguments: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        end(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(finish, "finish", finish_late)
        with pytest.raises(Interrupted) as stopped:
            ensemble.train()
    assert (stopped.value.folder, stopped.value.step) == (ensemble.run.folder, STEPS)
    assert first.finished
    assert not second.folder.exists()

    # What is not finished answers nothing, whatever lies there.
    shutil.copy(first.model, ensemble.run.folder / "model.onnx")
    with pytest.raises(RunError, match="holds no finished run"):
        Classifier(ensemble.run.folder)
    (ensemble.run.folder / "model.onnx").unlink()
    there: list[bool] = []

    def check(*arguments: Any) -> None:
        there.append((ensemble.run.folder / "model.onnx").exists())
        check_onnx(*arguments)

    monkeypatch.setattr(finish_ensemble, "check_onnx", check)
    run = Ensemble.resume(ensemble.run.folder).train()
    assert there == [False], "it is written once, when it is known how good it is"
    assert onnx.load(run.model).graph == onnx.load(finished.model).graph


def test_no_member_begins_on_other_data(tmp_path: Path) -> None:
    data = write_digits(tmp_path / "own.npz", 300)
    ensemble = Ensemble.start("tutorial", 2, steps=2, data=data, out=tmp_path / "run")
    write_digits(data, 300, first=300)
    with pytest.raises(RunError, match="have changed since"):
        Ensemble.resume(ensemble.run.folder)
    data.unlink()
    with pytest.raises(RunError, match=r"learned from .*own\.npz, where nothing lies any more"):
        Ensemble.resume(ensemble.run.folder)
    assert not ensemble.members[0].folder.exists()


def test_its_report_shows_how_each_member_learned(finished: Run) -> None:
    page = report(finished.folder).read_text(encoding="utf-8")
    assert "member-5" in page
    assert "member-6" in page
    assert "--ensemble 2" in page


def test_what_cannot_be_an_ensemble_is_refused(
    finished: Run, tmp_path: Path, digitnet: CommandLine
) -> None:
    with pytest.raises(UsageError, match="2 networks or more"):
        Ensemble.start("tutorial", 1, out=tmp_path / "one")
    with pytest.raises(UsageError, match="holds a run of recipe tutorial already"):
        Ensemble.start("tutorial", 2, out=finished.folder)
    with pytest.raises(RunError, match="no run"):
        Ensemble.resume(tmp_path)
    assert not (tmp_path / "one").exists()
    refused = digitnet("train", "--resume", finished.folder, "--ensemble", 3, code=2)
    assert "leave out --ensemble" in refused.stderr
    refused = digitnet("train", "--ensemble", 2, "--tensorboard", code=2)
    assert "do not go together" in refused.stderr
