"""How to train: the one loop."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from digitnet.datasets import Dataset, StreamedDataset
from digitnet.errors import RunError
from digitnet.networks import NETWORKS
from digitnet.training import memory
from digitnet.training.augment import augment
from digitnet.training.checkpoint import with_prefix
from digitnet.training.feed import make_feed, watch
from digitnet.training.graph import GraphedStep
from digitnet.training.objective import objective
from digitnet.training.optimizer import Optimizer
from digitnet.training.precision import choose_device, choose_precision, half_copy
from digitnet.training.recipe import Recipe
from digitnet.training.subnormal import start_threads, without_subnormals
from digitnet.training.teacher import Teacher
from digitnet.training.world import World

WARM_UP = 0.15  # The share of the steps over which a one-cycle learning rate rises.
EVALUATION_BATCH = 500  # Large enough to keep two cores busy, small enough to stay in the cache.
AHEAD = 50  # Steps that a GPU is given before it is asked for their losses, which waits for them.


@dataclass(frozen=True)
class Step:
    """What one step gave.

    Attributes:
        number: from 0, as the tutorial counts.
        loss: of the batch, on the mean, before the update that it caused.
        seconds: that learning from the batch took, the evaluation apart; on a GPU, the mean of the
            steps that it was given together.
        accuracy: share of right answers on the watched images, where this step evaluates.
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
        world: the processes that train together; this one takes its share of every batch.
        teacher: whose answers to learn from, too; on the same device.

    Raises:
        UsageError: the teacher tells other classes apart.
    """

    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset | StreamedDataset,
        *,
        seed: int = 0,
        device: str = "auto",
        precision: str = "auto",
        world: World | None = None,
        teacher: Teacher | None = None,
    ) -> None:
        self.recipe = recipe
        self.objective = objective(recipe)
        self.seed = seed
        self.world = world or World()
        self.own = self.world.share(recipe.batch_size)
        self.device = choose_device(device)
        self.precision = choose_precision(precision, self.device)
        torch.backends.cudnn.deterministic = True
        # Else float32 convolutions round to 10 bits on a GPU, and the exported model, which does
        # not, gives other answers.
        torch.backends.cudnn.allow_tf32 = False
        memory.keep_freed_memory()
        start_threads()

        torch.manual_seed(seed)
        network = NETWORKS[recipe.network](dropout=recipe.dropout)
        self.world.divide(network, recipe.batch_size)
        # Channels last is the layout in which oneDNN and cuDNN convolve fastest.
        self.network = network.to(memory_format=torch.channels_last).to(self.device)  # type: ignore[call-overload]
        # What is exported: the running average of the weights, or the weights themselves.
        self.result = copy.deepcopy(self.network) if recipe.averaging else self.network
        self.averaged = _pairs(_numbers(self.result), _numbers(self.network))
        self.weights = list(self.network.parameters())
        self.worker = half_copy(self.network) if self.precision == "bf16" else self.network
        self.worker_weights = list(self.worker.parameters())
        self.copied = _pairs(self.worker_weights, self.weights)
        self.worker_dtype = torch.bfloat16 if self.precision == "bf16" else torch.float32
        self.gradients = [torch.zeros_like(weight) for weight in self.weights]
        for weight, gradient in zip(self.weights, self.gradients, strict=True):
            weight.grad = gradient
        self.optimizer = Optimizer(recipe, self.weights)
        self.teacher = teacher
        if teacher:
            teacher.check_for(self.network)

        self.feed = make_feed(dataset.train, recipe, seed, self.device)
        watched = dataset.test if recipe.evaluate_on == "test" else dataset.validation
        images, labels = watch(watched, recipe, seed)
        self.watched_images = self._to_device(images)
        self.watched_labels = self._to_device(labels)
        self.step = 0
        self.accuracies: list[float] = []
        self.ahead = AHEAD if self.device.type == "cuda" else 1
        self.graphed: GraphedStep | None = None
        if self.device.type == "cuda" and self.world.size == 1 and self.objective.graphs:
            self.graphed = self._record()

    def run(self) -> Iterator[Step]:
        """Train to the recipe's last step, from wherever this trainer stands.

        Raises:
            RunError: the loss is not a finite number any more.
        """
        batches = self.feed.batches(
            self.recipe.batch_size, self.seed, start=self.step, own=self.own
        )
        while self.step < self.recipe.steps:
            first, count, began = self.step, self._steps_ahead(), time.perf_counter()
            # One by one, as they are taken: each batch is on its way while others are learned from.
            with without_subnormals():
                on_device = [self._update(*next(batches)) for _ in range(count)]
            losses = torch.stack(on_device).tolist()
            seconds = (time.perf_counter() - began) / count
            for number, loss in enumerate(losses, start=first):
                if not np.isfinite(loss):
                    raise RunError(
                        "Training diverged at step {step}: the loss is {loss}. "
                        "A smaller learning rate may help.",
                        step=number,
                        loss=loss,
                    )
                evaluates = number % self.recipe.evaluate_every == 0
                yield Step(number, loss, seconds, self._accuracy() if evaluates else None)

    def _record(self) -> GraphedStep:
        """Return the step as a CUDA graph, and leave weights and averages as they are."""
        before = self.state()
        graphed = GraphedStep(
            self.learn, *next(self.feed.batches(self.recipe.batch_size, self.seed, 0, self.own))
        )
        self.load_state(before, step=0, accuracies=[])
        return graphed

    def _steps_ahead(self) -> int:
        """Return how many steps to take before looking: none beyond an evaluation or the end."""
        to_evaluation = -self.step % self.recipe.evaluate_every + 1
        return min(self.ahead, to_evaluation, self.recipe.steps - self.step)

    def _update(self, glyphs: Tensor, labels: Tensor) -> Tensor:
        """Take one step, and return its loss, which a GPU may still be computing."""
        self._seed_step()
        size, share = pace(self.recipe, self.step), self._average_share()
        self.step += 1
        if self.graphed:
            return self.graphed(glyphs, labels, size, share)
        return self.learn(glyphs, labels, size, share)

    def learn(
        self, glyphs: Tensor, labels: Tensor, size: float | Tensor, share: float | Tensor
    ) -> Tensor:
        """Learn from a batch; all that differs from step to step comes in as an argument.

        Args:
            glyphs: (N, H, W) uint8.
            labels: (N,) or (N, longest) int64.
            size: the share of the recipe's step sizes.
            share: of the new weights in the running average.
        """
        recipe = self.recipe
        images = self._scale(glyphs[:, None])
        if recipe.augmentation:
            images = augment(images, recipe.augmentation)
        images, labels = images[self.own], labels[self.own]
        self.worker.train()
        logits = self.worker(images.to(self.worker_dtype)).float()
        losses = self.objective.losses(logits, labels)
        if self.teacher:
            losses = self.teacher.taught(losses, logits, images)
        loss = losses.sum() / recipe.batch_size
        gradients = torch.autograd.grad(loss, self.worker_weights)
        torch._foreach_copy_(self.gradients, gradients)
        loss = loss.detach()
        self.world.add_up([*self.gradients, loss])
        self.optimizer.step(size)
        self._refresh_worker()
        if recipe.averaging:
            self._refresh_average(share)
        return loss

    def _seed_step(self) -> None:
        seed = _step_seed(self.seed, self.step)
        if self.device.type == "cpu":
            # `torch.manual_seed` also asks after all kinds of devices, every time.
            torch.default_generator.manual_seed(seed)
        else:
            torch.cuda.default_generators[torch.cuda.current_device()].manual_seed(seed)

    def _refresh_worker(self) -> None:
        if self.worker is not self.network:
            with torch.no_grad():
                torch._foreach_copy_(*self.copied)

    def _average_share(self) -> float:
        # The first steps count little: the average starts short and grows long.
        return 1 - min(self.recipe.averaging, (1 + self.step) / (10 + self.step))

    def _refresh_average(self, share: float | Tensor) -> None:
        averages, news = self.averaged
        with torch.no_grad():
            if isinstance(share, float):
                torch._foreach_lerp_(averages, news, share)
            else:  # For a share on a GPU there is no such function.
                steps = torch._foreach_sub(news, averages)
                torch._foreach_mul_(steps, share)
                torch._foreach_add_(averages, steps)

    def _accuracy(self) -> float:
        network = self.result if self.recipe.averaging else self.worker
        own = self.world.share(len(self.watched_labels))
        logits = self._logits(network, self.watched_images[own])
        count = self.objective.right(logits, self.watched_labels[own]).sum()
        self.world.add_up([count])
        self.accuracies.append(count.item() / len(self.watched_labels))
        if self.recipe.accuracy == "running":
            return float(np.mean(self.accuracies))
        return self.accuracies[-1]

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the result's logits, float32 (N, classes), for images (N, 28, 28)."""
        return self._logits(self.result, self._to_device(images)).cpu().numpy()

    def _logits(self, network: nn.Module, images: Tensor) -> Tensor:
        network.eval()
        dtype = next(network.parameters()).dtype
        with torch.inference_mode():
            batches = [
                network(self._scale(batch[:, None]).to(dtype)).float()
                for batch in torch.split(images, EVALUATION_BATCH)
            ]
            return torch.cat(batches)

    def _scale(self, images: Tensor) -> Tensor:
        return images.float() * self.recipe.pixel_scale

    def _to_device(self, array: NDArray[np.uint8]) -> Tensor:
        return torch.from_numpy(array).to(self.device)

    def state(self) -> dict[str, Tensor]:
        """Return weights and gradients' averages: with `step` and `accuracies`, all there is."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        if self.recipe.averaging:
            tensors |= {f"average.{k}": v for k, v in self.result.state_dict().items()}
        tensors |= self.optimizer.state()
        return {k: v.contiguous().cpu() for k, v in tensors.items()}

    def load_state(self, tensors: dict[str, Tensor], step: int, accuracies: list[float]) -> None:
        """Take over what `state` gave, in place: a CUDA graph works on the tensors that there are.

        Raises:
            RunError: the state belongs to another network.
        """
        try:
            self.network.load_state_dict(with_prefix(tensors, "network."))
            if self.recipe.averaging:
                self.result.load_state_dict(with_prefix(tensors, "average."))
        except RuntimeError as error:
            raise RunError("The checkpoint belongs to another network.") from error
        self.optimizer.load_state(tensors)
        self._refresh_worker()
        self.step = step
        self.accuracies = list(accuracies)

    def is_finite(self) -> bool:
        """Return whether every weight is a finite number."""
        return all(bool(weight.isfinite().all()) for weight in self.weights)


def pace(recipe: Recipe, step: int) -> float:
    """Return the share of its step sizes that a recipe's schedule gives to a step, from 0."""
    if recipe.schedule == "constant":
        return 1.0
    rising = WARM_UP * recipe.steps
    if step < rising:
        return (step + 1) / (rising + 1)
    way = (step - rising) / (recipe.steps - rising)
    return (1 + math.cos(math.pi * way)) / 2


def _numbers(network: nn.Module) -> list[Tensor]:
    """Return all of a network's weights, and the averages that batch norm keeps."""
    return [value for value in network.state_dict().values() if value.is_floating_point()]


def _pairs(
    targets: Sequence[Tensor], sources: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the tensors of both that are not the same ones."""
    both = zip(targets, sources, strict=True)
    different = [(a, b) for a, b in both if a.data_ptr() != b.data_ptr()]
    return [a for a, _ in different], [b for _, b in different]


def _step_seed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0])
