"""Muon: an optimizer for banks of filters, in float32 and in few operations.

PyTorch's own (from 2.9 on) iterates in bfloat16, which pays on large matrices and costs on filters
as small as ours: a processor spends longer on the conversions than on the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

# The quintic with the steepest rise at 0 that still keeps singular values near 1 (Jordan et al.).
_A, _B, _C = 3.4445, -4.7750, 2.0315
_TINY = 1e-7


class Muon(torch.optim.Optimizer):
    """Moves each matrix by about the orthogonal matrix nearest to its averaged gradient.

    So no direction of a matrix is left behind by one with a larger gradient (Jordan et al., *Muon:
    an optimizer for hidden layers in neural networks*, 2024; with Nesterov's momentum).

    Args:
        matrices: what to move; each (rows, columns) with its ``grad``.
        lr: the step: how far each singular direction moves, about; more where there are more rows
            than columns, as in the paper.
        weight_decay: the share of each matrix, times the step, that is taken away.
        momentum: the share of the running sum of gradients that stays from step to step.
        iterations: of Newton and Schulz's; more bring the singular values nearer to 1.
    """

    def __init__(
        self,
        matrices: Iterable[nn.Parameter],
        *,
        lr: float,
        weight_decay: float,
        momentum: float,
        iterations: int,
    ) -> None:
        settings = {"lr": lr, "weight_decay": weight_decay}
        super().__init__(matrices, settings | {"momentum": momentum, "iterations": iterations})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Move every matrix once."""
        for group in self.param_groups:
            for matrix in group["params"]:
                gradient, state = matrix.grad, self.state[matrix]
                if not state:
                    state["momentum_buffer"] = torch.zeros_like(gradient)
                running = state["momentum_buffer"].mul_(group["momentum"]).add_(gradient)
                ahead = torch.add(gradient, running, alpha=group["momentum"])
                if group["weight_decay"]:
                    matrix.mul_(1 - group["lr"] * group["weight_decay"])
                rows, columns = matrix.shape
                stretch = math.sqrt(max(1, rows / columns))
                matrix.sub_(orthogonal(ahead, group["iterations"]), alpha=group["lr"] * stretch)


def orthogonal(matrix: Tensor, iterations: int) -> Tensor:
    """Return nearly U Vᵀ of the matrix U S Vᵀ: its directions, each about as strong as any other.

    Newton and Schulz's iteration with a polynomial of degree 5. After three, singular values from a
    tenth to the whole of the largest lie between 0.6 and 1.2.

    Args:
        matrix: (rows, columns), float.
        iterations: how often.

    Returns:
        (rows, columns), the same dtype. Zeros stay zeros.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix  # The products are as large as the shorter side.
    x = x / x.norm().clamp_(min=_TINY)
    for _ in range(iterations):
        product = x @ x.T
        x = torch.addmm(x, torch.addmm(product, product, product, beta=_B, alpha=_C), x, beta=_A)
    return x.T if tall else x
