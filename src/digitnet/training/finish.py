"""How a run ends: how good the network is, model.onnx with its card, and the curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from digitnet.classes import FIRST_PAIR, NO_DIGIT
from digitnet.datasets import Dataset, Digits, StreamedDataset
from digitnet.evaluation import expected_calibration_error, wilson_interval
from digitnet.figures import Curve, drawable_language, learning, save
from digitnet.messages import say
from digitnet.temperature import fit_temperature, probabilities
from digitnet.training.export import HOW_TO_FEED, check_onnx, run_onnx, to_onnx, write_model
from digitnet.training.loop import Trainer
from digitnet.training.quantise import in_int8
from digitnet.training.run import Run, Settings
from digitnet.training.variations import Pool, make_examples

CHECKED_IMAGES = 1000
CALIBRATED_GLYPHS = 20_000  # Made of validation digits.
CALIBRATED_DIGITS = 1000  # At least so many validation digits; fewer may all be right.
CALIBRATION = (
    "temperature",
    "calibration_error",
    "variations_accuracy",
    "no_digit_accuracy",
    "pairs_accuracy",
)


def finish(
    run: Run, trainer: Trainer, dataset: Dataset | StreamedDataset, train_seconds: float
) -> None:
    """Measure what a run has learned, and write it down.

    Raises:
        RunError: the folder cannot be written, or the exported model answers otherwise.
    """
    test = dataset.test
    examples = _examples(trainer, dataset)
    seen = dataset.validation.images if examples is None else examples.glyphs[::2]
    model = _exported(trainer, test.images[:CHECKED_IMAGES], seen)
    logits = run_onnx(model, test.images)  # What is exported is what is measured.
    summary = summarise(run.settings, dataset, logits.argmax(1), test.labels, train_seconds)
    if examples is not None:
        summary |= _calibrate_on(examples, run_onnx(model, examples.glyphs))
    elif run.settings.recipe.label_smoothing:
        kept_back = run_onnx(model, dataset.validation.images)
        summary |= calibrate(kept_back, dataset.validation, logits, test)
    curves = [Curve(summary["recipe"], run.metrics(), summary)]
    conclude(run, model, dataset, summary, curves)


def conclude(
    run: Run,
    model: onnx.ModelProto,
    dataset: Dataset | StreamedDataset,
    summary: dict[str, Any],
    curves: Sequence[Curve],
    how_to_feed: str = HOW_TO_FEED,
) -> None:
    """Write the model, the curves and, last of all, the summary, with which a run is finished.

    Args:
        run: what comes to its end.
        model: what it has learned.
        dataset: what it learned from.
        summary: how good that is.
        curves: how it learned.
        how_to_feed: what the model's card says of its input and output.

    Raises:
        DigitnetError: the folder cannot be written.
    """
    temperature = summary.get("temperature", 1.0)
    about = card(run.settings, dataset, summary)
    write_model(model, about, run.folder / "model.onnx", temperature, how_to_feed)
    if all(curve.metrics for curve in curves):  # Else metrics.jsonl is gone.
        draw_curves(run, curves, summary)
    run.write_summary(summary)


def _exported(
    trainer: Trainer, images: NDArray[np.uint8], seen: NDArray[np.uint8]
) -> onnx.ModelProto:
    """The trainer's result as its recipe wants it exported.

    Args:
        trainer: at its last step.
        images: (N, 28, 28), to hold the exported network against the trainer's.
        seen: (N, 28, 28), like those that the network will see, and no test digits.
    """
    recipe = trainer.recipe
    model = to_onnx(trainer.result, recipe.pixel_scale)
    check_onnx(model, images, trainer.predict(images))
    return in_int8(model, seen) if recipe.int8 else model


def summarise(
    settings: Settings,
    dataset: Dataset | StreamedDataset,
    answers: NDArray[Any],
    truth: NDArray[Any],
    train_seconds: float,
) -> dict[str, Any]:
    """Return what summary.json says of every run.

    Args:
        settings: of the run.
        dataset: what it learned from.
        answers: (N,) to the test digits, or to strips made of them.
        truth: (N,) what they are.
        train_seconds: of all that it learned, evaluations apart.
    """
    recipe, count, errors = settings.recipe, len(truth), int((answers != truth).sum())
    images = settings.members * recipe.steps * recipe.batch_size
    return {
        "recipe": recipe.name,
        "seed": settings.seed,
        "data": dataset.name,
        "steps": recipe.steps,
        "test_accuracy": (count - errors) / count,
        "test_error_interval": list(wilson_interval(errors, count)),
        "test_images": count,
        "test_errors": errors,
        "train_seconds": train_seconds,
        "images_per_second": images / train_seconds,
        "device": settings.device,
        "precision": settings.precision,
        "inferred": answers[:20].tolist(),
        "true": truth[:20].tolist(),
    }


def calibrate(
    validation_logits: NDArray[np.floating[Any]],
    validation: Digits,
    test_logits: NDArray[np.floating[Any]],
    test: Digits,
) -> dict[str, float]:
    """Fit a temperature to the validation digits, and say what it comes to on the test digits.

    A network that learned from smoothed labels is less sure than it is right. Too few digits to
    fit anything to give nothing.
    """
    if len(validation) < CALIBRATED_DIGITS:
        return {}
    temperature = fit_temperature(validation_logits, validation.labels)
    error = expected_calibration_error(probabilities(test_logits, temperature), test.labels)
    return {"temperature": temperature, "calibration_error": error}


def _examples(trainer: Trainer, dataset: Dataset | StreamedDataset) -> Pool | None:
    """Validation digits, varied as a recipe varies what it learns from, where it does."""
    recipe = trainer.recipe
    if not recipe.variations:
        return None
    harvested = CALIBRATED_GLYPHS * recipe.harvest // (recipe.harvest + recipe.variations)
    varied = CALIBRATED_GLYPHS - harvested
    return make_examples(dataset.validation, varied, harvested, trainer.seed)


def _calibrate_on(pool: Pool, logits: NDArray[np.floating[Any]]) -> dict[str, float]:
    """Fit a temperature to half of some examples, which are like what will be read; try the other.

    Args:
        pool: N examples.
        logits: (N, classes) that the network gives for them.
    """
    temperature = fit_temperature(logits[::2], pool.labels[::2])
    held_out = probabilities(logits[1::2], temperature)
    labels = pool.labels[1::2]
    right = held_out.argmax(1) == labels
    return {
        "temperature": temperature,
        "calibration_error": expected_calibration_error(held_out, labels),
        "variations_accuracy": float(right[labels < NO_DIGIT].mean()),
        "no_digit_accuracy": float(right[labels == NO_DIGIT].mean()),
        "pairs_accuracy": float(right[labels >= FIRST_PAIR].mean()),
    }


def card(
    settings: Settings, dataset: Dataset | StreamedDataset, summary: dict[str, Any]
) -> dict[str, Any]:
    """Return what a model file says of itself."""
    return {
        "model": f"digitnet {settings.recipe.network}",
        "members": settings.members,
        "recipe": settings.recipe.to_dict(),
        "seed": settings.seed,
        "teacher": settings.teacher and Path(settings.teacher).name,
        "data": dataset.name,
        "data_sha256": settings.data_sha256,
        "test_accuracy": summary["test_accuracy"],
        "test_error_interval": summary["test_error_interval"],
        "versions": settings.versions,
        **{key: summary[key] for key in CALIBRATION if key in summary},
    }


def draw_curves(run: Run, curves: Sequence[Curve], summary: dict[str, Any]) -> None:
    """Draw training.png."""
    with drawable_language():
        title = say(
            "{recipe} on {data}, seed {seed}: {accuracy:.2%} of {count:,} test digits "
            "after {steps:,} steps in {seconds:.0f} s",
            recipe=summary["recipe"],
            data=summary["data"],
            seed=summary["seed"],
            accuracy=summary["test_accuracy"],
            count=summary["test_images"],
            steps=summary["steps"],
            seconds=summary["train_seconds"],
        )
        save(learning(curves, title=title), run.folder / "training.png")
