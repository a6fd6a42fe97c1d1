from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitnet.datasets import load_mnist, mnist, verify_mnist
from digitnet.errors import DataError


def test_mnist_is_split_as_in_the_tutorial() -> None:
    dataset = load_mnist()
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (55000, 5000, 10000)
    # The labels everyone knows: training begins with 5 0 4 1 9, and test with 7 2 1 0 4.
    assert dataset.validation.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert dataset.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    both = dataset.train.counts() + dataset.validation.counts()
    assert both.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_mnist_has_bright_ink_on_dark_paper() -> None:
    images = load_mnist().test.images
    assert images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 255)
    # 0.1325 is the mean of the test images that everybody's normalisation uses.
    assert images.mean() / 255 == pytest.approx(0.1325, abs=1e-4)
    assert not images[:, 0, :].any()


def test_mnist_names_its_source_and_checksum() -> None:
    dataset = load_mnist()
    assert (dataset.name, dataset.source) == ("mnist", "mnist")
    assert dataset.sha256 == {"mnist.npz": verify_mnist()}


def test_an_altered_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(mnist.MNIST_FILE.read_bytes())
    content[1_000_000] ^= 1
    altered = tmp_path / "mnist.npz"
    altered.write_bytes(content)
    monkeypatch.setattr(mnist, "MNIST_FILE", altered)
    with pytest.raises(DataError, match=r"mnist\.npz was altered.*Install digitnet again"):
        verify_mnist()
