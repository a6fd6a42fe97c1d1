from __future__ import annotations

import pytest
import torch

from digitnet.datasets import load_mnist
from digitnet.training.augment import jitter


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return torch.from_numpy(load_mnist().train.images[:200, None]).float() / 255


def test_only_the_wanted_share_changes(images: torch.Tensor) -> None:
    torch.manual_seed(0)
    changed = jitter(images, share=0.25)
    assert changed.shape == images.shape
    assert changed.dtype == images.dtype
    assert all((changed[:50] != images[:50]).flatten(1).any(1))
    assert torch.equal(changed[50:], images[50:])
    assert torch.equal(jitter(images, share=0), images)


def test_the_changes_are_small(images: torch.Tensor) -> None:
    torch.manual_seed(1)
    changed = jitter(images, share=1)
    assert changed.min() >= 0
    assert changed.max() <= 1.001
    # About as much ink as before, and nearer to its own original than to another digit.
    assert changed.sum() == pytest.approx(images.sum().item(), rel=0.03)
    distances = torch.cdist(changed.flatten(1), images.flatten(1))
    assert (distances.argmin(1) == torch.arange(len(images))).float().mean() > 0.95


def test_the_seed_decides(images: torch.Tensor) -> None:
    torch.manual_seed(2)
    first = jitter(images)
    torch.manual_seed(2)
    assert torch.equal(jitter(images), first)
    assert not torch.equal(jitter(images), first)
