"""Training runs of a question that asks for several: what is done already is not done again."""

from __future__ import annotations

from pathlib import Path

from digitnet import Run, train
from digitnet.run_folder import SETTINGS
from digitnet.training.recipe import Recipe
from digitnet.training.train import Session


def finished_run(
    folder: Path,
    recipe: str | Recipe,
    *,
    seed: int,
    steps: int | None = None,
    data: str | None = None,
    precision: str = "auto",
) -> Run:
    """Return the run in a folder, which is trained first, or goes on, where it is not finished.

    Args:
        folder: of the run.
        recipe: for a run that was not begun, as the others: what `digitnet.train` takes.
        seed: of the weights and the batches.
        steps: instead of the recipe's.
        data: instead of MNIST.
        precision: ``auto``, ``float32`` or ``bf16``.
    """
    run = Run(folder)
    if run.finished:
        return run
    if (folder / SETTINGS).exists():
        Session.resume(folder).train()
    else:
        train(recipe, out=folder, seed=seed, steps=steps, data=data, precision=precision)
    print(f"trained {folder}", flush=True)
    return run
