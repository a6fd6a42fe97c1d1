from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from digitnet.datasets import load_mnist
from digitnet.training.augment import augment
from digitnet.training.recipe import RECIPES, Augmentation

SMALL = Augmentation(share=1, scale=0.04, shear=0.06, turn=0.03, shift=0.5)
LARGE = RECIPES["best"].augmentation or SMALL


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return torch.from_numpy(load_mnist().train.images[:200, None]).float() / 255


def middle(images: torch.Tensor) -> torch.Tensor:
    """Return the centre of mass (N, 2) of each image, in pixels: across, down."""
    places = torch.arange(28.0)
    mass = images.sum((1, 2, 3))
    across, down = (
        (images.sum(1) * places).sum((1, 2)),
        (images.sum(1) * places[:, None]).sum((1, 2)),
    )
    return torch.stack([across, down], 1) / mass[:, None]


def test_only_the_wanted_share_changes(images: torch.Tensor) -> None:
    torch.manual_seed(0)
    changed = augment(images, replace(SMALL, share=0.25))
    assert changed.shape == images.shape
    assert changed.dtype == images.dtype
    assert all((changed[:50] != images[:50]).flatten(1).any(1))
    assert torch.equal(changed[50:], images[50:])
    assert torch.equal(augment(images, replace(SMALL, share=0)), images)


def test_without_amounts_nothing_moves(images: torch.Tensor) -> None:
    assert torch.allclose(augment(images, Augmentation(share=1)), images, atol=1e-5)


def test_small_changes_are_small(images: torch.Tensor) -> None:
    torch.manual_seed(1)
    changed = augment(images, SMALL)
    assert changed.min() >= 0
    assert changed.max() <= 1.001
    # About as much ink as before, and nearer to its own original than to another digit.
    assert changed.sum() == pytest.approx(images.sum().item(), rel=0.03)
    distances = torch.cdist(changed.flatten(1), images.flatten(1))
    assert (distances.argmin(1) == torch.arange(len(images))).float().mean() > 0.85


@pytest.mark.parametrize("amounts", [SMALL, LARGE, replace(LARGE, thickness=0.5, elastic=3)])
def test_pixels_stay_pixels(images: torch.Tensor, amounts: Augmentation) -> None:
    torch.manual_seed(3)
    changed = augment(images, amounts)
    assert changed.isfinite().all()
    assert changed.min() >= -1e-6
    assert changed.max() <= 1 + 1e-6


def test_a_shift_is_measured_in_pixels(images: torch.Tensor) -> None:
    torch.manual_seed(4)
    moved = middle(augment(images, Augmentation(share=1, shift=1))) - middle(images)
    assert moved.std(0).tolist() == pytest.approx([0.9, 0.9], abs=0.15)  # 1, cut off at 2.
    assert moved.abs().max() < 2.2


def test_a_turn_is_measured_in_radians() -> None:
    bar = torch.zeros(100, 1, 28, 28)
    bar[:, :, 4:24, 13:15] = 1
    torch.manual_seed(5)
    turned = augment(bar, Augmentation(share=1, turn=0.2))[:, 0]
    places = torch.arange(28.0) - 13.5
    mass = turned.sum((1, 2))
    across_down = (turned * places * places[:, None]).sum((1, 2)) / mass
    down_down = (turned * places[:, None] ** 2).sum((1, 2)) / mass
    angles = torch.atan(across_down / down_down)
    assert angles.std().item() == pytest.approx(0.18, abs=0.04)
    assert angles.abs().max() < 0.45


def test_bending_moves_ink_by_about_so_many_pixels() -> None:
    ramp = (torch.arange(28.0) / 28).expand(500, 1, 28, 28)
    torch.manual_seed(6)
    bent = augment(ramp, Augmentation(share=1, elastic=1))
    moved = 28 * (bent - ramp)[:, 0, 5:23, 5:23]  # Away from the border, beyond which there is 0.
    assert moved.std().item() == pytest.approx(1, abs=0.1)
    # Smooth: neighbours move together, and the two ends of the image do not.
    assert (moved[:, :, 1:] - moved[:, :, :-1]).std() < 0.35
    ends = torch.corrcoef(torch.stack([moved[:, 0, 0], moved[:, 17, 17]]))[0, 1]
    assert abs(ends.item()) < 0.15


def test_strokes_grow_thicker_and_thinner(images: torch.Tensor) -> None:
    torch.manual_seed(7)
    changed = augment(images, Augmentation(share=1, thickness=0.5))
    ink = changed.sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert (ink > 1.2).float().mean() > 0.2
    assert (ink < 0.8).float().mean() > 0.2
    # Along the middle of a stroke nothing changes where it grows, and outside where it shrinks.
    grown = ink > 1
    assert (changed[grown] >= images[grown] - 1e-5).all()
    assert (changed[~grown] <= images[~grown] + 1e-5).all()


def test_the_seed_decides(images: torch.Tensor) -> None:
    torch.manual_seed(2)
    first = augment(images, LARGE)
    torch.manual_seed(2)
    assert torch.equal(augment(images, LARGE), first)
    assert not torch.equal(augment(images, LARGE), first)


def test_a_square_is_cut_out_anywhere() -> None:
    full = torch.ones(500, 1, 28, 28)
    torch.manual_seed(7)
    wiped = augment(full, Augmentation(share=1, cutout=8))[:, 0] == 0
    sizes = wiped.flatten(1).sum(1)
    assert sizes.max() == 64, "whole inside"
    assert 16 <= sizes.min() < 40, "a corner beyond the edge"
    for picture, size in zip(wiped, sizes, strict=True):
        assert picture.any(0).sum() * picture.any(1).sum() == size, "a rectangle"
    assert wiped.any(0).all(), "every place is cut out of some picture"


def test_strips_move_as_glyphs_do(images: torch.Tensor) -> None:
    strips = torch.nn.functional.pad(images, (42, 42))
    for amounts in (Augmentation(share=1, shift=1), Augmentation(share=1, shear=0.2, turn=0.1)):
        torch.manual_seed(7)
        glyphs = augment(images, amounts)
        torch.manual_seed(7)
        moved = augment(strips, amounts)[..., 42:-42]
        # What left the glyph has room in the strip; all else is where it was.
        assert (moved[..., 2:-2, 2:-2] - glyphs[..., 2:-2, 2:-2]).abs().mean() < 1e-3
    torch.manual_seed(7)
    bent = augment(strips, Augmentation(share=1, elastic=1.5, cutout=8))
    assert bent.shape == strips.shape
    assert bent.sum() < strips.sum()
    assert (bent != strips).flatten(1).any(1).all()
