"""Labelled digits as arrays: MNIST, which ships here, and anyone's own."""

from __future__ import annotations

from digitnet.datasets.digits import Batch, Dataset, Digits, batch_indices
from digitnet.datasets.load import load_dataset, load_digits, reload_dataset
from digitnet.datasets.mnist import load_mnist, verify_mnist

__all__ = [
    "Batch",
    "Dataset",
    "Digits",
    "batch_indices",
    "load_dataset",
    "load_digits",
    "load_mnist",
    "reload_dataset",
    "verify_mnist",
]
