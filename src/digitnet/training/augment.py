"""Batch augmentation on the device: changes of place and shape, new for every batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from digitnet.training.recipe import Augmentation

FURTHEST = 2.0  # Every change is drawn from a normal distribution, cut off at two deviations.
KNOTS = 7  # Along each side of the image: what lies in between moves smoothly with them.


def augment(images: Tensor, amounts: Augmentation) -> Tensor:
    """Return the batch with its first part moved, turned, slanted, stretched, bent and cut out.

    Uses torch's global random numbers. Everything that moves ink is done in one resampling, so that
    strokes are blurred once.

    Args:
        images: (N, 1, H, W) float 0…1, paper 0. The batch should be in random order.
        amounts: how much of each change, and to what share of the images.

    Returns:
        (N, 1, H, W), the same dtype and device.
    """
    count = round(len(images) * amounts.share)
    if count == 0:
        return images
    noise = torch.randn(7, count, device=images.device).clamp_(-FURTHEST, FURTHEST)
    changed = images[:count]
    grid = F.affine_grid(
        _affine(noise, amounts, *images.shape[-2:]).to(images.dtype),
        list(changed.shape),
        align_corners=False,
    )
    if amounts.elastic:
        grid = grid + _bend(changed, amounts.elastic)
    changed = F.grid_sample(changed, grid, align_corners=False)
    if amounts.thickness:
        changed = _thicken(changed, amounts.thickness * noise[6].to(images.dtype))
    if amounts.cutout:
        changed = _cut_out(changed, amounts.cutout)
    return torch.cat([changed, images[count:]])


def _affine(noise: Tensor, amounts: Augmentation, rows: int, columns: int) -> Tensor:
    """Return the matrices (count, 2, 3): stretch, then slant, then turn, then shift."""
    width, height = 1 + amounts.scale * noise[0], 1 + amounts.scale * noise[1]
    slant, turn = amounts.shear * noise[2], amounts.turn * noise[3]
    # affine_grid measures each side from -1 to 1, however long it is.
    long = columns / rows
    right, down = 2 / columns * amounts.shift * noise[4], 2 / rows * amounts.shift * noise[5]
    cosine, sine = turn.cos(), turn.sin()
    across = [cosine * width, (slant * cosine - sine) * height / long, right]
    along = [sine * width * long, (slant * sine + cosine) * height, down]
    return torch.stack([torch.stack(across, 1), torch.stack(along, 1)], 1)


def _bend(images: Tensor, pixels: float) -> Tensor:
    """Return smooth random displacements (N, H, W, 2), as grid_sample measures them.

    After Simard, Steinkraus and Platt, *Best practices for convolutional neural networks applied to
    visual document analysis*, ICDAR 2003; from a coarse grid of random numbers, which is as smooth
    and takes a fifteenth of them.
    """
    rows, columns = images.shape[-2:]
    noise = torch.randn(len(images), 2, KNOTS, KNOTS, device=images.device, dtype=images.dtype)
    bent: Tensor = _between_knots(rows, images) @ noise @ _between_knots(columns, images).T
    across, down = bent.unbind(1)  # (N, H, W) each
    return torch.stack([2 / columns * pixels * across, 2 / rows * pixels * down], -1)


def _between_knots(side: int, like: Tensor) -> Tensor:
    """Return what each knot along a side counts for each of its pixels: (side, KNOTS)."""
    spacing = (side - 1) / (KNOTS - 1)
    knots = spacing * torch.arange(KNOTS, device=like.device)
    away = torch.arange(side, device=like.device)[:, None] - knots
    weights = torch.exp(-((away / spacing) ** 2) / 2).to(like.dtype)
    alike: Tensor = weights / weights.norm(dim=1, keepdim=True)  # Each sum has the deviation 1.
    return alike


def _thicken(images: Tensor, amounts: Tensor) -> Tensor:
    """Return images on their way to strokes a pixel wider all round, or narrower below 0.

    Args:
        images: (N, 1, H, W).
        amounts: (N,), -1 for a pixel less to 1 for a pixel more.
    """
    share = amounts[:, None, None, None]
    wider = F.max_pool2d(images, 3, stride=1, padding=1)
    narrower = -F.max_pool2d(-images, 3, stride=1, padding=1)
    return torch.where(share > 0, images.lerp(wider, share), images.lerp(narrower, -share))


def _cut_out(images: Tensor, side: float) -> Tensor:
    """Return images with a square of ``side`` pixels made paper, some of it beyond the edge.

    After DeVries and Taylor, *Improved regularization of convolutional neural networks with
    cutout*, 2017.
    """
    rows, columns = images.shape[-2:]
    middles = torch.rand(2, len(images), 1, device=images.device)
    down, across = (
        (torch.arange(0.5, length, device=images.device) - length * middle).abs() < side / 2
        for length, middle in zip((rows, columns), middles, strict=True)
    )  # (N, H) and (N, W)
    return images.masked_fill((down[:, :, None] & across[:, None])[:, None], 0)
