"""Variations: from MNIST's digits to what people really write, and to what is no digit."""

from __future__ import annotations

from digitnet.datasets import Digits
from digitnet.training.variations.chunks import HARVESTED, Pool, joined
from digitnet.training.variations.harvest import make_harvest
from digitnet.training.variations.pool import SOURCES, make_pool

__all__ = ["HARVESTED", "SOURCES", "Pool", "make_examples", "make_harvest", "make_pool"]


def make_examples(digits: Digits, variations: int, harvested: int, seed: int) -> Pool:
    """Return so many glyphs of `make_pool` and of `make_harvest`, one after the other."""
    pools = [make_pool(digits, variations, seed)]
    if harvested:
        pools.append(make_harvest(digits, harvested, seed))
    return joined(pools)
