"""How many images a second the tutorial's network learns from, beside other ways to train it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks._ceilings import Ceilings, ceilings
from benchmarks._peers import MissingPeerError, Peer, environment
from benchmarks._section import Section, number
from benchmarks._turns import take_turns
from digitnet import datasets
from digitnet.datasets import Dataset, load_mnist
from digitnet.networks import NETWORKS, Layer, layers
from digitnet.training.loop import Trainer
from digitnet.training.recipe import RECIPES

NETWORK = "TutorialCNN"
BATCH_SIZES = (50, 500)
IMAGES = {50: 2000, 500: 4000}  # a turn, about a second
GRAPH = "TensorFlow 1 graph"  # what all are compared to
TENSORFLOW = ("tensorflow-cpu==2.20.0", "keras==3.15.1")


@dataclass(frozen=True)
class Work:
    """What a step takes, counted.

    Attributes:
        operations: of the layers' products, forward and backward; a multiply-add counts as two.
        bytes: that Adam reads and writes: every weight, its gradient and its two averages.
    """

    operations: int
    bytes: int

    def seconds(self, limits: Ceilings, precision: str) -> float:
        """The least that a step can take on a machine with these limits."""
        rate = limits.bf16 if precision == "bf16" else limits.float32
        return self.operations / (rate * 1e9) + self.bytes / (limits.copy * 1e9)


def work(rows: list[Layer], batch_size: int) -> Work:
    """Count what a step takes with Adam in float32.

    Every layer is multiplied through three times: forward, and backward for its weights and for
    its input, but for the first layer's input, which nobody asks for.
    """
    first, *rest = (row.multiply_adds for row in rows if row.multiply_adds)
    parameters = sum(row.parameters for row in rows)
    # Read: weight, gradient, both averages. Written: weight and averages. Four bytes each.
    return Work(2 * batch_size * (2 * first + 3 * sum(rest)), 7 * 4 * parameters)


def measure(rounds: int) -> Section:
    """Measure all ways in turns, for a small and for a large batch."""
    mnist, notes, rows = load_mnist(), [], []
    with ExitStack() as stack:
        peer = None
        try:
            peer = stack.enter_context(tensorflow())
            greeting = peer.answer()
            notes.append(f"TensorFlow {greeting['tensorflow']}, Keras {greeting['keras']}.")
        except MissingPeerError as error:
            print(error, file=sys.stderr)
            notes.append(str(error))
        for batch_size in BATCH_SIZES:
            found, note = _measure(mnist, peer, batch_size, rounds)
            rows += found
            notes.append(note)
    notes.append(
        "Medians of the rounds, in images a second: forward, backward, Adam and dropout, "
        "evaluations apart. Ours is the loop of digitnet train itself. The limit is the products' "
        "operations at the machine's best rate in the same precision and Adam's bytes at the rate "
        "of a copy, one after the other."
    )
    return Section("Training: the tutorial's network", rows, notes)


def tensorflow() -> Peer:
    """TensorFlow's process; its first answer says which versions it has.

    Raises:
        MissingPeerError: TensorFlow cannot be installed.
    """
    script = Path(__file__).with_name("_tensorflow_worker.py")
    mnist = Path(datasets.__file__).with_name("mnist.npz")
    return Peer(environment("tensorflow", TENSORFLOW), script, [str(mnist)])


def _measure(
    mnist: Dataset, peer: Peer | None, batch_size: int, rounds: int
) -> tuple[list[dict[str, object]], str]:
    ways: dict[str, Callable[[], float]] = {}
    if peer is not None:
        ways[GRAPH] = _of_peer(peer, "graph", batch_size)
        ways["Keras fit"] = _of_peer(peer, "fit", batch_size)
    ways["PyTorch float32"] = _timed(plain_loop(mnist, batch_size), batch_size)
    for precision in ("float32", "bf16"):
        ways[f"digitnet {precision}"] = _timed(_ours(mnist, batch_size, precision), batch_size)
    rates = take_turns(ways, rounds)
    counted = work(layers(NETWORKS[NETWORK]()), batch_size)
    rows: list[dict[str, object]] = []
    for way, figures in rates.items():
        least = counted.seconds(ceilings(), "bf16" if way.endswith("bf16") else "float32")
        rows.append(
            {
                "batch": batch_size,
                "in": way,
                "images/s": round(figures.median),
                "lowest": round(min(figures.values)),
                "highest": round(max(figures.values)),
                "times the graph": figures.median / rates[GRAPH].median if peer else None,
                "% of the limit": 100 * figures.median * least / batch_size,
            }
        )
    note = (
        f"A step at batch {batch_size} takes {number(counted.operations / 1e9)} GFLOP and "
        f"{number(counted.bytes / 1e6)} MB: at the limit "
        f"{number(1e3 * counted.seconds(ceilings(), 'bf16'))} ms in bf16."
    )
    return rows, note


def _of_peer(peer: Peer, way: str, batch_size: int) -> Callable[[], float]:
    def rate() -> float:
        images = IMAGES[batch_size]
        question = {"way": way, "batch_size": batch_size, "steps": images // batch_size}
        return images / float(peer.ask(question)["seconds"])

    return rate


def _timed(steps: Iterator[object], batch_size: int) -> Callable[[], float]:
    def rate() -> float:
        images = IMAGES[batch_size]
        began = time.perf_counter()
        for _ in range(images // batch_size):
            next(steps)
        return images / (time.perf_counter() - began)

    return rate


def _ours(mnist: Dataset, batch_size: int, precision: str) -> Iterator[object]:
    """The trainer that `digitnet train` runs; it evaluates at its first step only."""
    endless = sys.maxsize
    recipe = replace(
        RECIPES["tutorial"], batch_size=batch_size, steps=endless, evaluate_every=endless
    )
    return Trainer(recipe, mnist, device="cpu", precision=precision).run()


def plain_loop(mnist: Dataset, batch_size: int) -> Iterator[float]:
    """What one would write in PyTorch without thinking of speed; yields each step's loss."""
    network = nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(7 * 7 * 64, 1024),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(1024, 10),
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    images = torch.from_numpy(mnist.train.images)[:, None].float() / 255
    labels = torch.from_numpy(mnist.train.labels).long()
    while True:
        for rows in torch.split(torch.randperm(len(images)), batch_size):
            optimizer.zero_grad()
            loss = F.cross_entropy(network(images[rows]), labels[rows])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            yield loss.item()
