from __future__ import annotations

import pytest
import torch

from benchmarks import gpu
from benchmarks.__main__ import main


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_gpu_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gpu"]) == 2
    assert "no CUDA device" in capsys.readouterr().err


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_it_times_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu.main(["--seeds", "1"]) == 0
    out = capsys.readouterr().out
    assert "Seconds to 99%" in out
    assert "kernel by kernel" in out
