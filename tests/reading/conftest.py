"""What many tests of reading share: the reader that ships, and digits it did not learn from."""

from __future__ import annotations

import pytest

from digitnet.datasets import Digits, load_mnist
from digitnet.reading import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def validation() -> Digits:
    return load_mnist().validation
