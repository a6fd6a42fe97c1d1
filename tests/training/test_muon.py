from __future__ import annotations

import pytest
import torch
from torch import nn

from digitnet.training.muon import Muon, orthogonal


def make_matrix(rows: int, columns: int, strengths: torch.Tensor) -> torch.Tensor:
    """A matrix with these singular values, in random directions."""
    torch.manual_seed(0)
    count = len(strengths)
    left, _ = torch.linalg.qr(torch.randn(rows, count))
    right, _ = torch.linalg.qr(torch.randn(columns, count))
    matrix: torch.Tensor = left * strengths @ right.T
    return matrix


@pytest.mark.parametrize(("rows", "columns"), [(16, 49), (49, 16), (32, 32)])
def test_singular_values_come_near_one_and_directions_stay(rows: int, columns: int) -> None:
    strengths = torch.logspace(-1, 0, 16)
    matrix = make_matrix(rows, columns, strengths)
    result = orthogonal(matrix, iterations=3)
    left, after, right = torch.linalg.svd(result, full_matrices=False)
    assert after[:16].min() > 0.6
    assert after.max() < 1.25
    assert after[16:].abs().sum() < 1e-4
    # U Vᵀ of the result is that of the matrix.
    before_left, _, before_right = torch.linalg.svd(matrix, full_matrices=False)
    polar = left[:, :16] @ right[:16]
    assert torch.allclose(polar, before_left[:, :16] @ before_right[:16], atol=1e-3)


def test_zeros_stay_zeros() -> None:
    assert torch.equal(orthogonal(torch.zeros(4, 9), iterations=3), torch.zeros(4, 9))


def test_a_wide_matrix_moves_as_pytorch_has_it() -> None:
    reference = pytest.importorskip("torch.optim._muon").Muon  # From PyTorch 2.9 on.
    torch.manual_seed(0)
    ours, theirs = (nn.Parameter(torch.ones(16, 49)) for _ in range(2))
    settings = {"lr": 0.1, "weight_decay": 0.05, "momentum": 0.85}
    one = Muon([ours], **settings, iterations=3)
    other = reference([theirs], **settings, ns_steps=3)
    for _ in range(5):
        gradient = torch.randn(16, 49)
        ours.grad, theirs.grad = gradient, gradient.clone()
        one.step()
        other.step()
    # Theirs iterates in bfloat16.
    assert torch.allclose(ours, theirs, atol=0.01)
