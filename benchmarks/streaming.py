"""Memory and rate of training on a stream, as the set grows.

Sets of MNIST's training digits as PNG in Parquet, over and over, are written in two sizes, and as
npz beside them. Each is learnt from in a process of its own: steps of a recipe, which give the
rate; then all digits are passed through once, with no training, which is what memory might grow
with. Memory is the process's peak, before its first digit and at its end.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from benchmarks._machine import machine, versions
from benchmarks._memory import own_peak
from digitnet.datasets import load_mnist

ROW_GROUP = 10_000
SHARD = 100_000
BATCH = 256  # Of the pass without training.


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, and write the JSON that was asked for."""
    parser = argparse.ArgumentParser("python -m benchmarks streaming", description=__doc__)
    parser.add_argument("--digits", type=int, default=100_000, help="in the smaller set")
    parser.add_argument("--times", type=int, default=10, help="as many in the larger one")
    parser.add_argument("--recipe", default="tutorial")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--learn", metavar="PATH", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.learn:
        print(json.dumps(learn(options.learn, options.recipe, options.steps)))
        return 0
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (options.digits, options.digits * options.times):
            for path in write(Path(folder), count):
                figures = _in_a_process(path, options.recipe, options.steps)
                rows.append({"digits": count, "kind": path.suffix or ".parquet", **figures})
    print(f"{machine()}; recipe {options.recipe}, {options.steps} steps")
    print(
        f"{'digits':>10}  {'read from':<10}{'start MB':>10}{'peak MB':>10}{'images/s':>10}"
        f"{'passed/s':>10}"
    )
    for row in rows:
        print(
            f"{row['digits']:>10,}  {row['kind']:<10}{row['start_mb']:>10,.0f}"
            f"{row['peak_mb']:>10,.0f}{row['images_per_second']:>10,.0f}"
            f"{row['passed_per_second']:>10,.0f}"
        )
    if options.json:
        report = {"machine": machine(), "versions": versions("pyarrow", "torch", "numpy")}
        text = json.dumps({**report, "steps": options.steps, "rows": rows}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """Write ``count`` digits as Parquet and as npz; return the paths."""
    digits = load_mnist().train
    images = np.empty(len(digits), object)
    images[:] = [_png(image) for image in digits.images]
    shards = folder / f"{count}"
    shards.mkdir()
    for first in range(0, count, SHARD):
        taken = np.arange(first, min(count, first + SHARD)) % len(digits)
        columns = {"image": pa.array(images[taken], pa.binary()), "label": digits.labels[taken]}
        pq.write_table(pa.table(columns), shards / f"{first:09}.parquet", row_group_size=ROW_GROUP)
    every = np.arange(count) % len(digits)
    npz = folder / f"{count}.npz"
    np.savez(npz, images=digits.images[every], labels=digits.labels[every])
    return shards, npz


def _png(image: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def _in_a_process(path: Path, recipe: str, steps: int) -> dict[str, float]:
    call = [sys.executable, "-m", "benchmarks", "streaming", "--learn", str(path)]
    call += ["--recipe", recipe, "--steps", str(steps)]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def learn(path: str, name: str, steps: int) -> dict[str, float]:
    """Train some steps and pass through all digits once; return memory in MB and rates."""
    from digitnet.datasets import open_dataset
    from digitnet.training.loop import Trainer
    from digitnet.training.recipe import find_recipe

    start = own_peak()
    recipe = replace(find_recipe(name), steps=steps, evaluate_every=steps)
    dataset = open_dataset(path)
    trainer = Trainer(recipe, dataset)
    seconds = [step.seconds for step in trainer.run()][steps // 10 :]  # The first ones are slow.
    began = time.perf_counter()
    passes = len(dataset.train) // BATCH
    passed = sum(len(labels) for _, labels in islice(dataset.train.batches(BATCH, 0), passes))
    return {
        "start_mb": start,
        "peak_mb": own_peak(),
        "images_per_second": len(seconds) * recipe.batch_size / sum(seconds),
        "passed_per_second": passed / (time.perf_counter() - began),
    }
