"""MNIST, as it ships with this package."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import numpy as np

from digitnet.datasets.digits import Dataset, Digits
from digitnet.errors import DataError

MNIST_SHA256 = "6b8878d65d98edf0d3f34c85943a733db516b768d9c40404f59c9b8bb1c8b986"
"""SHA-256 of ``mnist.npz``; ``tools/build_mnist.py`` builds the file from the originals."""

VALIDATION_DIGITS = 5_000
"""How many of MNIST's 60,000 training digits, from the first, are kept back to choose by."""

MNIST_FILE = files("digitnet.datasets") / "mnist.npz"
"""The file that ships with this package, in Keras's layout."""


def load_mnist() -> Dataset:
    """Return MNIST, split as ``read_data_sets`` of TensorFlow's tutorials splits it.

    Training has the last 55,000 of the 60,000 training digits, validation the first 5,000, and
    test the 10,000 test digits.

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86(11), 1998.
    """
    with MNIST_FILE.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        images, labels = arrays["x_train"], arrays["y_train"]
        test = Digits(arrays["x_test"], arrays["y_test"])
    return Dataset(
        name="mnist",
        train=Digits(images[VALIDATION_DIGITS:], labels[VALIDATION_DIGITS:]),
        validation=Digits(images[:VALIDATION_DIGITS], labels[:VALIDATION_DIGITS]),
        test=test,
        sha256={"mnist.npz": MNIST_SHA256},
        source="mnist",
    )


def verify_mnist() -> str:
    """Return the SHA-256 of the installed ``mnist.npz``, after finding it right.

    Raises:
        DataError: the file is not the one this version of the package came with.
    """
    found = hashlib.sha256(MNIST_FILE.read_bytes()).hexdigest()
    if found != MNIST_SHA256:
        raise DataError(
            "{path} was altered: its SHA-256 is {found}, not {expected}. Install digitnet again.",
            path=MNIST_FILE,
            found=found,
            expected=MNIST_SHA256,
        )
    return found
