"""What turns gradients into new weights: Adam, and Muon for the filters where a recipe wants it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from digitnet.training.checkpoint import with_prefix
from digitnet.training.muon import Muon
from digitnet.training.recipe import Recipe

# Less momentum than Muon's own 0.95, and three iterations instead of five: runs of a few hundred
# steps end before a longer memory pays, and small matrices need not be orthogonal to the last bit.
MOMENTUM = 0.85
ITERATIONS = 3


class Optimizer:
    """All that moves a network's weights.

    Adam moves every weight by about the same amount (Kingma and Ba, *Adam: a method for stochastic
    optimization*, ICLR 2015). Muon looks at a bank of filters as a matrix with a row for each, and
    moves it by the nearest orthogonal one, so that no direction is left behind (Jordan et al.,
    *Muon: an optimizer for hidden layers in neural networks*, 2024); biases, scales and the dense
    layers stay with Adam.

    Args:
        recipe: the step sizes, and the decay of weights.
        weights: what to move. Their ``grad`` is set already, lies in memory as they do, and is
            read at each step.
    """

    def __init__(self, recipe: Recipe, weights: Sequence[nn.Parameter]) -> None:
        filters = [weight for weight in weights if recipe.muon and weight.ndim == 4]
        others = [weight for weight in weights if not (recipe.muon and weight.ndim == 4)]
        # Filters and matrices decay; biases and the scales of batch norm, which have one dimension,
        # do not.
        groups = [
            {
                "params": [weight for weight in others if weight.ndim > 1],
                "weight_decay": recipe.weight_decay,
            },
            {"params": [weight for weight in others if weight.ndim == 1], "weight_decay": 0.0},
        ]
        self._parts: dict[str, torch.optim.Optimizer] = {
            "adam": torch.optim.AdamW(
                groups,
                lr=recipe.learning_rate,
                fused=True,
                capturable=weights[0].is_cuda,  # In a CUDA graph.
            )
        }
        if filters:
            self._parts["muon"] = Muon(
                [_as_matrix(bank) for bank in filters],
                lr=recipe.muon,
                weight_decay=recipe.weight_decay,
                momentum=MOMENTUM,
                iterations=ITERATIONS,
            )
        for part in self._parts.values():
            for group in part.param_groups:
                group["initial_lr"] = group["lr"]  # As PyTorch's own schedulers call it.

    def step(self, pace: float | Tensor) -> None:
        """Move all weights once, by this share of the recipe's step sizes.

        A tensor, of no dimensions and on the weights' device, is not read before they move: in a
        CUDA graph, every replay takes its value of then.
        """
        for part in self._parts.values():
            for group in part.param_groups:
                group["lr"] = pace * group["initial_lr"]
            part.step()

    def state(self) -> dict[str, Tensor]:
        """Return the running averages of the gradients, by name."""
        return {
            f"{name}.{index}.{key}": value
            for name, part in self._parts.items()
            for index, values in part.state_dict()["state"].items()
            for key, value in values.items()
        }

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Take over what `state` gave, in place; there may be other tensors beside it.

        An average that is not among them begins anew.
        """
        for name, part in self._parts.items():
            weights = [weight for group in part.param_groups for weight in group["params"]]
            for index, weight in enumerate(weights):
                state, given = part.state[weight], with_prefix(tensors, f"{name}.{index}.")
                for average in state.values():
                    average.zero_()
                for key, value in given.items():
                    if key not in state:
                        state[key] = _empty_like(weight, value)
                    state[key].copy_(value)


def _as_matrix(bank: nn.Parameter) -> nn.Parameter:
    """Return channels-last filters (O, I, H, W) as a matrix (O, H · W · I) on the same memory."""
    matrix = nn.Parameter(_rows(bank.detach()))
    matrix.grad = None if bank.grad is None else _rows(bank.grad)
    return matrix


def _rows(bank: Tensor) -> Tensor:
    # A view, never a copy: it raises where the memory is laid out in another way.
    return bank.permute(0, 2, 3, 1).view(len(bank), -1)


def _empty_like(weight: Tensor, value: Tensor) -> Tensor:
    # The fused step walks through memory, so averages must lie there as their weights do.
    if value.ndim == 0:
        return torch.empty_like(value, device=weight.device)
    return torch.empty_like(weight, requires_grad=False)
