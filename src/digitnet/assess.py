"""A trained model held against labelled digits. No torch."""

from __future__ import annotations

from pathlib import Path

from digitnet.datasets import Digits, load_dataset, load_digits, load_mnist
from digitnet.errors import UsageError
from digitnet.evaluation import Evaluation, evaluate
from digitnet.reading.classify import Classifier
from digitnet.training.run import Run


def assess(model: str | Path, data: str | Path | None = None) -> tuple[str, Digits, Evaluation]:
    """Classify digits and hold the answers against their labels.

    Args:
        model: a run folder, or an ONNX file that `digitnet train` wrote.
        data: labelled digits; by default the test part of what the run learned from, or MNIST's
            for a model file.

    Returns:
        What the digits are called, the digits, and how good the answers are.

    Raises:
        DigitnetError: there is no such model, it cannot be used, or the data cannot.
    """
    model = Path(model)
    if not model.exists():
        raise UsageError("{path} does not exist; give a run folder or a model.onnx.", path=model)
    source = "mnist" if data is None else str(data)
    file = model
    if model.is_dir():
        run = Run(model)
        file = run.model
        source = run.settings.data if data is None else source
    classifier = Classifier(file)
    if data is not None:
        name, digits = source, load_digits(source)
    else:
        dataset = load_mnist() if source == "mnist" else load_dataset(source)
        name, digits = dataset.name, dataset.test
    return name, digits, evaluate(classifier.classify(digits.images), digits.labels)
