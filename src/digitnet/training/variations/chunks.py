"""Examples made in chunks, each from random numbers of its own, on all processors."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.datasets import Digits

HARVESTED = 255
CHUNK = 1000  # Examples that share one stream of random numbers.


@dataclass(frozen=True)
class Pool:
    """Glyphs to learn from.

    Attributes:
        glyphs: (N, 28, 28) uint8, each as `digitnet.glyph.place` gives it.
        labels: (N,) uint8, as `digitnet.classes` numbers them: 0 to 9, 10 for no digit, then pairs.
        sources: (N,) uint8: where the ink comes from, as an index into `SOURCES`,
            or `HARVESTED`.
    """

    glyphs: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    sources: NDArray[np.uint8]


Maker = Callable[[Digits, int, np.random.Generator], Pool]
"""Makes so many examples from digits. A function of a module, so that processes can find it."""


def in_chunks(make: Maker, digits: Digits, count: int, seed: int) -> Pool:
    """Return ``count`` examples; the same arguments give the same ones on any number of processors.

    Start it from a module that is safe to import.
    """
    sizes = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
    processes = min(os.cpu_count() or 1, len(sizes))
    if processes <= 1:
        chunks = [_chunk(make, digits, size, seed, k) for k, size in enumerate(sizes)]
    else:
        with ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_keep, initargs=(digits,)
        ) as pool:
            chunks = list(
                pool.map(_chunk_of_kept, repeat(make), sizes, repeat(seed), range(len(sizes)))
            )
    return joined(chunks)


def joined(pools: list[Pool]) -> Pool:
    """Return all examples of some pools as one."""
    return Pool(
        np.concatenate([pool.glyphs for pool in pools]),
        np.concatenate([pool.labels for pool in pools]),
        np.concatenate([pool.sources for pool in pools]),
    )


_kept: list[Digits] = []  # In each process of its own: the digits, handed over once.


def _keep(digits: Digits) -> None:
    # Ctrl-C goes to every process of the terminal; the one that people talk to answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    _kept[:] = [digits]


def _chunk_of_kept(make: Maker, size: int, seed: int, number: int) -> Pool:
    return _chunk(make, _kept[0], size, seed, number)


def _chunk(make: Maker, digits: Digits, size: int, seed: int, number: int) -> Pool:
    return make(digits, size, np.random.default_rng([seed, number]))
