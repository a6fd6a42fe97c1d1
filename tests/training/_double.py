"""Train in float64 throughout, alone or under torchrun, and write the weights: see test_world."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from digitnet.datasets import load_mnist
from digitnet.training.loop import Trainer
from digitnet.training.recipe import find_recipe
from digitnet.training.world import join_world


def main(name: str, steps: int, batch_size: int, out: Path) -> None:
    torch.Tensor.float = torch.Tensor.double  # type: ignore[method-assign]
    recipe = replace(
        find_recipe(name), steps=steps, batch_size=batch_size, evaluate_images=100, variations=0
    )
    world = join_world("cpu")
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
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
