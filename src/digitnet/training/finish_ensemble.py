"""How an ensemble ends: its members' mean as one model, how good that is, and their curves."""

from __future__ import annotations

import numpy as np

from digitnet.datasets import Dataset, StreamedDataset
from digitnet.figures import Curve
from digitnet.temperature import probabilities
from digitnet.training.export import average_models, check_onnx, run_onnx
from digitnet.training.finish import CHECKED_IMAGES, calibrate, conclude, summarise
from digitnet.training.run import Run

MEMBER = ("seed", "test_accuracy", "test_errors", "train_seconds")


def finish_ensemble(run: Run, dataset: Dataset | StreamedDataset) -> None:
    """Measure what an ensemble's members are together, and write it down.

    Args:
        run: of the ensemble; its members are finished.
        dataset: what they learned from.

    Raises:
        RunError: the folder cannot be written, or the exported model answers otherwise.
    """
    settings, members = run.settings, run.members
    summaries = [member.summary for member in members]
    test = dataset.test
    model = average_models([member.model for member in members])
    logits = run_onnx(model, test.images)
    some = test.images[:CHECKED_IMAGES]
    shares = [probabilities(run_onnx(member.model, some)) for member in members]
    check_onnx(model, some, np.log(np.mean(shares, axis=0)))
    seconds = sum(summary["train_seconds"] for summary in summaries)
    summary = summarise(settings, dataset, logits.argmax(1), test.labels, seconds)
    kept_back = run_onnx(model, dataset.validation.images)
    summary |= calibrate(kept_back, dataset.validation, logits, test)
    summary["members"] = [{key: each[key] for key in MEMBER} for each in summaries]
    curves = [
        Curve(member.folder.name, member.metrics(), each)
        for member, each in zip(members, summaries, strict=True)
    ]
    conclude(run, model, dataset, summary, curves)
