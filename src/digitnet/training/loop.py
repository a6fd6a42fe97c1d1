"""How to train: the one loop."""

from __future__ import annotations

import copy
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from digitnet.datasets import Dataset, Digits, batch_indices
from digitnet.errors import RunError, UsageError
from digitnet.networks import NETWORKS
from digitnet.training.recipe import Recipe

EVALUATION_BATCH = 500  # Large enough to keep two cores busy, small enough to stay in the cache.


@dataclass(frozen=True)
class Step:
    """What one step gave.

    Attributes:
        number: from 0, as the tutorial counts.
        loss: mean cross-entropy of the batch, before the update that it caused.
        seconds: that learning from the batch took, the evaluation apart.
        accuracy: share of right answers on the first test images, where this step evaluates.
    """

    number: int
    loss: float
    seconds: float
    accuracy: float | None


class Trainer:
    """A network on its way: weights, optimizer and the number of steps done.

    Everything random in step `n` (its batch, its dropout) follows from the seed and `n` alone. So
    a trainer that takes over the state of another at step `n` ends in the very same weights.

    Args:
        recipe: what to train.
        dataset: what to learn from; images (N, 28, 28) uint8.
        seed: any number from 0 on; the same seed gives the same weights, bit by bit, on the same
            machine with the same versions.
        device: ``"auto"`` takes CUDA where there is some.
        precision: ``"bf16"`` computes in bfloat16 and keeps float32 weights for the optimizer
            (Micikevicius et al., *Mixed precision training*, ICLR 2018); ``"auto"`` does so where
            the processor has it in hardware.
    """

    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset,
        *,
        seed: int = 0,
        device: str = "auto",
        precision: str = "auto",
    ) -> None:
        self.recipe = recipe
        self.seed = seed
        self.device = choose_device(device)
        self.precision = choose_precision(precision, self.device)
        torch.backends.cudnn.deterministic = True

        torch.manual_seed(seed)
        network = NETWORKS[recipe.network](dropout=recipe.dropout)
        # Channels last is the layout in which oneDNN and cuDNN convolve fastest.
        self.network = network.to(memory_format=torch.channels_last).to(self.device)  # type: ignore[call-overload]
        self.weights = list(self.network.parameters())
        self.optimizer = torch.optim.Adam(self.weights, lr=recipe.learning_rate, fused=True)
        # The copy that computes. In float32 it is the network itself.
        self.worker = self.network
        if self.precision == "bf16":
            self.worker = copy.deepcopy(self.network).bfloat16()
        self.worker_weights = list(self.worker.parameters())
        self.gradients = [torch.zeros_like(weight) for weight in self.weights]
        for weight, gradient in zip(self.weights, self.gradients, strict=True):
            weight.grad = gradient

        self.train_images, self.train_labels = self._to_device(dataset.train)
        self.test_images, self.test_labels = self._to_device(dataset.test, recipe.evaluate_images)
        self.step = 0
        self.accuracies: list[float] = []

    def run(self) -> Iterator[Step]:
        """Train to the recipe's last step, from wherever this trainer stands.

        Raises:
            RunError: the loss is not a finite number any more.
        """
        batches = batch_indices(
            len(self.train_images), self.recipe.batch_size, self.seed, start=self.step
        )
        while self.step < self.recipe.steps:
            number, began = self.step, time.perf_counter()
            loss = self._update(torch.from_numpy(next(batches)).to(self.device))
            if not np.isfinite(loss):
                raise RunError(
                    "Training diverged at step {step}: the loss is {loss}. "
                    "A smaller learning rate may help.",
                    step=number,
                    loss=loss,
                )
            seconds = time.perf_counter() - began
            self.step += 1
            evaluates = number % self.recipe.evaluate_every == 0
            yield Step(number, loss, seconds, self._test_accuracy() if evaluates else None)

    def _update(self, indices: Tensor) -> float:
        torch.manual_seed(_step_seed(self.seed, self.step))
        self.worker.train()
        loss = F.cross_entropy(
            self.worker(self._scale(self.train_images[indices])).float(),
            self.train_labels[indices],
        )
        gradients = torch.autograd.grad(loss, self.worker_weights)
        for kept, gradient in zip(self.gradients, gradients, strict=True):
            kept.copy_(gradient)
        self.optimizer.step()
        self._refresh_worker()
        return loss.item()

    def _refresh_worker(self) -> None:
        if self.worker is not self.network:
            with torch.no_grad():
                for copied, weight in zip(self.worker_weights, self.weights, strict=True):
                    copied.copy_(weight)

    def _test_accuracy(self) -> float:
        logits = self._logits(self.worker, self.test_images)
        self.accuracies.append((logits.argmax(1) == self.test_labels).float().mean().item())
        if self.recipe.accuracy == "running":
            return float(np.mean(self.accuracies))
        return self.accuracies[-1]

    def predict(self, digits: Digits) -> np.ndarray:
        """Return the float32 network's logits (N, 10) for the digits."""
        return self._logits(self.network, self._to_device(digits)[0]).cpu().numpy()

    def _logits(self, network: nn.Module, images: Tensor) -> Tensor:
        network.eval()
        dtype = next(network.parameters()).dtype
        with torch.inference_mode():
            batches = [
                network(self._scale(batch, dtype)).float()
                for batch in torch.split(images, EVALUATION_BATCH)
            ]
            return torch.cat(batches)

    def _scale(self, images: Tensor, dtype: torch.dtype | None = None) -> Tensor:
        dtype = dtype or self.worker_weights[0].dtype
        return images.to(dtype) * self.recipe.pixel_scale

    def _to_device(self, digits: Digits, count: int | None = None) -> tuple[Tensor, Tensor]:
        images = torch.from_numpy(digits.images[:count, None]).to(self.device)
        labels = torch.from_numpy(digits.labels[:count].astype(np.int64)).to(self.device)
        return images, labels

    def state(self) -> dict[str, Tensor]:
        """Return the weights and Adam's averages: with `step` and `accuracies`, all there is."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        for index, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{k}": v for k, v in values.items()}
        return {k: v.contiguous().cpu() for k, v in tensors.items()}

    def load_state(self, tensors: dict[str, Tensor], step: int, accuracies: list[float]) -> None:
        """Take over what `state` gave.

        Raises:
            RunError: the state belongs to another network.
        """
        weights = {k.removeprefix("network."): v for k, v in tensors.items() if "network." in k}
        try:
            self.network.load_state_dict(weights)
        except RuntimeError as error:
            raise RunError("The checkpoint belongs to another network.") from error
        self.optimizer.load_state_dict(
            {
                "state": {
                    index: self._adam_state(tensors, index) for index in range(len(self.weights))
                },
                "param_groups": self.optimizer.state_dict()["param_groups"],
            }
        )
        self._refresh_worker()
        self.step = step
        self.accuracies = list(accuracies)

    def _adam_state(self, tensors: dict[str, Tensor], index: int) -> dict[str, Tensor]:
        prefix = f"adam.{index}."
        state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        # The fused step walks through memory, so averages must lie there as their weights do.
        return {
            name: value
            if value.ndim == 0
            else torch.empty_like(self.weights[index], requires_grad=False).copy_(value)
            for name, value in state.items()
        }

    def is_finite(self) -> bool:
        """Return whether every weight is a finite number."""
        return all(bool(weight.isfinite().all()) for weight in self.weights)


def _step_seed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0])


def choose_device(wanted: str) -> torch.device:
    """Return the device for ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: CUDA is asked for and there is none.
    """
    if wanted == "cuda" and not torch.cuda.is_available():
        raise UsageError("There is no CUDA device here; leave out --device, or give --device cpu.")
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(wanted)


def choose_precision(wanted: str, device: torch.device) -> Literal["float32", "bf16"]:
    """Return what ``auto``, ``float32`` or ``bf16`` means on the device."""
    if wanted == "auto":
        native = _cuda_has_bf16() if device.type == "cuda" else _cpu_has_bf16()
        return "bf16" if native else "float32"
    return "bf16" if wanted == "bf16" else "float32"


def _cuda_has_bf16() -> bool:
    return bool(torch.cuda.is_bf16_supported(including_emulation=False))


def _cpu_has_bf16() -> bool:
    # PyTorch computes in bf16 on any CPU, and says nothing of whether that is emulated and slow.
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
    names = {"avx512_bf16", "amx_bf16"} if platform.machine() == "x86_64" else {"bf16"}
    return not names.isdisjoint(flags)
