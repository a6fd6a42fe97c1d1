"""What this machine can do at best, measured within the run that is held against it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch.nn import functional as F

SECONDS = 0.4  # a measurement, after one that warms up
SIDE = 2048  # of the matrices
BATCH = 50  # images in the convolution
COPIED = 64 * 2**20  # floats: far larger than any cache


@dataclass(frozen=True)
class Ceilings:
    """What the machine reaches, on all the cores that this process may use.

    A multiply-add counts as two operations.

    Attributes:
        matmul_float32: GFLOP/s of a product of two square matrices of 2,048.
        matmul_bf16: the same in bfloat16.
        convolution_float32: GFLOP/s of the tutorial's second convolution (32 to 64 maps of 14×14,
            5×5) on a batch of 50, channels last.
        convolution_bf16: the same in bfloat16.
        copy: GB/s read and written together by a copy of 256 MB.
    """

    matmul_float32: float
    matmul_bf16: float
    convolution_float32: float
    convolution_bf16: float
    copy: float

    @property
    def float32(self) -> float:
        """GFLOP/s in float32, by whichever reaches more."""
        return max(self.matmul_float32, self.convolution_float32)

    @property
    def bf16(self) -> float:
        """GFLOP/s in bfloat16, by whichever reaches more."""
        return max(self.matmul_bf16, self.convolution_bf16)


@cache
def ceilings() -> Ceilings:
    """Measure the machine; once a process, about three seconds."""
    with torch.inference_mode():
        return Ceilings(
            matmul_float32=_matmul(torch.float32),
            matmul_bf16=_matmul(torch.bfloat16),
            convolution_float32=_convolution(torch.float32),
            convolution_bf16=_convolution(torch.bfloat16),
            copy=_copy(),
        )


def _matmul(dtype: torch.dtype) -> float:
    left, right = (torch.rand(SIDE, SIDE).to(dtype) for _ in range(2))
    product = torch.empty_like(left)
    return 2 * SIDE**3 / _seconds(lambda: torch.mm(left, right, out=product)) / 1e9


def _convolution(dtype: torch.dtype) -> float:
    images = torch.rand(BATCH, 32, 14, 14).to(dtype, memory_format=torch.channels_last)
    filters = torch.rand(64, 32, 5, 5).to(dtype, memory_format=torch.channels_last)
    operations = 2 * BATCH * 14 * 14 * filters.numel()
    return operations / _seconds(lambda: F.conv2d(images, filters, padding=2)) / 1e9


def _copy() -> float:
    source = torch.zeros(COPIED)
    target = torch.ones(COPIED)
    return 2 * 4 * COPIED / _seconds(lambda: target.copy_(source)) / 1e9


def _seconds(work: Callable[[], object]) -> float:
    """The shortest time that the work took, of as many as there was time for."""
    work()
    shortest, ends = float("inf"), time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < ends:
        work()
        shortest = min(shortest, time.perf_counter() - began)
    return shortest
