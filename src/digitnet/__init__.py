"""Handwritten digits: train on them, read them, look inside.

The names below are loaded when they are first used, so that ``import digitnet`` costs next to
nothing and reading never loads torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitnet.assessment import Assessment, assess
    from digitnet.datasets import Dataset, Digits, load_dataset, load_mnist
    from digitnet.errors import DigitnetError
    from digitnet.evaluation import Evaluation
    from digitnet.reading import Reader, Reading, read
    from digitnet.training.recipe import Recipe
    from digitnet.training.run import Run
    from digitnet.training.train import train

__version__ = "0.1.0"

_HOMES = {
    "Assessment": "digitnet.assessment",
    "Dataset": "digitnet.datasets",
    "DigitnetError": "digitnet.errors",
    "Digits": "digitnet.datasets",
    "Evaluation": "digitnet.evaluation",
    "Reader": "digitnet.reading",
    "Reading": "digitnet.reading",
    "Recipe": "digitnet.training.recipe",
    "Run": "digitnet.training.run",
    "assess": "digitnet.assessment",
    "load_dataset": "digitnet.datasets",
    "load_mnist": "digitnet.datasets",
    "read": "digitnet.reading",
    "train": "digitnet.training.train",
}

__all__ = [
    "Assessment",
    "Dataset",
    "DigitnetError",
    "Digits",
    "Evaluation",
    "Reader",
    "Reading",
    "Recipe",
    "Run",
    "assess",
    "load_dataset",
    "load_mnist",
    "read",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'digitnet' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
