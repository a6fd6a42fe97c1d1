"""Muon: an optimizer for banks of filters, in few operations.

PyTorch's own (from 2.9 on) iterates in bfloat16, one matrix after the other. On filters as small as
ours a processor spends longer on the conversions than on the arithmetic, so it computes in float32
here; and a GPU longer on starting than on computing, so it takes them all at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

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
            matrices = group["params"]
            gradients = [matrix.grad for matrix in matrices]
            running = [self._running_sum(matrix) for matrix in matrices]
            torch._foreach_mul_(running, group["momentum"])
            torch._foreach_add_(running, gradients)
            ahead = torch._foreach_add(gradients, running, alpha=group["momentum"])
            if group["weight_decay"]:
                torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
            moves = directions(ahead, group["iterations"])
            # More for tall matrices; the step itself may be a tensor, on a GPU.
            torch._foreach_mul_(moves, [math.sqrt(max(1, m.shape[0] / m.shape[1])) for m in moves])
            torch._foreach_mul_(moves, group["lr"])
            torch._foreach_sub_(matrices, moves)

    def _running_sum(self, matrix: nn.Parameter) -> Tensor:
        state = self.state[matrix]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(matrix)
        running: Tensor = state["momentum_buffer"]
        return running


def directions(matrices: Sequence[Tensor], iterations: int) -> list[Tensor]:
    """Return `orthogonal` of each matrix.

    A GPU takes them together, the smaller ones in a margin of zeros: that is more arithmetic, and
    a fraction of the kernels, each of which takes longer to start than to compute. It computes in
    bfloat16, as the paper does.
    """
    if not matrices[0].is_cuda:
        return [orthogonal(matrix, iterations) for matrix in matrices]
    flat = [matrix.T if _is_tall(matrix) else matrix for matrix in matrices]
    rows, columns = (max(matrix.shape[axis] for matrix in flat) for axis in (0, 1))
    together = flat[0].new_zeros(len(flat), rows, columns, dtype=torch.bfloat16)
    for whole, matrix in zip(together, flat, strict=True):
        whole[: matrix.shape[0], : matrix.shape[1]] = matrix
    parts = [
        whole[: matrix.shape[0], : matrix.shape[1]]
        for whole, matrix in zip(orthogonal(together, iterations), flat, strict=True)
    ]
    return [
        (part.T if _is_tall(matrix) else part).float().contiguous()
        for part, matrix in zip(parts, matrices, strict=True)
    ]


def orthogonal(matrix: Tensor, iterations: int) -> Tensor:
    """Return nearly U Vᵀ of the matrix U S Vᵀ: its directions, each about as strong as any other.

    Newton and Schulz's iteration with a polynomial of degree 5. After three, singular values from a
    tenth to the whole of the largest lie between 0.6 and 1.2.

    Args:
        matrix: (rows, columns), float; or several, (count, rows, columns).
        iterations: how often.

    Returns:
        The same shape and dtype. Zeros stay zeros.
    """
    tall = _is_tall(matrix)
    x = matrix.mT if tall else matrix  # The products are as large as the shorter side.
    x = x / torch.linalg.matrix_norm(x, keepdim=True).clamp_(min=_TINY)
    add = torch.addmm if x.ndim == 2 else torch.baddbmm
    for _ in range(iterations):
        product = x @ x.mT
        x = add(x, add(product, product, product, beta=_B, alpha=_C), x, beta=_A)
    return x.mT if tall else x


def _is_tall(matrix: Tensor) -> bool:
    return matrix.shape[-2] > matrix.shape[-1]
