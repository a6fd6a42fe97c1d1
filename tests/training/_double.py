"""Train in float64 throughout, alone or under torchrun, and write the weights: see test_world.

_double.py FOLDER RECIPE:STEPS:BATCH_SIZE…
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from digitnet.datasets import load_mnist
from digitnet.training.loop import Trainer
from digitnet.training.recipe import find_recipe
from digitnet.training.world import World, join_world


def train(name: str, steps: int, batch_size: int, world: World, out: Path) -> None:
    recipe = replace(
        find_recipe(name), steps=steps, batch_size=batch_size, evaluate_images=100, variations=0
    )
    trainer = Trainer(recipe, load_mnist(), seed=1, device="cpu", precision="float32", world=world)
    trainer.network.double()
    trainer.result.double()
    trainer.worker_dtype = torch.float64
    trainer.gradients = [torch.zeros_like(weight) for weight in trainer.weights]
    for weight, gradient in zip(trainer.weights, trainer.gradients, strict=True):
        weight.grad = gradient
    losses = [step.loss for step in trainer.run()]
    if world.leads:
        tensors = {key: value.numpy() for key, value in trainer.result.state_dict().items()}
        np.savez(out, losses=losses, accuracies=trainer.accuracies, **tensors)


if __name__ == "__main__":
    torch.Tensor.float = torch.Tensor.double  # type: ignore[method-assign]
    processes = join_world("cpu")
    for case in sys.argv[2:]:
        recipe, steps, batch_size = case.split(":")
        train(recipe, int(steps), int(batch_size), processes, Path(sys.argv[1], f"{recipe}.npz"))
