"""One picture by way of PyTorch: what packages that bring a .pth file for a digit do.

A stand-in for digit-recognizer-py, whose torchvision does not go with the CPU build of torch: its
network, untrained, and its steps, without torchvision.
"""

from __future__ import annotations

import sys

import numpy as np
import torch
from PIL import Image
from torch import nn


def network() -> nn.Module:
    """Three convolutions with pooling, two dense layers: 390,000 parameters."""
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(128 * 3 * 3, 256), nn.ReLU(), nn.Linear(256, 10)),
    )


def main(path: str) -> None:
    """Print the digit."""
    picture = Image.open(path).convert("L").resize((28, 28))
    pixels = 1 - np.asarray(picture, np.float32) / 255
    with torch.inference_mode():
        logits = network().eval()(torch.from_numpy(pixels)[None, None])
    print(int(logits.argmax()))


if __name__ == "__main__":
    main(sys.argv[1])
