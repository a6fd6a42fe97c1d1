"""Does training in bf16 cost accuracy?

The tutorial's recipe is trained to its end from several seeds, in float32 and in bf16, by the very
`train` that `digitnet train` calls.

    python -m benchmarks precision              # about a quarter of an hour on 2 cores

Runs that are finished already are not trained again, and such as were stopped go on. Where the
processor has no bf16 of its own, that half takes hours.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import mean, median, stdev

from benchmarks._machine import machine, versions
from benchmarks._runs import finished_run
from benchmarks._section import Section
from digitnet import Run
from digitnet.training.run import RUNS

RECIPE = "tutorial"
PRECISIONS = ("float32", "bf16")


def main(arguments: Sequence[str]) -> int:
    """Train what is not there yet, print a table, and write it as JSON where that is wanted."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks precision",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 2 on; default 5")
    parser.add_argument("--steps", type=int, help="of every run, to try it out")
    parser.add_argument("--data", help="to learn from, instead of MNIST, to try it out")
    parser.add_argument("--out", type=Path, default=RUNS / "precision", help="where the runs go")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    options = parser.parse_args(arguments)
    if options.seeds < 2:
        parser.error("--seeds: from one run there is no telling how far runs differ by chance.")
    runs: dict[str, list[Run]] = {precision: [] for precision in PRECISIONS}
    for seed in range(options.seeds):  # In turns: what disturbs the machine disturbs both.
        for precision in PRECISIONS:
            run = finished_run(
                options.out / f"{RECIPE}-{precision}-{seed}",
                RECIPE,
                seed=seed,
                steps=options.steps,
                data=options.data,
                precision=precision,
            )
            runs[precision].append(run)
    wrong = {precision: _wrong(runs[precision]) for precision in PRECISIONS}
    section = Section(
        f"Recipe {RECIPE}, {options.seeds} seeds, on {machine()}",
        [_row(precision, runs[precision], wrong[precision]) for precision in PRECISIONS],
        [difference(wrong["float32"], wrong["bf16"])],
    )
    print(section.to_text())
    if options.json:
        content = {
            "versions": versions("digitnet", "torch"),
            "threads": os.environ.get("OMP_NUM_THREADS", "all"),
            "wrong, %": wrong,
        } | section.to_dict()
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def difference(float32: list[float], bf16: list[float]) -> str:
    """Say how much more the one gets wrong than the other, and how sure that is.

    Args:
        float32: percent of the digits that each run got wrong.
        bf16: the same.
    """
    points = mean(bf16) - mean(float32)
    error = sqrt(stdev(bf16) ** 2 / len(bf16) + stdev(float32) ** 2 / len(float32))
    return (
        f"bf16 gets {abs(points):.3f} points {'more' if points > 0 else 'fewer'} wrong, with a "
        f"standard error of {error:.3f}."
    )


def _wrong(runs: list[Run]) -> list[float]:
    return [100 * (1 - run.summary["test_accuracy"]) for run in runs]


def _row(precision: str, runs: list[Run], wrong: list[float]) -> dict[str, object]:
    return {
        "in": precision,
        "test accuracy, %": f"{100 - mean(wrong):.2f}",
        "± one run": f"{stdev(wrong):.2f}",
        "training, s": median(run.summary["train_seconds"] for run in runs),
    }
