"""What several tests of training learn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitnet.datasets import load_mnist


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of one's own, which is read and answered faster than MNIST."""
    digits = load_mnist().validation
    path = tmp_path_factory.mktemp("own") / "digits.npz"
    np.savez(path, images=digits.images[:700], labels=digits.labels[:700])
    return path
