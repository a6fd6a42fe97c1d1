"""How a run ends that learned to transcribe strips: its model, and how good that is."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from digitnet.classes import BLANK
from digitnet.datasets import Dataset, StreamedDataset
from digitnet.evaluation import calibration_error
from digitnet.figures import Curve
from digitnet.reading.rows.transcribe import Transcript, transcribe
from digitnet.temperature import best_temperature, probabilities
from digitnet.training.export import check_onnx, run_onnx, to_onnx
from digitnet.training.finish import CHECKED_IMAGES, conclude, summarise
from digitnet.training.loop import Trainer
from digitnet.training.objective import Transcribe
from digitnet.training.quantise import in_int8
from digitnet.training.run import Run
from digitnet.training.variations import make_strips

STRIPS = 3000, 1000  # Made, and harvested: of validation digits to calibrate on, and to test.
HOW_TO_FEED = (
    "images: uint8 (N, 1, 28, 112), 0 for paper to 255 for full ink, placed by digitnet.strip; "
    "the graph scales them itself. logits: float32 (N, 56, 11): for every second column of pixels "
    "the digits 0 to 9, then blank. The softmax of logits / temperature is the probabilities of "
    "connectionist temporal classification."
)


def finish_strips(
    run: Run, trainer: Trainer, dataset: Dataset | StreamedDataset, train_seconds: float
) -> None:
    """Measure what a run has learned, and write it down.

    A strip is right where all its digits are, and no others.

    Raises:
        RunError: the folder cannot be written, or the exported model answers otherwise.
    """
    recipe = run.settings.recipe
    held_out = make_strips(dataset.validation, *STRIPS, trainer.seed)
    model = to_onnx(trainer.result, recipe.pixel_scale)
    some = held_out.glyphs[:CHECKED_IMAGES]
    check_onnx(model, some, trainer.predict(some))
    if recipe.int8:
        model = in_int8(model, some)

    temperature = _fit_temperature(run_onnx(model, held_out.glyphs), held_out.labels)
    test = make_strips(dataset.test, *STRIPS, trainer.seed)
    likely = probabilities(run_onnx(model, test.glyphs), temperature).astype(np.float32)
    read = [transcribe(columns) for columns in likely]
    answers, truth = np.array([_text(r) for r in read]), np.array([*map(_spell, test.labels)])
    sure = np.array([r.probability for r in read])
    summary = summarise(run.settings, dataset, answers, truth, train_seconds) | {
        "temperature": temperature,
        "calibration_error": calibration_error(sure, answers == truth),
    }
    curves = [Curve(summary["recipe"], run.metrics(), summary)]
    conclude(run, model, dataset, summary, curves, HOW_TO_FEED)


def _fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The temperature that makes the true transcripts likeliest."""
    columns, true = torch.from_numpy(logits), torch.from_numpy(labels).long()
    return best_temperature(
        lambda temperature: float(Transcribe().losses(columns / temperature, true).mean())
    )


def _text(transcript: Transcript) -> str:
    return "".join(map(str, transcript.digits))


def _spell(label: NDArray[np.uint8]) -> str:
    return "".join(str(digit) for digit in label if digit != BLANK)
