"""How time and memory grow: of training with the digits, of reading with the digits on a page."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks._growth_figures import draw
from benchmarks._growth_fit import exponent, in_words, line
from benchmarks._peers import Peer
from benchmarks._section import Section
from digitnet.datasets import load_mnist

__all__ = ["draw", "measure"]

LEARNED = (10_000, 20_000, 40_000)  # digits: once, twice, four times as many
WRITTEN = (10, 30, 100, 300, 1_000, 3_000, 10_000)  # digits on a page
CELL = 22  # pixels: a digit of MNIST is 20 high
SIDE = 100 * CELL  # of the page


def measure(rounds: int) -> list[Section]:
    """Measure both, each size in a process of its own."""
    return [_training(), _reading(rounds)]


def _training() -> Section:
    rows: list[dict[str, object]] = []
    for count in LEARNED:
        with _worker("_training_worker.py") as peer:
            answer = peer.ask({"digits": count})
        rows.append(
            {
                "digits": count,
                "seconds": float(answer["seconds"]),
                "images/s": round(count / answer["seconds"]),
                "largest memory, MB": float(answer["megabytes"]),
            }
        )
    return Section(
        "Growth: one pass of recipe tutorial over a data set",
        rows,
        [
            growth([float(str(row["digits"])) for row in rows], rows, "digit"),
            "MNIST's digits, repeated. Memory holds the digits themselves, 784 bytes each.",
        ],
    )


def _reading(rounds: int) -> Section:
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in WRITTEN:
            path = Path(folder) / f"{count}.png"
            Image.fromarray(page_of(count)).save(path)
            with _worker("_reading_worker.py") as peer:
                answers = [peer.ask({"pictures": [str(path)]}) for _ in range(rounds + 1)][1:]
            rows.append(
                {
                    "digits": count,
                    "found": int(answers[0]["digits"]),
                    "seconds": median(float(answer["seconds"]) for answer in answers),
                    "largest memory, MB": float(answers[-1]["megabytes"]),
                }
            )
    return Section(
        "Growth: reading a page with more and more digits on it",
        rows,
        [
            growth([float(count) for count in WRITTEN], rows, "digit"),
            f"The page is always {SIDE:,} × {SIDE:,} pixels, so that only its digits differ; they "
            "are MNIST's validation digits, as they are, in rows.",
        ],
    )


def _worker(script: str) -> Peer:
    return Peer(Path(sys.executable), Path(__file__).with_name(script), ours=True)


def page_of(count: int) -> NDArray[np.uint8]:
    """A white page, uint8 (SIDE, SIDE), with up to 10,000 digits of MNIST in rows."""
    images = load_mnist().validation.images[:, 3:-3, 3:-3]
    page = np.full((SIDE, SIDE), 255, np.uint8)
    for number in range(count):
        row, column = divmod(number, SIDE // CELL)
        here = page[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL]
        here[:] = 255 - images[number % len(images)]
    return page


def growth(sizes: Sequence[float], rows: Sequence[dict[str, object]], what: str) -> str:
    """What kind of growth the seconds of some rows are, as a sentence."""
    seconds = [float(str(row["seconds"])) for row in rows]
    fitted = line(sizes, seconds)
    return (
        f"The straight line of {in_words(fitted)} a {what} explains {100 * fitted.r2:.2f}% of the "
        f"variance of the seconds; over the three largest sizes they grow by the power of "
        f"{exponent(sizes[-3:], seconds[-3:]):.2f}."
    )
