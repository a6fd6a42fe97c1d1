"""What tests look for in the folders of runs, and how they stop one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
from onnx import numpy_helper

from digitnet import Run
from digitnet.training.progress import Progress

STEPS = 30  # of the runs that are compared


def weights(folder: Path) -> dict[str, bytes]:
    """The weights of the model in a run's folder."""
    graph = onnx.load(folder / "model.onnx").graph
    return {t.name: numpy_helper.to_array(t).tobytes() for t in graph.initializer}


def losses(folder: Path) -> list[tuple[int, float]]:
    return [(line["step"], line["train_loss"]) for line in Run(folder).metrics()]


def stop_at(number: int) -> Callable[[Progress], None]:
    """A watcher that stops the run at a step, as Ctrl-C does."""

    def stop(progress: Progress) -> None:
        if progress.step == number:
            raise KeyboardInterrupt

    return stop
