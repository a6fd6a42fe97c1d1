"""Variations: from MNIST's digits to what people really write, and to what is no digit."""

from __future__ import annotations

from digitnet.datasets import Digits
from digitnet.training.variations.chunks import HARVESTED, Pool, joined
from digitnet.training.variations.harvest import make_harvest
from digitnet.training.variations.harvest_strips import harvest_strips
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


def make_examples(digits: Digits, variations: int, harvested: int, seed: int) -> Pool:
    """Return so many glyphs of `make_pool` and of `make_harvest`, one after the other."""
    pools = [make_pool(digits, variations, seed)]
    if harvested:
        pools.append(make_harvest(digits, harvested, seed))
    return joined(pools)


def make_strips(digits: Digits, written: int, harvested: int, seed: int) -> Pool:
    """Return so many strips of `write_strips` and of `harvest_strips`, one after the other."""
    pools = [write_strips(digits, written, seed)]
    if harvested:
        pools.append(harvest_strips(digits, harvested, seed))
    return joined(pools)
