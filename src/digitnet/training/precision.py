"""Where to compute, and in how many bits."""

from __future__ import annotations

import copy
import platform
from pathlib import Path
from typing import Literal

import torch
from torch import nn

from digitnet.errors import UsageError
from digitnet.training.checks import check_word

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "bf16")


def choose_device(wanted: str) -> torch.device:
    """Return the device for ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: it is another word, or CUDA is asked for and there is none.
    """
    check_word("device", wanted, DEVICES)
    if wanted == "cuda" and not torch.cuda.is_available():
        raise UsageError("There is no CUDA device here; leave out --device, or give --device cpu.")
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(wanted)


def choose_precision(wanted: str, device: torch.device) -> Literal["float32", "bf16"]:
    """Return what ``auto``, ``float32`` or ``bf16`` means on the device.

    Raises:
        UsageError: it is another word.
    """
    check_word("precision", wanted, PRECISIONS)
    if wanted == "auto":
        native = _cuda_has_bf16() if device.type == "cuda" else _cpu_has_bf16()
        return "bf16" if native else "float32"
    return "bf16" if wanted == "bf16" else "float32"


def _cuda_has_bf16() -> bool:
    return bool(torch.cuda.is_bf16_supported(including_emulation=False))


def _cpu_has_bf16() -> bool:
    # PyTorch computes in bf16 on any CPU, and says nothing of whether that is emulated and slow.
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
    names = {"avx512_bf16", "amx_bf16"} if platform.machine() == "x86_64" else {"bf16"}
    return not names.isdisjoint(flags)


def half_copy(network: nn.Module) -> nn.Module:
    """Return a copy in bf16, but for batch norm, which is shared: its sums need float32."""
    shared = {id(m): m for m in network.modules() if isinstance(m, nn.BatchNorm2d)}
    half = copy.deepcopy(network, dict(shared))
    for module in half.modules():
        if not isinstance(module, nn.BatchNorm2d):
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.bfloat16()
    return half
