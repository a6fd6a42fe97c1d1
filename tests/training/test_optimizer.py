from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from digitnet.training.optimizer import Optimizer
from digitnet.training.recipe import RECIPES

MUON = replace(RECIPES["tutorial"], muon=0.1, learning_rate=0.01, weight_decay=0.0)


def make_weights(seed: int = 0) -> list[nn.Parameter]:
    """A bank of 16 filters, its scales, and a dense layer, with gradients."""
    torch.manual_seed(seed)
    bank = torch.randn(16, 8, 3, 3).to(memory_format=torch.channels_last)
    weights = [nn.Parameter(value) for value in (bank, torch.ones(16), torch.randn(10, 16))]
    for weight in weights:
        weight.grad = torch.randn_like(weight)
    return weights


def moved(weights: list[nn.Parameter], before: list[torch.Tensor]) -> list[torch.Tensor]:
    return [new.detach() - old for new, old in zip(weights, before, strict=True)]


def copies(weights: list[nn.Parameter]) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in weights]


def test_muon_moves_filters_alike_in_all_directions_and_adam_the_rest() -> None:
    weights = make_weights()
    bank = weights[0]
    assert bank.grad is not None
    bank.grad[0] *= 100  # Beside this, the other filters' gradients are next to nothing.
    before = copies(weights)
    Optimizer(MUON, weights).step(1.0)
    filters, scales, dense = moved(weights, before)
    strengths = torch.linalg.svdvals(filters.flatten(1)) / MUON.muon
    assert strengths.max() < 1.3
    assert strengths.min() > 0.05 * strengths.max()
    assert torch.linalg.svdvals(bank.grad.flatten(1)).min() < 0.02 * bank.grad.norm()
    for rest in (scales, dense):
        assert torch.allclose(rest.abs(), torch.tensor(0.01), rtol=1e-3)


def test_without_muon_adam_moves_everything() -> None:
    weights = make_weights()
    before = copies(weights)
    Optimizer(replace(MUON, muon=0.0), weights).step(1.0)
    for change in moved(weights, before):
        assert torch.allclose(change.abs(), torch.tensor(0.01), rtol=1e-3)


def test_the_pace_scales_every_step() -> None:
    whole, half = make_weights(), make_weights()
    before = copies(whole)
    Optimizer(MUON, whole).step(1.0)
    Optimizer(MUON, half).step(0.5)
    for a, b in zip(moved(whole, before), moved(half, before), strict=True):
        assert torch.allclose(a, 2 * b, atol=1e-5)


def test_matrices_and_filters_decay_but_scales_do_not() -> None:
    weights = make_weights()
    for weight in weights:
        assert weight.grad is not None
        weight.grad.zero_()
    before = copies(weights)
    Optimizer(replace(MUON, weight_decay=0.5), weights).step(1.0)
    filters, scales, dense = moved(weights, before)
    assert torch.allclose(filters, -0.1 * 0.5 * before[0], atol=1e-6)
    assert torch.equal(scales, torch.zeros(16))
    assert torch.allclose(dense, -0.01 * 0.5 * before[2], atol=1e-6)


def test_a_state_taken_over_goes_on_as_the_first_would() -> None:
    first, second = make_weights(), make_weights()
    one = Optimizer(MUON, first)
    one.step(1.0)
    other = Optimizer(MUON, second)
    with torch.no_grad():
        for new, old in zip(second, first, strict=True):
            new.copy_(old)
    # As a checkpoint gives them back: in another layout of memory.
    other.load_state({name: value.contiguous().clone() for name, value in one.state().items()})
    one.step(0.5)
    other.step(0.5)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
