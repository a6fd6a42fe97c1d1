"""How many digits does each network misread when they are spoiled?

MNIST's 10,000 test digits, whole and spoiled in fifteen ways (`benchmarks._corruptions`, after
MNIST-C), are read by every model that is named; runs of one recipe from several seeds share a
column. The reader is the model that ships; its “no digit” counts as wrong.

    python -m benchmarks corruptions tutorial=runs/tutorial-1 best=runs/best-1,runs/best-2
    python -m benchmarks corruptions best=runs/best-1 --json docs/corruptions.json
    python -m benchmarks corruptions --sheet docs/images/corruptions.png
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._corruptions import CORRUPTIONS, corrupt
from benchmarks._machine import machine, versions
from digitnet.datasets import load_mnist
from digitnet.errors import UsageError
from digitnet.reading.classify import Classifier, shipped_model
from digitnet.training.run import Run

WHOLE = "as they are"
SHOWN = 8  # Digits a row of the sheet.


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, and write what was asked for."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks corruptions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("models", nargs="*", metavar="NAME=RUN|MODEL[,…]", help="what to measure")
    parser.add_argument("--digits", type=int, default=10_000, help="how many; default all 10,000")
    parser.add_argument("--seed", type=int, default=0, help="of what is random in the corruptions")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="draw examples here")
    options = parser.parse_args(arguments)
    columns = dict(_column(text) for text in options.models) | {"reader": [shipped_model()]}
    test = load_mnist().test
    images, labels = test.images[: options.digits], test.labels[: options.digits]
    if options.sheet:
        options.sheet.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(options.sheet), sheet(images[:SHOWN], options.seed))
    rows = measure(columns, images, labels, options.seed)
    print(f"{machine()}; {len(images):,} test digits, corruptions of seed {options.seed}")
    print(table(rows, list(columns)))
    if options.json:
        report = {
            "machine": machine(),
            "versions": versions("digitnet", "onnxruntime", "opencv-python-headless"),
            "digits": len(images),
            "seed": options.seed,
            "models": {name: len(paths) for name, paths in columns.items()},
            "rows": rows,
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _column(text: str) -> tuple[str, list[Path]]:
    name, equals, paths = text.partition("=")
    if not (name and equals and paths):
        raise UsageError(
            "“{text}” should be NAME=RUN or NAME=MODEL.onnx, several with commas.", text=text
        )
    return name, [_model(Path(path)) for path in paths.split(",")]


def _model(path: Path) -> Path:
    return Run(path).model if path.is_dir() else path


def measure(
    columns: dict[str, list[Path]],
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    seed: int,
) -> list[dict[str, Any]]:
    """Return a row for each corruption: by column, the share of wrong digits of every model."""
    classifiers = {name: [Classifier(path) for path in paths] for name, paths in columns.items()}
    rows = []
    for name in (WHOLE, *CORRUPTIONS):
        spoiled = images if name == WHOLE else corrupt(images, name, seed)
        row: dict[str, Any] = {"corruption": name}
        for column, found in classifiers.items():
            answers = [each.classify(spoiled).argmax(1) for each in found]
            row[column] = [float((answer != labels).mean()) for answer in answers]
        rows.append(row)
    return rows


def table(rows: list[dict[str, Any]], columns: list[str]) -> str:
    """Return the rows as a table in Markdown: shares of wrong digits, means over the models."""
    lines = [
        "| digits wrong | " + " | ".join(columns) + " |",
        "|---|" + "---:|" * len(columns),
    ]
    for row in rows:
        lines.append(f"| {row['corruption']} | {_cells(row, columns)} |")
    spoiled = rows[1:]
    models = {column: len(rows[0][column]) for column in columns}
    mean = {
        column: [statistics.mean(row[column][k] for row in spoiled) for k in range(models[column])]
        for column in columns
    }
    lines.append(f"| **mean of the {len(spoiled)}** | {_cells(mean, columns)} |")
    return "\n".join(lines)


def _cells(row: dict[str, Any], columns: list[str]) -> str:
    return " | ".join(_cell(row[column]) for column in columns)


def _cell(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2%}"
    return f"{statistics.mean(values):.2%} ± {statistics.stdev(values):.2%}"


def sheet(images: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Return a picture, ink dark: a row for the digits as they are and for each corruption."""
    rows = [images, *(corrupt(images, name, seed) for name in CORRUPTIONS)]
    side, gap, left = 56, 4, 120
    height, width = len(rows) * (side + gap), left + len(images) * (side + gap)
    page = np.full((height, width), 255, np.uint8)
    for index, (name, row) in enumerate(zip((WHOLE, *CORRUPTIONS), rows, strict=True)):
        top = index * (side + gap)
        cv2.putText(
            page, name, (4, top + side // 2 + 4), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 0, 1, cv2.LINE_AA
        )
        for column, image in enumerate(row):
            start = left + column * (side + gap)
            large = cv2.resize(255 - image, (side, side), interpolation=cv2.INTER_NEAREST)
            page[top : top + side, start : start + side] = large
    return page
