from __future__ import annotations

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from digitnet import Run, load_mnist, train
from digitnet.datasets import Dataset
from digitnet.errors import RunError, UsageError
from digitnet.report.single import command
from digitnet.temperature import probabilities
from digitnet.training.export import run_onnx
from digitnet.training.interrupt import Interrupted
from digitnet.training.loop import Trainer
from digitnet.training.progress import Progress
from digitnet.training.recipe import RECIPES
from digitnet.training.teacher import SHARE, Teacher, load_teacher
from digitnet.training.train import Session
from tests.conftest import CommandLine

CPU = torch.device("cpu")
QUICK = replace(RECIPES["fast"], steps=30, evaluate_every=100, evaluate_images=100)


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_mnist()


@pytest.fixture(scope="module")
def ensemble(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("teacher") / "ensemble"
    return train(QUICK, ensemble=2, data=own, out=out)


class Constant(nn.Module):
    """Answers the same to every image."""

    def __init__(self, logits: list[float]) -> None:
        super().__init__()
        self.answer = nn.Parameter(torch.tensor(logits))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.answer.expand(len(x), -1)


def test_it_answers_with_the_mean_probability_of_a_run_s_networks(
    mnist: Dataset, ensemble: Run
) -> None:
    teacher = load_teacher(ensemble.folder, QUICK, CPU, "float32")
    images = mnist.test.images[:50]
    answers = teacher.probabilities(torch.from_numpy(images[:, None]).float() / 255)
    shares = [probabilities(run_onnx(member.model, images)) for member in ensemble.members]
    assert np.allclose(answers, np.mean(shares, axis=0), atol=1e-4)


def test_its_answers_and_the_labels_share_the_loss() -> None:
    teacher = Teacher([Constant([0.0, 1.0]), Constant([1.0, 0.0])], CPU, "float32")
    logits = torch.tensor([[0.3, -0.2]])
    losses = teacher.taught(torch.tensor([2.0]), logits, torch.zeros(1, 1, 28, 28))
    even = -logits.log_softmax(1).mean()
    assert losses.item() == pytest.approx((SHARE * even + (1 - SHARE) * 2.0).item(), rel=1e-5)


def test_a_learner_comes_closer_to_its_teacher_than_one_without(
    mnist: Dataset, ensemble: Run
) -> None:
    teacher = load_teacher(ensemble.folder, QUICK, CPU, "float32")
    images = mnist.test.images[:500]
    answers = teacher.probabilities(torch.from_numpy(images[:, None]).float() / 255).numpy()
    away = []
    for told in (teacher, None):
        trainer = Trainer(QUICK, mnist, precision="float32", teacher=told)
        for _ in trainer.run():
            pass
        away.append(np.abs(probabilities(trainer.predict(images)) - answers).mean())
    assert away[0] < 0.9 * away[1]


def test_other_classes_are_refused(mnist: Dataset, ensemble: Run) -> None:
    teacher = load_teacher(ensemble.folder, QUICK, CPU, "float32")
    apart = replace(QUICK, network="ReaderCNN")
    with pytest.raises(UsageError, match="10 classes apart and this recipe 111"):
        Trainer(apart, mnist, teacher=teacher)


def test_pixels_scaled_otherwise_are_refused(ensemble: Run) -> None:
    with pytest.raises(UsageError, match="scales pixels in another way"):
        load_teacher(ensemble.folder, RECIPES["tutorial-as-published"], CPU, "float32")


def test_a_run_that_was_taught_goes_on_as_it_would_have(
    own: Path, ensemble: Run, tmp_path: Path
) -> None:
    whole = train(QUICK, data=own, teacher=ensemble.folder, out=tmp_path / "whole")
    assert whole.settings.teacher == str(ensemble.folder)

    def stop(progress: Progress) -> None:
        if progress.step == 10:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted):
        train(QUICK, data=own, teacher=ensemble.folder, out=tmp_path / "part", on_step=stop)
    part = Session.resume(tmp_path / "part").train()
    images = load_mnist().test.images[:200]
    assert (run_onnx(part.model, images) == run_onnx(whole.model, images)).all()


def test_the_teacher_is_recorded_so_that_it_is_found_again(
    own: Path, ensemble: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = Path(shutil.copytree(ensemble.folder, tmp_path / "the teacher"))
    monkeypatch.chdir(tmp_path)
    session = Session.start(QUICK, data=own, teacher="the teacher", out=tmp_path / "run")
    settings = session.run.settings
    assert settings.teacher == str(teacher.resolve())
    assert list(settings.teacher_sha256) == ["member-0", "member-1"]
    assert f"--teacher '{teacher.resolve()}'" in command(settings)
    monkeypatch.chdir(own.parent)
    assert Session.resume(tmp_path / "run").trainer.step == 0

    index = teacher / "member-1" / "checkpoint" / "state.json"
    known = index.read_text()
    index.write_text(json.dumps(json.loads(known) | {"sha256": "0" * 64}))
    with pytest.raises(RunError, match=r"The run .*the teacher has changed since .*run began"):
        Session.resume(tmp_path / "run")
    index.write_text(known)
    teacher.rename(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="the teacher, which is not there any more; put it back"):
        Session.resume(tmp_path / "run")


def test_an_ensemble_whose_teacher_does_not_suit_leaves_no_folder(
    own: Path, ensemble: Run, tmp_path: Path
) -> None:
    apart = replace(QUICK, network="ReaderCNN")
    with pytest.raises(UsageError, match="10 classes apart and this recipe 111"):
        train(apart, ensemble=2, data=own, teacher=ensemble.folder, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_command_line_says_what_cannot_teach(
    digitnet: CommandLine, own: Path, ensemble: Run
) -> None:
    nothing = digitnet("train", "fast", "--teacher", digitnet.folder, code=1)
    assert str(digitnet.folder) in nothing.stderr
    strips = digitnet("train", "strips", "--teacher", ensemble.folder, code=2)
    assert "leave out --teacher" in strips.stderr
    options = ("--steps", 3, "--data", own, "--out", "run", "--teacher", ensemble.folder)
    digitnet("train", "fast", *options)
    assert Run(digitnet.folder / "run").settings.teacher == str(ensemble.folder)
