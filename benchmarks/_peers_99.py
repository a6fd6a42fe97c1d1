"""Other programs' ways to 99%, written afresh from their sources: network, optimizer, schedule.

Both take pixels brought to mean 0 and deviation 1, and learn from all 60,000 digits, as they do at
home. The digits lie in memory as float32, which spares them the loading that takes most of their
time there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import OneCycleLR, StepLR

from digitnet.datasets import Dataset

MEAN, DEVIATION = 0.1307, 0.3081  # Of MNIST's pixels in 0…1, as both programs have it.


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        accuracy: on the 10,000 test digits, from 0 to 1.
        seconds: that training took, evaluations apart.
        images: how many the network learned from, each counted as often as it was seen.
    """

    accuracy: float
    seconds: float
    images: int


class OneEpochCNN(nn.Module):
    """The network of tuomaso/train_mnist_fast, 8_Final_00s76.ipynb."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 24, kernel_size=5)
        self.conv2 = nn.Conv2d(24, 32, kernel_size=3)
        self.dense = nn.Linear(800, 256)
        self.logits = nn.Linear(256, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, 10) for standardised pixels (N, 1, 28, 28)."""
        x = F.relu(F.max_pool2d(self.conv1(x), 2))  # (N, 24, 12, 12)
        x = F.relu(F.max_pool2d(self.conv2(x), 2))  # (N, 32, 5, 5)
        x = F.relu(self.dense(x.flatten(1)))  # (N, 256)
        logits: Tensor = self.logits(x)  # (N, 10)
        return logits


class ExampleCNN(nn.Module):
    """The network of pytorch/examples, mnist/main.py."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3)
        self.dropout1 = nn.Dropout(0.25)
        self.dense = nn.Linear(9216, 128)
        self.dropout2 = nn.Dropout(0.5)
        self.logits = nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, 10) for standardised pixels (N, 1, 28, 28)."""
        x = F.relu(self.conv2(F.relu(self.conv1(x))))  # (N, 64, 24, 24)
        x = self.dropout1(F.max_pool2d(x, 2)).flatten(1)  # (N, 9216)
        x = self.dropout2(F.relu(self.dense(x)))  # (N, 128)
        logits: Tensor = self.logits(x)  # (N, 10)
        return logits


class Digits:
    """All 60,000 training digits and the test digits, standardised, in memory."""

    def __init__(self, dataset: Dataset) -> None:
        parts = (dataset.train, dataset.validation)
        self.images = _standardised(np.concatenate([part.images for part in parts]))
        self.labels = torch.from_numpy(np.concatenate([part.labels for part in parts])).long()
        self.test_images = _standardised(dataset.test.images)
        self.test_labels = torch.from_numpy(dataset.test.labels).long()

    def epoch(self, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield every digit once, in batches, in a new order."""
        for indices in torch.split(torch.randperm(len(self.labels)), size):
            yield self.images[indices], self.labels[indices]

    def accuracy(self, network: nn.Module) -> float:
        """Return the share of test digits that the network reads right."""
        network.eval()
        with torch.inference_mode():
            answers = [network(batch).argmax(1) for batch in torch.split(self.test_images, 1000)]
        return (torch.cat(answers) == self.test_labels).double().mean().item()


def train_mnist_fast(digits: Digits, seed: int) -> Outcome:
    """One epoch of batches of 256: Adam with (0.7, 0.9), one cycle up to 0.01."""
    torch.manual_seed(seed)
    network = OneEpochCNN()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01, betas=(0.7, 0.9))
    steps = -(-len(digits.labels) // 256)
    schedule = OneCycleLR(optimizer, max_lr=0.01, total_steps=steps, cycle_momentum=False)
    began = time.perf_counter()
    for images, labels in digits.epoch(256):
        _learn(network, optimizer, images, labels)
        schedule.step()
    seconds = time.perf_counter() - began
    return Outcome(digits.accuracy(network), seconds, len(digits.labels))


def pytorch_example(digits: Digits, seed: int, epochs: int) -> Outcome:
    """Epochs of batches of 64 until 99% of the test digits are right: Adadelta, 30% less each."""
    torch.manual_seed(seed)
    network = ExampleCNN()
    optimizer = torch.optim.Adadelta(network.parameters(), lr=1.0)
    schedule = StepLR(optimizer, step_size=1, gamma=0.7)
    seconds, accuracy, images_seen = 0.0, 0.0, 0
    while accuracy < 0.99 and images_seen < epochs * len(digits.labels):
        network.train()
        began = time.perf_counter()
        for images, labels in digits.epoch(64):
            _learn(network, optimizer, images, labels)
        seconds += time.perf_counter() - began
        schedule.step()
        images_seen += len(digits.labels)
        accuracy = digits.accuracy(network)
    return Outcome(accuracy, seconds, images_seen)


def _learn(
    network: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor
) -> None:
    optimizer.zero_grad()
    loss = F.cross_entropy(network(images), labels)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _standardised(images: NDArray[np.uint8]) -> Tensor:
    return (torch.from_numpy(images)[:, None].float() / 255 - MEAN) / DEVIATION
