"""A training step as a CUDA graph: recorded once, then started as a whole."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

WARM_UP = 3  # Steps taken one kernel at a time first, in which PyTorch allocates what it keeps.

Learn = Callable[[Tensor, Tensor, float | Tensor, float | Tensor], Tensor]


class GraphedStep:
    """Does what a function does, without Python's having to start each of its kernels.

    A network as small as ours keeps a GPU busy for a few microseconds a kernel, which is less than
    Python takes to start one. A graph holds all kernels of a step, so that only one start is left
    (PyTorch's notes on CUDA semantics, section on CUDA graphs).

    What the function does must depend on its arguments and on PyTorch's random numbers alone, and
    be the same kernels every time. A replay draws the random numbers that the function itself
    would draw from the same seed, so both give the same weights, bit by bit.

    Args:
        learn: takes glyphs, labels and two numbers, and returns a loss without dimensions. It is
            called a few times at once: what it changes must be put back.
        glyphs: a batch of the shape of all others, on a CUDA device.
        labels: of that batch.
    """

    def __init__(self, learn: Learn, glyphs: Tensor, labels: Tensor) -> None:
        self._glyphs, self._labels = glyphs.clone(), labels.clone()
        self._numbers = torch.zeros(2, device=glyphs.device)
        inputs = (self._glyphs, self._labels, *self._numbers.unbind())
        # As PyTorch wants it: what is recorded has run before, and not on the stream of all else.
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                learn(*inputs)
        torch.cuda.current_stream().wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._loss = learn(*inputs)

    def __call__(self, glyphs: Tensor, labels: Tensor, size: float, share: float) -> Tensor:
        """Take a step, and return its loss in a tensor of its own."""
        self._glyphs.copy_(glyphs)
        self._labels.copy_(labels)
        self._numbers[0].fill_(size)
        self._numbers[1].fill_(share)
        self._graph.replay()
        return self._loss.clone()
