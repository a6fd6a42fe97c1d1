"""A page as most people write and photograph it, from which conditions depart."""

from __future__ import annotations

import numpy as np

from digitnet.pages.pen import Colour, Ink
from digitnet.pages.plan import Plan

Rng = np.random.Generator

PENS: tuple[Colour, ...] = (
    (22, 22, 26),
    (35, 35, 42),
    (24, 36, 120),
    (30, 60, 160),
    (16, 24, 80),
    (165, 30, 38),
    (25, 95, 60),
)
"""Inks of ballpoints."""

_PAPERS: tuple[Colour, ...] = (
    (250, 249, 247),
    (244, 243, 240),
    (238, 235, 228),
    (232, 232, 234),
)


def usual(rng: Rng) -> Plan:
    """A page as most people write it: the writer, the pen, the size, the paper."""
    plan = Plan(noise=float(rng.uniform(0.5, 2.5)), jpeg=int(rng.integers(85, 97)))
    kind = rng.choice(3, p=(0.2, 0.45, 0.35))
    if kind == 0:  # a snippet
        plan.width, plan.height = int(rng.integers(300, 640)), int(rng.integers(180, 360))
        plan.digit_height = float(rng.uniform(26, 0.3 * plan.height))
    else:
        long = int(rng.integers(800, 1200) if kind == 1 else rng.integers(1300, 2000))
        short = round(long * rng.choice([0.75, 0.5625, 0.667]))
        plan.width, plan.height = (long, short) if rng.random() < 0.6 else (short, long)
        plan.digit_height = float(np.exp(rng.uniform(np.log(32), np.log(0.17 * short))))
    plan.lines = int(rng.integers(1, 8))
    plan.digits = int(rng.integers(4, 14))
    low = float(rng.uniform(0.1, 0.5))
    plan.gap = (low, low + float(rng.uniform(0.1, 0.5)))
    plan.slant = float(rng.normal(0.05, 0.12))
    plan.slope = float(rng.normal(0, 0.7))
    plan.pen = float(np.exp(rng.uniform(np.log(0.035), np.log(0.085))))
    plan.contrast = float(rng.uniform(0, 0.7))
    plan.paper = _PAPERS[int(rng.integers(len(_PAPERS)))]
    plan.inks = [ballpoint(rng)]
    if rng.random() < 0.15:
        plan.inks.append(ballpoint(rng))
    plan.mottle = float(rng.uniform(0.002, 0.012))
    plan.grain = float(rng.uniform(0.002, 0.012))
    plan.gradient = float(rng.uniform(0, 0.08))
    if rng.random() < 0.15:
        plan.crease = float(rng.uniform(0.03, 0.12))
    plan.warmth = float(rng.uniform(-0.3, 0.5))
    plan.exposure = float(rng.uniform(0.85, 1.0))
    return plan


def ballpoint(rng: Rng) -> Ink:
    """A ballpoint of any colour."""
    colour = PENS[int(rng.integers(len(PENS)))]
    return Ink(colour, float(rng.uniform(0.8, 0.97)), float(rng.uniform(0, 0.25)), 0.2)
