"""What does each choice behind recipe fast buy?

The recipe is trained from several seeds as it is, and with one choice taken back at a time.
Accuracy is that of the 5,000 validation digits, by which the choices were made; the test digits
are left to `python -m benchmarks speed --only ninety-nine`.

    python -m benchmarks fast
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

from benchmarks._machine import machine, versions
from benchmarks._section import Section
from digitnet.datasets import Dataset, load_mnist
from digitnet.training.loop import Trainer
from digitnet.training.recipe import RECIPES

FAST = replace(RECIPES["fast"], evaluate_every=10**6)  # An evaluation would only cost time.


@dataclass(frozen=True)
class Version:
    """The recipe with one choice taken back.

    Attributes:
        name: what is taken back.
        settings: of the recipe, that are others.
        precision: in which it computes.
    """

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    precision: str = "auto"


VERSIONS = (
    Version("the recipe as it is"),
    Version("Adam for the filters, too", {"muon": 0.0}),
    Version("a constant learning rate", {"schedule": "constant"}),
    Version("no label smoothing", {"label_smoothing": 0.0}),
    Version(
        "twice the batch, half the steps",
        {"batch_size": 2 * FAST.batch_size, "steps": FAST.steps // 2},
    ),
    Version("half the steps", {"steps": FAST.steps // 2}),
    Version("float32", precision="float32"),
)


def main(arguments: Sequence[str]) -> int:
    """Train every version, print a table, and write it as JSON where that is wanted."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks fast",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=10, help="how many; default 10")
    parser.add_argument("--steps", type=int, help="of every version, to try it out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    options = parser.parse_args(arguments)
    dataset = load_mnist()
    reach(VERSIONS[0], dataset, seed=0, steps=5)  # The first steps of a process choose kernels.
    found: dict[str, list[tuple[float, float]]] = {version.name: [] for version in VERSIONS}
    for seed in range(options.seeds):  # In turns: what disturbs the machine disturbs all of them.
        for version in VERSIONS:
            found[version.name].append(reach(version, dataset, seed, options.steps))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    section = Section(
        f"Recipe fast, {options.seeds} seeds, on {machine()}",
        [row(name, runs) for name, runs in found.items()],
        ["Accuracy of the 5,000 validation digits: mean and standard deviation of single runs."],
    )
    print(section.to_text())
    if options.json:
        content = {"versions": versions("digitnet", "torch"), "runs": found} | section.to_dict()
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def reach(
    version: Version, dataset: Dataset, seed: int, steps: int | None = None
) -> tuple[float, float]:
    """Train a version and return its accuracy on the validation digits and its seconds."""
    recipe = replace(FAST, **version.settings)
    recipe = recipe if steps is None else replace(recipe, steps=steps)
    trainer = Trainer(recipe, dataset, seed=seed, precision=version.precision)
    seconds = sum(step.seconds for step in trainer.run())
    right = trainer.predict(dataset.validation.images).argmax(1) == dataset.validation.labels
    return float(right.mean()), seconds


def row(name: str, runs: list[tuple[float, float]]) -> dict[str, object]:
    """One version's row of the table."""
    accuracies = [100 * accuracy for accuracy, _ in runs]
    return {
        "version": name,
        "validation accuracy, %": f"{mean(accuracies):.2f}",
        "± one run": f"{stdev(accuracies):.2f}" if len(runs) > 1 else None,
        "training, s": median(seconds for _, seconds in runs),
    }
