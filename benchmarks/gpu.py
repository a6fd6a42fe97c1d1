"""How fast is training on a GPU, and what does a CUDA graph save?

Recipe fast is trained to its end from ten seeds, timed by CUDA events; then the steps of others are
timed, as a graph and one kernel at a time.

    python -m benchmarks gpu
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median, stdev

import torch

from benchmarks._machine import versions
from benchmarks._section import Section
from benchmarks._speed_99 import BRIEF, operations
from digitnet.datasets import Dataset, load_mnist
from digitnet.errors import UsageError
from digitnet.networks import NETWORKS
from digitnet.training.loop import Trainer
from digitnet.training.recipe import RECIPES, Recipe

STEPS = 300  # Timed, of the recipes that are not trained to their ends.
TIMED = (("fast", 192), ("tutorial", 50), ("tutorial", 500), ("best", 128), ("reader", 256))


@dataclass(frozen=True)
class Training:
    """One training of recipe fast: its test accuracy, and its seconds by the GPU's clock."""

    accuracy: float
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """Train and time, print two tables, and write them as JSON where that is wanted."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks gpu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=10, help="how many; default 10")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    options = parser.parse_args(arguments)
    if not torch.cuda.is_available():
        raise UsageError("There is no CUDA device here, and this benchmark is about nothing else.")
    dataset = load_mnist()
    sections = [to_99(dataset, options.seeds), steps(dataset)]
    print("\n\n".join(section.to_text() for section in sections))
    if options.json:
        content = {
            "machine": torch.cuda.get_device_name(),
            "versions": versions("digitnet", "torch"),
            "sections": [section.to_dict() for section in sections],
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def to_99(dataset: Dataset, seeds: int) -> Section:
    """Train recipe fast from several seeds, whole."""
    _trained(dataset, 0)  # The first training of a process chooses kernels and takes memory.
    runs = [_trained(dataset, seed) for seed in range(seeds)]
    accuracies = [100 * run.accuracy for run in runs]
    seconds = [run.seconds for run in runs]
    row = {
        "recipe": BRIEF.name,
        "seeds": seeds,
        "test accuracy, %": f"{mean(accuracies):.2f}",
        "± one run": f"{stdev(accuracies):.2f}" if seeds > 1 else None,
        "training, s": round(median(seconds), 4),
        "longest, s": round(max(seconds), 4),
    }
    return Section(
        f"Seconds to 99% on {torch.cuda.get_device_name()}",
        [row],
        [
            "By CUDA events, from the first batch to the last loss; digits on the device, network "
            "and optimizer built and the step recorded as a CUDA graph before; after one training "
            f"that warms up. The worst seed: {min(accuracies):.2f}%."
        ],
    )


def _trained(dataset: Dataset, seed: int) -> Training:
    trainer = Trainer(BRIEF, dataset, seed=seed, device="cuda")
    began, ended = _event(), _event()
    began.record()
    for _ in trainer.run():
        pass
    ended.record()
    ended.synchronize()
    right = trainer.predict(dataset.test.images).argmax(1) == dataset.test.labels
    return Training(float(right.mean()), began.elapsed_time(ended) / 1000)


def _event() -> torch.cuda.Event:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]


def steps(dataset: Dataset) -> Section:
    """Time steps of several recipes, as a graph and without."""
    rows = []
    for name, batch_size in TIMED:
        recipe = replace(
            RECIPES[name],
            batch_size=batch_size,
            steps=STEPS,
            variations=0,
            harvest=0,
            evaluate_every=STEPS + 1,
        )
        graph, kernels = (_milliseconds(dataset, recipe, graphs=each) for each in (True, False))
        gflop = batch_size * operations(NETWORKS[recipe.network]()) / 1e9
        rows.append(
            {
                "recipe": name,
                "batch": batch_size,
                "graph, ms a step": round(graph, 3),
                "kernel by kernel": round(kernels, 3),
                "images/s": round(1000 * batch_size / graph),
                "TFLOP/s": round(gflop / graph, 1),
            }
        )
    return Section(
        f"Training steps on {torch.cuda.get_device_name()}",
        rows,
        ["Medians; forward, backward, optimizer, augmentation and averaging where a recipe has it. "
         "Reader: its network and batches on MNIST's own digits."],
    )  # fmt: skip


def _milliseconds(dataset: Dataset, recipe: Recipe, *, graphs: bool) -> float:
    trainer = Trainer(recipe, dataset, device="cuda")
    if not graphs:
        trainer.graphed = None
    return 1000 * median(step.seconds for step in trainer.run())
