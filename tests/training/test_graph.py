from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch

from digitnet import train
from digitnet.datasets import Dataset, load_mnist
from digitnet.training.graph import GraphedStep
from digitnet.training.loop import Trainer
from digitnet.training.recipe import RECIPES

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")

STEPS = 12


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_mnist()


def trainer_of(name: str, dataset: Dataset) -> Trainer:
    recipe = replace(
        RECIPES[name], steps=STEPS, variations=0, harvest=0, evaluate_every=5, evaluate_images=200
    )
    return Trainer(recipe, dataset, device="cuda")


def trained(trainer: Trainer) -> dict[str, torch.Tensor]:
    for _ in trainer.run():
        pass
    return trainer.state()


def one_by_one(trainer: Trainer) -> GraphedStep:
    """What a graph does, without one."""

    def step(glyphs: torch.Tensor, labels: torch.Tensor, *numbers: float) -> torch.Tensor:
        return trainer.learn(glyphs, labels, *torch.tensor(numbers, device="cuda").unbind())

    return cast(GraphedStep, step)


@pytest.mark.parametrize("recipe", ["tutorial", "fast", "best", "reader"])
def test_a_graph_learns_what_its_kernels_do_one_by_one(mnist: Dataset, recipe: str) -> None:
    graph, kernels = trainer_of(recipe, mnist), trainer_of(recipe, mnist)
    kernels.graphed = one_by_one(kernels)
    assert graph.graphed
    a, b = trained(graph), trained(kernels)
    assert a.keys() == b.keys()
    for name in a:
        assert torch.equal(a[name], b[name]), name


@pytest.mark.parametrize("recipe", ["tutorial", "best"])
def test_a_state_taken_over_ends_in_the_same_weights(mnist: Dataset, recipe: str) -> None:
    whole = trained(trainer_of(recipe, mnist))
    first, second = trainer_of(recipe, mnist), trainer_of(recipe, mnist)
    run = first.run()
    while first.step < 6:
        next(run)
    second.load_state(first.state(), first.step, first.accuracies)
    for name, value in trained(second).items():
        assert torch.equal(value, whole[name]), name


def test_a_run_ends_with_a_model_that_answers_as_its_network_does(tmp_path: Path) -> None:
    run = train("fast", steps=STEPS, device="cuda", out=tmp_path / "run")
    assert run.finished
    assert run.settings.device == "cuda"
    assert run.model.is_file()
