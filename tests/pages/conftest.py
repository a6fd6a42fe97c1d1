from __future__ import annotations

import pytest

from digitnet.datasets import Digits, load_mnist


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_mnist().validation
