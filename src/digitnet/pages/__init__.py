r"""Photographs of handwritten pages, composed, so that what is written on them is known.

    from digitnet import load_mnist
    from digitnet.pages import CONDITIONS, compose

    page = compose(load_mnist().test, "shadow", seed=1)
    page.image    # (height, width, 3) uint8
    page.text     # "4071\n229"

The digits are MNIST's, followed as strokes and written again with another pen, on another paper,
before another camera. The reader is measured and calibrated on such pages.
"""

from __future__ import annotations

from digitnet.pages.compose import compose
from digitnet.pages.conditions import CONDITIONS
from digitnet.pages.page import Box, Page
from digitnet.pages.single import SINGLE_KINDS, compose_single

__all__ = ["CONDITIONS", "SINGLE_KINDS", "Box", "Page", "compose", "compose_single"]
