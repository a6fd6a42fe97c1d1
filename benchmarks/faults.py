"""What does each fault of the tutorial's listing cost?

The listing's faults are mended one after the other, and each version is trained from several seeds:
as published, the input scaled once, dropout on while it trains, accuracy computed afresh, 5,000
steps instead of 1,000. Computing accuracy afresh changes what is printed and not what is learned,
so it is the same runs, looked at in another way.

    python -m benchmarks faults                     # about 25 minutes on 2 cores
    python -m benchmarks faults --json docs/faults.json

Runs that are finished already are not trained again, and such as were stopped go on.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._machine import machine, versions
from benchmarks._runs import finished_run
from digitnet import Run
from digitnet.training.run import RUNS


@dataclass(frozen=True)
class Version:
    """One version of the listing.

    Attributes:
        name: what was mended last.
        recipe: whose runs to look at.
        afresh: whether the printed accuracy is the last evaluation's own, not an average.
    """

    name: str
    recipe: str
    afresh: bool = False


VERSIONS = (
    Version("as published", "tutorial-as-published"),
    Version("input scaled once", "tutorial-scaled-once"),
    Version("dropout on while it trains", "tutorial-with-dropout"),
    Version("accuracy computed afresh", "tutorial-with-dropout", afresh=True),
    Version("5,000 steps", "tutorial", afresh=True),
)


def main(arguments: Sequence[str]) -> int:
    """Train what is not there yet, print a table, and write it as JSON where that is wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many; default 5")
    parser.add_argument("--steps", type=int, help="of every run, to try it out")
    parser.add_argument("--data", help="to learn from, instead of MNIST, to try it out")
    parser.add_argument("--out", type=Path, default=RUNS / "faults", help="where the runs go")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    options = parser.parse_args(arguments)
    for seed in range(options.seeds):
        for recipe in dict.fromkeys(version.recipe for version in VERSIONS):
            finished_run(
                options.out / f"{recipe}-{seed}",
                recipe,
                seed=seed,
                steps=options.steps,
                data=options.data,
            )
    rows = [figures(version, options.out, options.seeds) for version in VERSIONS]
    print(table(rows))
    if options.json:
        content = {
            "machine": machine(),
            "threads": os.environ.get("OMP_NUM_THREADS", "all"),
            "versions": versions("digitnet", "torch"),
            "seeds": options.seeds,
            "rows": rows,
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def figures(version: Version, folder: Path, seeds: int) -> dict[str, Any]:
    """Return what the runs of a version reached, over its seeds.

    Returns:
        ``printed``: the accuracy in the last line that the listing prints, by seed; ``test``: the
        accuracy of the finished network on all test digits, by seed; and for both the mean and
        the standard deviation of single runs.
    """
    runs = [Run(folder / f"{version.recipe}-{seed}") for seed in range(seeds)]
    printed = [_printed(run, afresh=version.afresh) for run in runs]
    test = [run.summary["test_accuracy"] for run in runs]
    return {
        "version": version.name,
        "recipe": version.recipe,
        "steps": runs[0].summary["steps"],
        **_spread("printed", printed),
        **_spread("test", test),
    }


def _printed(run: Run, *, afresh: bool) -> float:
    """The last accuracy a run printed, or what it would have been, computed afresh."""
    accuracies = [line["test_accuracy"] for line in run.metrics() if "test_accuracy" in line]
    count = len(accuracies)
    if not afresh or run.summary["recipe"] == "tutorial" or count == 1:
        return float(accuracies[-1])
    # What is recorded is the mean of all evaluations so far: take the others away again.
    return float(count * accuracies[-1] - (count - 1) * accuracies[-2])


def _spread(name: str, values: list[float]) -> dict[str, Any]:
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {
        name: values,
        f"{name}_mean": statistics.mean(values),
        f"{name}_deviation": deviation,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| version | steps | last line printed | all test digits | digits wrong |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        wrong = 10_000 * (1 - row["test_mean"])
        lines.append(
            f"| {row['version']} | {row['steps']:,} "
            f"| {row['printed_mean']:.2%} ± {row['printed_deviation']:.2%} "
            f"| {row['test_mean']:.2%} ± {row['test_deviation']:.2%} | {wrong:,.0f} |"
        )
    return "\n".join(lines)
