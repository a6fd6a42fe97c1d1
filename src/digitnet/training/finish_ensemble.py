"""How an ensemble ends: its members' mean as one model, how good that is, and their curves."""

from __future__ import annotations

import numpy as np

from digitnet.datasets import Dataset, StreamedDataset
from digitnet.evaluation import probabilities
from digitnet.figures import Curve
from digitnet.training.export import average_models, check_onnx, run_onnx, write_model
from digitnet.training.finish import CHECKED_IMAGES, calibrate, card, draw_curves, summarise
from digitnet.training.run import Run

MEMBER = ("seed", "test_accuracy", "test_errors", "train_seconds")


def finish_ensemble(run: Run, dataset: Dataset | StreamedDataset) -> None:
    """Write the model, the curves and, last of all, the summary.

    Args:
        run: of the ensemble; its members are finished.
        dataset: what they learned from.

    Raises:
        RunError: the folder cannot be written, or the exported model answers otherwise.
    """
    settings, members, path = run.settings, run.members, run.folder / "model.onnx"
    summaries = [member.summary for member in members]
    test = dataset.test
    model = average_models([member.model for member in members])
    write_model(model, {}, path, 1.0)  # Without its card: what stands there is not known yet.
    logits = run_onnx(path, test.images)
    some = test.images[:CHECKED_IMAGES]
    shares = [probabilities(run_onnx(member.model, some)) for member in members]
    check_onnx(path, some, np.log(np.mean(shares, axis=0)))
    seconds = sum(summary["train_seconds"] for summary in summaries)
    summary = summarise(settings, dataset, logits.argmax(1), test.labels, seconds)
    kept_back = run_onnx(path, dataset.validation.images)
    summary |= calibrate(kept_back, dataset.validation, logits, test)
    summary["members"] = [{key: each[key] for key in MEMBER} for each in summaries]
    write_model(model, card(settings, dataset, summary), path, summary.get("temperature", 1.0))
    curves = [
        Curve(member.folder.name, member.metrics(), each)
        for member, each in zip(members, summaries, strict=True)
    ]
    draw_curves(run, curves, summary)
    run.write_summary(summary)
