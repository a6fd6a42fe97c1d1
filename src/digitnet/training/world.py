"""Several processes that train one network together, each on its share of every batch.

`torchrun` starts them and says in the environment which is which. What they compute together is
what one process computes: the batch, its changes and the dropout are drawn for the whole batch by
everyone, and each takes its share; batch norm takes the whole batch's mean and variance; gradients
are added up. Only the order of the sums differs.

Gradients are added up in float32 in one go instead of by `DistributedDataParallel`, which would
add bf16 gradients in bf16 and give every process's mean the same weight, also where a batch cannot
be divided evenly.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.nn import functional as shared
from torch.distributed.rendezvous import rendezvous

from digitnet.errors import RunError, UsageError
from digitnet.operators import dropout


@dataclass(frozen=True)
class World:
    """The processes of a run; alone, all of this costs nothing.

    Attributes:
        rank: which process this is, from 0; the first writes and prints.
        size: how many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes and prints."""
        return self.rank == 0

    def share(self, count: int) -> slice:
        """This process's part of ``count`` things in order; the parts differ by one at most."""
        return slice(self.rank * count // self.size, (self.rank + 1) * count // self.size)

    def add_up(self, tensors: list[Tensor]) -> None:
        """Replace every tensor by the sum of all processes' ones.

        Raises:
            RunError: another process has ended.
        """
        if self.size == 1:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        with _clear_errors():
            distributed.all_reduce(flat)
        parts = torch.split(flat, [tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))

    def largest(self, value: int) -> int:
        """The largest of all processes' values."""
        if self.size == 1:
            return value
        # Where the tensors of the other messages are: nccl knows no other place.
        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        tensor = torch.tensor(value, device=device)
        with _clear_errors():
            distributed.all_reduce(tensor, distributed.ReduceOp.MAX)
        return int(tensor)

    def divide(self, network: nn.Module, batch_size: int) -> None:
        """Let the network's dropout and batch norm know that they see a share of a batch.

        Raises:
            UsageError: there are more processes than images in a batch.
        """
        if self.size == 1:
            return
        if self.size > batch_size:
            raise UsageError(
                "A batch of {size} cannot be divided among {processes} processes; start fewer.",
                size=batch_size,
                processes=self.size,
            )
        for parent in list(network.modules()):
            for name, child in parent.named_children():
                if isinstance(child, nn.Dropout):
                    setattr(parent, name, _DropoutOfShare(child.p, batch_size, self))
                elif isinstance(child, nn.BatchNorm2d):
                    setattr(parent, name, _BatchNormOfAll(child, batch_size))


class _DropoutOfShare(nn.Dropout):
    """Draws what to drop for the whole batch, as one process would, and applies its own share."""

    def __init__(self, p: float, batch_size: int, world: World) -> None:
        super().__init__(p)
        self._batch_size = batch_size
        self._own = world.share(batch_size)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        whole = dropout(x.new_ones(self._batch_size, *x.shape[1:]), self.p)
        return x * whole[self._own]


class _BatchNormOfAll(nn.BatchNorm2d):
    """Batch norm over all processes' shares, on any device.

    `torch.nn.SyncBatchNorm` does it on GPUs only.
    """

    def __init__(self, norm: nn.BatchNorm2d, batch_size: int) -> None:
        super().__init__(norm.num_features, norm.eps, norm.momentum)
        self.load_state_dict(norm.state_dict())
        self.to(norm.weight.device)
        self._batch_size = batch_size

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        values = x.float()
        count = self._batch_size * x.shape[2] * x.shape[3]
        mean = _sum(values.sum((0, 2, 3))) / count
        centred = values - mean[:, None, None]
        variance = _sum(centred.square().sum((0, 2, 3))) / count
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        normed = centred * scale[:, None, None] + self.bias[:, None, None]
        return normed.to(x.dtype)

    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None or self.momentum is None:
            return
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


def _sum(own: Tensor) -> Tensor:
    """All processes' sum, through which gradients flow back to all of them."""
    whole: Tensor = shared.all_reduce(own)  # type: ignore[no-untyped-call]
    return whole


def join_world(device: str = "auto") -> World:
    """Join the processes that torchrun started together with this one.

    Args:
        device: ``auto`` and ``cuda`` give every process of a machine a GPU of its own where there
            are any (nccl); else they compute on the CPU (gloo).

    Raises:
        UsageError: there are fewer GPUs than processes.
        RunError: the others cannot be reached.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return World()
    if not distributed.is_initialized():
        on_gpus = device != "cpu" and torch.cuda.is_available()
        if on_gpus:
            _take_gpu(int(os.environ.get("LOCAL_RANK", "0")))
        with _clear_errors():
            _init_process_group("nccl" if on_gpus else "gloo")
        atexit.register(_leave)
    return World(distributed.get_rank(), distributed.get_world_size())


def _init_process_group(backend: str) -> None:
    store, rank, size = next(rendezvous("env://"))
    if os.environ.get("GROUP_WORLD_SIZE", "1") == "1":
        # torchrun's store outlives its processes, and in it the addresses of those that died. On
        # several machines the number of restarts may differ, and cannot tell them apart.
        attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        store = PrefixStore(f"attempt-{attempt}", store)
    distributed.init_process_group(backend, store=store, rank=rank, world_size=size)


def restarted() -> bool:
    """Whether torchrun has started these processes anew after one of them had died."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0


def _take_gpu(number: int) -> None:
    if number >= torch.cuda.device_count():
        raise UsageError(
            "There are more processes than the {count} GPUs here; start fewer, or give "
            "--device cpu.",
            count=torch.cuda.device_count(),
        )
    torch.cuda.set_device(number)


def _leave() -> None:
    if distributed.is_initialized():
        distributed.destroy_process_group()


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # The ancestor of all that torch.distributed raises.
        raise RunError(
            "The other processes of this run cannot be reached any more; "
            "start it again to go on from its last checkpoint."
        ) from error
