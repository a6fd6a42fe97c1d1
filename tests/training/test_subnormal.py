from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from digitnet.training.subnormal import without_subnormals

AVERAGES = """
import torch
from digitnet.training.subnormal import start_threads, without_subnormals
torch.set_num_threads(2)
start_threads()
faded = torch.full((2**20,), 1e-38)
with without_subnormals():
    print(torch.count_nonzero(faded.mul(0.1)).item())
"""


def test_what_is_subnormal_is_zero_inside_and_not_outside() -> None:
    small = torch.tensor(1e-39)
    with without_subnormals():
        assert (small * 1).item() == 0
        with without_subnormals():
            assert (small * 1).item() == 0
        assert (small * 1).item() == 0
    assert (small * 1).item() > 0
    with pytest.raises(RuntimeError), without_subnormals():
        raise RuntimeError
    assert (small * 1).item() > 0


def test_all_of_pytorchs_threads_take_it_for_zero() -> None:
    done = subprocess.run([sys.executable, "-c", AVERAGES], capture_output=True, check=True)
    assert int(done.stdout) == 0
