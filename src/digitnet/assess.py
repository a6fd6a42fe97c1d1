"""A trained model held against labelled digits. No torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from digitnet.datasets import Digits, load_digits, reload_dataset
from digitnet.errors import UsageError
from digitnet.evaluation import Evaluation, evaluate, trust
from digitnet.reading.classify import Classifier
from digitnet.training.run import Run


def assess(model: str | Path, data: str | Path | None = None) -> tuple[str, Digits, Evaluation]:
    """Classify digits and hold the answers against their labels.

    Args:
        model: a run folder, or an ONNX file that `digitnet train` wrote.
        data: labelled digits; by default, and where it is what the run learned from, the part of
            that which was kept back for testing; MNIST's test digits for a model file.

    Returns:
        What the digits are called, the digits, and how good the answers are.

    Raises:
        DigitnetError: there is no such model, it cannot be used, or the data cannot.
    """
    model = Path(model)
    if not model.exists():
        raise UsageError("{path} does not exist; give a run folder or a model.onnx.", path=model)
    file, learned_from = model, "mnist"
    if model.is_dir():
        run = Run(model)
        file, learned_from = run.model, run.settings.data
    classifier = Classifier(file)
    if data is None or learned_from in (str(data), str(Path(data).resolve())):
        # Not all that lies there: the network has seen most of it.
        dataset = reload_dataset(learned_from)
        name, digits = dataset.name, dataset.test
    else:
        name, digits = str(data), load_digits(data)
    given = classifier.classify(digits.images)
    evaluation = evaluate(given, digits.labels)
    return name, digits, replace(evaluation, trust=trust(given, digits.labels))
