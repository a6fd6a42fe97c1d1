"""Variations: from MNIST's digits to what people really write, and to what is no digit."""

from __future__ import annotations

from digitnet.datasets import Digits
from digitnet.training.variations.chunks import HARVESTED, Pool, in_chunks
from digitnet.training.variations.harvest import cut_glyphs
from digitnet.training.variations.harvest_strips import cut_strips
from digitnet.training.variations.pool import SOURCES, make_glyphs
from digitnet.training.variations.strips import write_strips

__all__ = [
    "HARVESTED",
    "SOURCES",
    "Pool",
    "make_examples",
    "make_strips",
]


def make_examples(digits: Digits, variations: int, harvested: int, seed: int) -> Pool:
    """Return so many glyphs that are written, and behind them so many that are cut from pages.

    See `in_chunks`.
    """
    return in_chunks(digits, seed, (make_glyphs, variations), (cut_glyphs, harvested))


def make_strips(digits: Digits, written: int, harvested: int, seed: int) -> Pool:
    """Return so many strips that are written, and behind them so many that are cut from pages.

    See `in_chunks`.
    """
    return in_chunks(digits, seed, (write_strips, written), (cut_strips, harvested))
