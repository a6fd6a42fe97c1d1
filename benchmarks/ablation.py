"""What is each ingredient of the recipe `best` worth?

The recipe is trained whole and with one ingredient taken out or put in, from the same seeds, on a
short schedule, and held against the 5,000 validation digits: which are wrong, and the cross-entropy
after a temperature was fitted to them, which tells networks apart that make as few mistakes. The
test digits play no part.

    python -m benchmarks ablation --steps 1250 --seeds 2
    python -m benchmarks ablation --json docs/ablation.json

Runs that are finished already are not trained again, and such as were stopped go on.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from benchmarks._machine import machine, versions
from benchmarks._runs import finished_run
from digitnet import Run
from digitnet.datasets import Digits, load_mnist
from digitnet.networks import NETWORKS, DeepCNN
from digitnet.temperature import fit_temperature, probabilities
from digitnet.training.export import run_onnx
from digitnet.training.recipe import RECIPES, Augmentation, Recipe
from digitnet.training.run import RUNS

BEST = RECIPES["best"]


class WithoutNorm(DeepCNN):
    """The deep network without batch norm: its convolutions have biases instead."""

    def __init__(self, dropout: float) -> None:
        super().__init__(dropout)
        for number in range(1, 7):
            convolution = getattr(self, f"conv{number}")
            convolution.bias = nn.Parameter(convolution.weight.new_zeros(len(convolution.weight)))
            setattr(self, f"norm{number}", nn.Identity())


NETWORKS["DeepCNN without batch norm"] = WithoutNorm
NETWORKS["DeepCNN of half the width"] = partial(DeepCNN, widths=(16, 24, 48, 48, 64, 80))


def _augmented(recipe: Recipe, **amounts: float) -> Recipe:
    before = recipe.augmentation or Augmentation(share=0)
    return replace(recipe, augmentation=replace(before, **amounts))


@dataclass(frozen=True)
class Version:
    """The recipe with something taken out or put in: its name, and what it does to the recipe."""

    name: str
    change: Callable[[Recipe], Recipe]


VERSIONS = (
    Version("whole", lambda recipe: recipe),
    Version("no augmentation", partial(replace, augmentation=None)),
    Version("no elastic bending", partial(_augmented, elastic=0.0)),
    Version("no thickness", partial(_augmented, thickness=0.0)),
    Version("no turning", partial(_augmented, turn=0.0)),
    Version("no shifting", partial(_augmented, shift=0.0)),
    Version("cutout of 8 pixels, too", partial(_augmented, cutout=8.0)),
    Version("Adam for the filters, too", partial(replace, muon=0.0)),
    Version("no batch norm", partial(replace, network="DeepCNN without batch norm")),
    Version("half the width", partial(replace, network="DeepCNN of half the width")),
    Version("no dropout", partial(replace, dropout=0.0)),
    Version("no label smoothing", partial(replace, label_smoothing=0.0)),
    Version("no weight averaging", partial(replace, averaging=0.0)),
)


def main(arguments: Sequence[str]) -> int:
    """Train what is not there yet, print a table, and write it as JSON where that is wanted."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks ablation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=5, help="how many; default 5")
    parser.add_argument("--steps", type=int, default=1250, help="of every run; default 1,250")
    parser.add_argument("--only", nargs="*", metavar="VERSION", help="these versions alone")
    parser.add_argument("--data", help="to learn from, instead of MNIST, to try it out")
    parser.add_argument("--out", type=Path, default=RUNS / "ablation", help="where the runs go")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    options = parser.parse_args(arguments)
    chosen = [v for v in VERSIONS if options.only is None or v.name in options.only]
    validation = load_mnist().validation
    # Seed by seed, so that a table of fewer seeds can be had when it is stopped.
    for seed in range(options.seeds):
        for version in chosen:
            finished_run(
                _folder(options.out, version, seed),
                replace(version.change(BEST), steps=options.steps, evaluate_every=10**9),
                seed=seed,
                data=options.data,
            )
    rows = [
        figures(
            version, [_folder(options.out, version, s) for s in range(options.seeds)], validation
        )
        for version in chosen
    ]
    print(table(rows))
    if options.json:
        content = {
            "machine": machine(),
            "threads": os.environ.get("OMP_NUM_THREADS", "all"),
            "versions": versions("digitnet", "torch"),
            "seeds": options.seeds,
            "steps": options.steps,
            "rows": rows,
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def _folder(out: Path, version: Version, seed: int) -> Path:
    return out / f"{version.name.replace(' ', '-')}-{seed}"


def figures(version: Version, folders: Sequence[Path], validation: Digits) -> dict[str, Any]:
    """Return what a version's runs make of the validation digits, by seed and on average."""
    wrong, entropy = [], []
    for folder in folders:
        logits = run_onnx(Run(folder).model, validation.images)
        given = probabilities(logits, fit_temperature(logits, validation.labels))
        likely = given[np.arange(len(validation)), validation.labels]
        wrong.append(int((logits.argmax(1) != validation.labels).sum()))
        entropy.append(float(-np.log(np.maximum(likely, 1e-30)).mean()))
    return {
        "version": version.name,
        "wrong": wrong,
        "wrong_mean": statistics.mean(wrong),
        "cross_entropy": entropy,
        "cross_entropy_mean": statistics.mean(entropy),
        "cross_entropy_deviation": statistics.stdev(entropy) if len(entropy) > 1 else None,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| version | validation digits wrong, by seed | mean | cross-entropy |",
        "|---|---|---:|---:|",
    ]
    for row in rows:
        wrong = ", ".join(str(count) for count in row["wrong"])
        entropy = f"{row['cross_entropy_mean']:.4f}"
        if row["cross_entropy_deviation"] is not None:
            entropy += f" ± {row['cross_entropy_deviation']:.4f}"
        lines.append(f"| {row['version']} | {wrong} | {row['wrong_mean']:.1f} | {entropy} |")
    return "\n".join(lines)
