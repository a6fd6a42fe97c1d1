"""Variations: from MNIST's digits to what people really write, and to what is no digit."""

from __future__ import annotations

from collections.abc import Callable

from digitnet.datasets import Digits
from digitnet.training.variations.chunks import HARVESTED, Pool, joined
from digitnet.training.variations.harvest import make_harvest
from digitnet.training.variations.harvest_strips import cut_strips
from digitnet.training.variations.pool import SOURCES, make_pool
from digitnet.training.variations.strips import write_strips

__all__ = [
    "HARVESTED",
    "SOURCES",
    "Pool",
    "make_examples",
    "make_harvest",
    "make_pool",
    "make_strips",
]


Source = Callable[[Digits, int, int], Pool]


def make_examples(digits: Digits, variations: int, harvested: int, seed: int) -> Pool:
    """Return so many glyphs of `make_pool` and of `make_harvest`, one after the other."""
    return _with_harvest(make_pool, variations, make_harvest, harvested, digits, seed)


def make_strips(digits: Digits, written: int, harvested: int, seed: int) -> Pool:
    """Return so many strips of `write_strips` and of `cut_strips`, one after the other."""
    return _with_harvest(write_strips, written, cut_strips, harvested, digits, seed)


def _with_harvest(
    make: Source, made: int, harvest: Source, harvested: int, digits: Digits, seed: int
) -> Pool:
    pools = [make(digits, made, seed)]
    if harvested:
        pools.append(harvest(digits, harvested, seed))
    return joined(pools)
