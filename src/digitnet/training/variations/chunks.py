"""Examples made in chunks, each from random numbers of its own, on all processors."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.datasets import Digits

HARVESTED = 255
CHUNK = 1000  # Examples that share one stream of random numbers.


class Pool(NamedTuple):
    """Glyphs or strips to learn from.

    Attributes:
        glyphs: (N, 28, 28) uint8, each as `digitnet.glyph.place` gives it; or strips, as
            `digitnet.strip.place_strip` does.
        labels: (N,) uint8, as `digitnet.classes` numbers them: 0 to 9, 10 for no digit, then pairs;
            of strips (N, longest) uint8, blanks behind the last digit.
        sources: (N,) uint8: where the ink comes from, as an index into `SOURCES`,
            or `HARVESTED`; of a strip that was written, how many digits it has.
    """

    glyphs: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    sources: NDArray[np.uint8]


Maker = Callable[[Digits, int, np.random.Generator], Pool]
"""Makes so many examples from digits. A function of a module, so that processes can find it."""


def in_chunks(digits: Digits, seed: int, *parts: tuple[Maker, int]) -> Pool:
    """Return examples: so many of the first maker, then so many of the next.

    The same arguments give the same ones on any number of processors, and memory holds them once.
    Start it from a module that is safe to import.

    Args:
        digits: what to start from; only training digits belong here.
        seed: any number from 0 on.
        parts: the makers, and how many examples of each.
    """
    tasks = [
        (make, min(CHUNK, count - start), seed, start // CHUNK)
        for make, count in parts
        for start in range(0, count, CHUNK)
    ]
    count = sum(count for _, count in parts)
    processes = min(os.cpu_count() or 1, len(tasks))
    if processes == 1:
        return _joined((_chunk(digits, *task) for task in tasks), count)
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_keep, initargs=(digits,)
    ) as pool:
        return _joined(pool.map(_chunk_of_kept, *zip(*tasks, strict=True)), count)


def _joined(chunks: Iterator[Pool], count: int) -> Pool:
    """Return all examples as one pool, each chunk copied there as soon as it is made."""
    first = next(chunks)
    whole = Pool(*(np.empty((count, *part.shape[1:]), part.dtype) for part in first))
    end = 0
    for chunk in chain([first], chunks):
        start, end = end, end + len(chunk.labels)
        for part, of_chunk in zip(whole, chunk, strict=True):
            part[start:end] = of_chunk
    return whole


_kept: list[Digits] = []  # In each process of its own: the digits, handed over once.


def _keep(digits: Digits) -> None:
    # Ctrl-C goes to every process of the terminal; the one that people talk to answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    _kept[:] = [digits]


def _chunk_of_kept(make: Maker, count: int, seed: int, number: int) -> Pool:
    return _chunk(_kept[0], make, count, seed, number)


def _chunk(digits: Digits, make: Maker, count: int, seed: int, number: int) -> Pool:
    return make(digits, count, np.random.default_rng([seed, number]))
