"""How many seconds of training it takes to 99% of MNIST's test digits."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import mean, median, stdev

import torch
from torch import nn

from benchmarks._ceilings import ceilings
from benchmarks._peers_99 import (
    Digits,
    ExampleCNN,
    OneEpochCNN,
    Outcome,
    pytorch_example,
    train_mnist_fast,
)
from benchmarks._section import Section
from digitnet.datasets import Dataset, load_mnist
from digitnet.networks import NETWORKS, layers
from digitnet.training.loop import Trainer
from digitnet.training.recipe import RECIPES, Recipe

SEEDS_A_ROUND = 2  # of ours: 10 in 5 rounds
GOAL = 0.99
PEER_ROUNDS = 3  # at most: the peers need longer and vary little.
EXAMPLE_EPOCHS = 1  # Of its 14: one says what each of them costs.
PROCESSES = 3

BRIEF = replace(RECIPES["fast"], evaluate_every=RECIPES["fast"].steps + 1)


def measure(rounds: int) -> Section:
    """Train ours and the others to 99%, in turns."""
    dataset = load_mnist()
    digits = Digits(dataset)
    fast, tutorial = RECIPES["fast"], RECIPES["tutorial"]
    ours: list[Outcome] = []
    one_epoch: list[Outcome] = []
    _ours(replace(BRIEF, steps=20), dataset, 0)  # The first steps of a process choose kernels.
    for number in range(rounds):
        first = SEEDS_A_ROUND * number
        ours += [_ours(BRIEF, dataset, first + seed) for seed in range(SEEDS_A_ROUND)]
        if number < PEER_ROUNDS:
            one_epoch.append(train_mnist_fast(digits, number))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    commands = [_command(seed) for seed in range(min(rounds, PROCESSES))]
    example = pytorch_example(digits, seed=0, epochs=EXAMPLE_EPOCHS)
    slow = _tutorial(replace(tutorial, evaluate_on="validation", evaluate_images=5000), dataset)
    whole = median(seconds for seconds, _ in commands)
    rows = [
        _row("digitnet train fast", ours, NETWORKS[fast.network](), whole),
        _row("train_mnist_fast", one_epoch, OneEpochCNN()),
        _row("pytorch/examples mnist", [example], ExampleCNN()),
        _row("digitnet train tutorial", [slow], NETWORKS[tutorial.network]()),
    ]
    return Section("Seconds to 99%", rows, _notes(ours, commands, slow))


def _ours(recipe: Recipe, dataset: Dataset, seed: int) -> Outcome:
    trainer = Trainer(recipe, dataset, seed=seed)
    seconds = sum(step.seconds for step in trainer.run())
    right = trainer.predict(dataset.test.images).argmax(1) == dataset.test.labels
    return Outcome(float(right.mean()), seconds, recipe.steps * recipe.batch_size)


def _tutorial(recipe: Recipe, dataset: Dataset) -> Outcome:
    """To the first evaluation at which 99% of the validation digits are right."""
    trainer = Trainer(recipe, dataset)
    seconds = 0.0
    for step in trainer.run():
        seconds += step.seconds
        if (step.accuracy or 0) >= GOAL:
            break
    right = trainer.predict(dataset.test.images).argmax(1) == dataset.test.labels
    return Outcome(float(right.mean()), seconds, trainer.step * recipe.batch_size)


def _command(seed: int) -> tuple[float, float]:
    """Seconds of the whole command in a process of its own, and those that it says it trained."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "digitnet", "train", "fast"]
        began = time.perf_counter()
        subprocess.run(
            [*command, "--seed", str(seed), "--out", str(run)], check=True, capture_output=True
        )
        seconds = time.perf_counter() - began
        summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
        return seconds, float(summary["train_seconds"])


def _row(
    name: str, outcomes: list[Outcome], network: nn.Module, whole: float | None = None
) -> dict[str, object]:
    accuracies = [100 * outcome.accuracy for outcome in outcomes]
    seconds = median(outcome.seconds for outcome in outcomes)
    gflop = outcomes[0].images * operations(network) / 1e9
    return {
        "who": name,
        "seeds": len(outcomes),
        "images seen": outcomes[0].images,
        "test accuracy, %": f"{mean(accuracies):.2f}",
        "± one run": f"{stdev(accuracies):.2f}" if len(accuracies) > 1 else None,
        "training, s": seconds,
        "whole command, s": whole,
        "GFLOP": round(gflop),
        "GFLOP/s": round(gflop / seconds),
    }


def operations(network: nn.Module) -> int:
    """Operations to learn from one image, forward and backward; a multiply-add counts as two.

    Backward, a layer's products are taken twice: for its weights and for its input, which the first
    layer leaves out, since nobody asks how the pixels should change.
    """
    with torch.random.fork_rng():
        first, *others = [row.multiply_adds for row in layers(network) if row.multiply_adds]
    return 2 * (2 * first + 3 * sum(others))


def _notes(ours: list[Outcome], commands: list[tuple[float, float]], slow: Outcome) -> list[str]:
    worst = min(outcome.accuracy for outcome in ours)
    least = 1e-9 * ours[0].images * operations(NETWORKS[BRIEF.network]()) / ceilings().bf16
    share = least / median(outcome.seconds for outcome in ours)
    fresh = median(trained for _, trained in commands)
    return [
        "Training: medians; digits in memory, network and optimizer built, after one warm-up of 20 "
        f"steps. In a fresh process, without it, summary.json says {fresh:.2f} s (median of "
        f"{len(commands)}); the whole command also starts Python and PyTorch, evaluates, exports "
        "and draws.",
        f"The worst of our {len(ours)} seeds: {worst:.2%}. At the machine's bf16 limit the "
        f"operations alone would take {least:.2f} s: {share:.0%} of the time.",
        "The two peers learn from all 60,000 digits in float32, as at home; ours from 55,000, the "
        "other 5,000 being there to choose by. pytorch/examples mnist stands after one of its 14 "
        "epochs; the tutorial's recipe where it first reads 99% of the validation digits, after "
        f"{slow.images // RECIPES['tutorial'].batch_size:,} steps.",
    ]
