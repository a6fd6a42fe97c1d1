"""Variations: from MNIST's digits to what people really write, and to what is no digit."""

from __future__ import annotations

from digitnet.training.variations.pool import NO_DIGIT, SOURCES, Pool, make_pool

__all__ = ["NO_DIGIT", "SOURCES", "Pool", "make_pool"]
