"""Numbers too small to be normal, which count as zero while training.

Adam's averages for weights that no gradient reaches any more fade to such numbers, and Intel
processors compute with them in microcode.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

SUBNORMAL = 1e-39  # of float32
SHARED = 2**18  # numbers: enough for PyTorch to divide them among its threads


@contextmanager
def without_subnormals() -> Iterator[None]:
    """Let this thread take subnormal numbers for zero, and then do as it did before."""
    before = (torch.tensor(SUBNORMAL) * 1).item() == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def start_threads() -> None:
    """Start PyTorch's threads, if it has none yet, so that they take subnormal numbers for zero.

    A thread does for good as the one that started it did then.
    """
    with without_subnormals():
        torch.ones(SHARED).neg_()
