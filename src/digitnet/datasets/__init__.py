"""Labelled digits as arrays: MNIST, which ships here, and anyone's own."""

from __future__ import annotations

from digitnet.datasets.digits import Batch, Dataset, Digits, batch_indices
from digitnet.datasets.load import (
    load_dataset,
    load_digits,
    open_dataset,
    open_unseen,
    reload_dataset,
)
from digitnet.datasets.mnist import load_mnist, verify_mnist
from digitnet.datasets.parts import same_checksums
from digitnet.datasets.stream import DigitStream
from digitnet.datasets.streamed import StreamedDataset

__all__ = [
    "Batch",
    "Dataset",
    "DigitStream",
    "Digits",
    "StreamedDataset",
    "batch_indices",
    "load_dataset",
    "load_digits",
    "load_mnist",
    "open_dataset",
    "open_unseen",
    "reload_dataset",
    "same_checksums",
    "verify_mnist",
]
