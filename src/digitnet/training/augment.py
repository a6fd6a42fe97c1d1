"""Batch augmentation on the device: small changes of place and shape, new for every batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

SCALE = 0.04  # Standard deviations: of the size, in each direction,
SHEAR = 0.06  # of the slant,
TURN = 0.03  # of the shift from column to column that makes, with the slant, a turn (radians),
SHIFT = 0.5  # and of the place, in pixels.


def jitter(images: Tensor, share: float = 0.5) -> Tensor:
    """Return the batch with its first part moved, scaled, slanted and turned a little.

    The reader's pool holds the large variations; this keeps the network from learning its glyphs
    by heart. Uses torch's global random numbers.

    Args:
        images: (N, 1, H, W) float, paper 0.
        share: of the images that are changed. The batch should be in random order.

    Returns:
        (N, 1, H, W), the same dtype and device.
    """
    count = round(len(images) * share)
    if count == 0:
        return images
    noise = torch.randn(count, 6, device=images.device).clamp_(-2, 2)
    shift = 2 * SHIFT / images.shape[-1]  # affine_grid measures from -1 to 1.
    theta = torch.stack(
        [
            torch.stack([1 + SCALE * noise[:, 0], SHEAR * noise[:, 2], shift * noise[:, 4]], 1),
            torch.stack([TURN * noise[:, 3], 1 + SCALE * noise[:, 1], shift * noise[:, 5]], 1),
        ],
        dim=1,
    ).to(images.dtype)
    changed = images[:count]
    grid = F.affine_grid(theta, list(changed.shape), align_corners=False)
    return torch.cat([F.grid_sample(changed, grid, align_corners=False), images[count:]])
