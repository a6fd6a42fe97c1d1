"""What the networks need and PyTorch does slowly in bf16 on a CPU; elsewhere, PyTorch's own."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def max_pool_relu(x: Tensor) -> Tensor:
    """Return the largest value of each 2×2 window, or 0 where that is larger.

    ReLU after the pooling gives the very values of ReLU before it, for a quarter of the work.
    Where values tie, the gradient goes to the first, as PyTorch's pooling has it.

    Args:
        x: (N, C, H, W), H and W even.

    Returns:
        (N, C, H / 2, W / 2), the same dtype, device and memory format.
    """
    if _slow_in_pytorch(x):
        pooled: Tensor = _MaxPoolReLU.apply(x)  # type: ignore[no-untyped-call]
        return pooled
    return F.relu(F.max_pool2d(x, 2))


class GreyConv2d(nn.Conv2d):
    """`torch.nn.Conv2d` of grey images, which have one channel.

    oneDNN fills a register with the channels of a pixel, and one channel leaves it all but empty.
    So the pixels that a row of the filter covers become channels, and the filter one column wide;
    the sums are the same, and the gradient of the filter takes half of the time.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps (N, out_channels, H', W') of ``x`` (N, 1, H, W)."""
        if not (_slow_in_pytorch(x) and torch.is_grad_enabled()):
            return super().forward(x)
        above, beside = cast(tuple[int, int], self.padding)
        down, right = self.stride
        padded = F.pad(x[:, 0], (beside, beside))
        neighbours = padded.unfold(2, self.kernel_size[1], right).contiguous()  # (N, H, W', width)
        return F.conv2d(
            neighbours.permute(0, 3, 1, 2),
            self.weight.permute(0, 3, 2, 1),
            self.bias,
            stride=(down, 1),
            padding=(above, 0),
        )


class Dropout(nn.Dropout):
    """`torch.nn.Dropout` by way of `dropout`."""

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x``, with values dropped while training."""
        return dropout(x, self.p) if self.training else x


def dropout(x: Tensor, p: float) -> Tensor:
    """Return ``x`` with the share ``p`` of its values set to 0 and the rest multiplied by 1/(1-p).

    Uses torch's global random numbers (Srivastava et al., *Dropout*, JMLR 2014).
    """
    share = round(p * 2**16)
    if _slow_in_pytorch(x) and share < 2**16:
        return x * _ones(x.shape, share).div_(1 - p)
    return F.dropout(x, p)


def _ones(shape: torch.Size, share: int) -> Tensor:
    """Ones in bfloat16, but for ``share`` zeros in 65,536; four for one random draw."""
    count = shape.numel()
    draws = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None)
    numbers = draws.view(torch.int16)[:count].view(shape)
    return torch.ge(numbers, share - 2**15, out=numbers).bfloat16()


def _slow_in_pytorch(x: Tensor) -> bool:
    return x.dtype == torch.bfloat16 and x.device.type == "cpu"


class _MaxPoolReLU(torch.autograd.Function):
    """Pools with operations on 16-bit integers, which processors do 32 at a time.

    The bits of a bfloat16 that is not negative, read as an integer, are in the order of the
    numbers, and those of a negative one make a negative integer, which ReLU turns to 0 anyway.
    (So it does with a NaN whose sign is set; the trainer looks for those in the weights.)

    A window's two columns are compared, then its two rows. Backward, each comparison, made once
    more, gives 1 where the second is larger and 0 elsewhere; times the gradient that is what goes
    to the second, and the rest goes to the first. PyTorch keeps a 64-bit index for every window,
    and its backward pass writes zeros first and then single values.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        bits = _bits(x)  # (N, H, W, C)
        rows = torch.maximum(*_columns(bits))  # (N, H, W / 2, C)
        pooled = torch.maximum(*_rows(rows)).clamp_min_(0)  # (N, H / 2, W / 2, C)
        ctx.save_for_backward(bits, rows, pooled)
        return _numbers(pooled)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        bits, rows, pooled = ctx.saved_tensors
        passed = torch.gt(pooled, 0, out=torch.empty_like(pooled)).mul_(_bits(gradients[0]))
        to_rows, to_bits = torch.empty_like(rows), torch.empty_like(bits)
        _share_out(passed, _rows(rows), _rows(to_rows))
        _share_out(to_rows, _columns(bits), _columns(to_bits))
        return _numbers(to_bits)


def _bits(x: Tensor) -> Tensor:
    """(N, C, H, W) bfloat16 as (N, H, W, C) int16; channels-last has it in that order already."""
    return x.permute(0, 2, 3, 1).contiguous().view(torch.int16)


def _numbers(bits: Tensor) -> Tensor:
    return bits.view(torch.bfloat16).permute(0, 3, 1, 2)


def _columns(bits: Tensor) -> tuple[Tensor, Tensor]:
    return bits[:, :, 0::2], bits[:, :, 1::2]


def _rows(bits: Tensor) -> tuple[Tensor, Tensor]:
    return bits[:, 0::2], bits[:, 1::2]


def _share_out(
    gradient: Tensor, values: tuple[Tensor, Tensor], shares: tuple[Tensor, Tensor]
) -> None:
    """Write a gradient's bits to the share of the larger value, and zeros to the other."""
    # Written as int16, a comparison is several times faster than as bool.
    to_second = torch.lt(*values, out=shares[1]).mul_(gradient)
    torch.sub(gradient, to_second, out=shares[0])
