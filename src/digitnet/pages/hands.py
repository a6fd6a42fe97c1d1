"""Conditions of the writing: the pen, the hand, and what is written."""

from __future__ import annotations

import numpy as np

from digitnet.pages.pen import Ink
from digitnet.pages.plan import Plan, Writing
from digitnet.pages.usual import PENS

Rng = np.random.Generator


def pencil(plan: Plan, rng: Rng) -> None:
    """Faint, thin strokes through which the paper shows."""
    shade = float(rng.uniform(70, 115))
    plan.pen = float(rng.uniform(0.025, 0.05))
    plan.inks = [Ink((shade, shade, shade + 5), float(rng.uniform(0.5, 0.85)), 0.45, 0.35)]
    plan.grain = float(rng.uniform(0.005, 0.02))


def marker(plan: Plan, rng: Rng) -> None:
    """Strokes that are thick for their digits."""
    plan.pen = float(rng.uniform(0.11, 0.19))
    plan.inks = [Ink(PENS[int(rng.integers(len(PENS)))], 0.97, 0.05, 0.12)]
    plan.gap = (plan.gap[0] + 0.1, plan.gap[1] + 0.1)


def touching(plan: Plan, rng: Rng) -> None:
    """Neighbours that run into each other."""
    plan.touching = float(rng.uniform(0.35, 0.8))
    plan.digits = int(rng.integers(3, 9))


def sizes(plan: Plan, rng: Rng) -> None:
    """Lines, and digits in a line, of different sizes."""
    plan.line_spread = float(rng.uniform(0.4, 0.8))
    plan.size_spread = float(rng.uniform(0.08, 0.28))
    plan.lines = int(rng.integers(3, 8))


def climbing(plan: Plan, rng: Rng) -> None:
    """Lines that climb or fall, and wave."""
    plan.slope = float(rng.uniform(2, 9) * rng.choice([-1, 1], p=(0.7, 0.3)))
    plan.wave = float(rng.uniform(0, 0.4))


def columns(plan: Plan, rng: Rng) -> None:
    """Two or three columns of short lines."""
    plan.columns = int(rng.integers(2, 4))
    plan.digits = int(rng.integers(2, 6))
    plan.lines = int(rng.integers(3, 10))
    plan.slope = 0.0
    if plan.width < plan.height:
        plan.width, plan.height = plan.height, plan.width
    plan.digit_height = min(plan.digit_height, plan.width / (7 * plan.columns))


def tiny(plan: Plan, rng: Rng) -> None:
    """Digits hardly higher than the reader needs."""
    plan.least_height = 11.5
    plan.digit_height = float(rng.uniform(12, 16))
    plan.width, plan.height = int(rng.integers(300, 900)), int(rng.integers(200, 600))
    plan.pen = float(rng.uniform(0.1, 0.15))
    plan.least_pen = 1.3
    plan.size_spread = 0.04
    plan.gap = (0.25, 0.6)
    plan.lines, plan.digits = int(rng.integers(2, 14)), int(rng.integers(4, 16))
    plan.jpeg = int(rng.integers(88, 97))


def signs(plan: Plan, rng: Rng) -> None:
    """Sums, prices, percentages, amounts: digits with signs between them."""
    _phrases(plan, rng, "signs", digits=(6, 16), least_gap=0.05, across=7)


def dates(plan: Plan, rng: Rng) -> None:
    """Dates and times, telephone numbers, prices, shares: slashes, hyphens, brackets, stops."""
    _phrases(plan, rng, "dates", digits=(6, 16), least_gap=0.05, across=14)


def tight(plan: Plan, rng: Rng) -> None:
    """Lines so close that strokes of one reach into the next."""
    plan.leading = (float(rng.uniform(-0.14, -0.06)), 0.0)
    plan.lines = int(rng.integers(4, 9))
    plan.digits = int(rng.integers(6, 14))
    plan.slope = float(rng.normal(0, 0.3))
    # At least three of them must have room.
    plan.digit_height = min(plan.digit_height, plan.height / 5)


def marks(plan: Plan, rng: Rng) -> None:
    """Ticks, arrows, stars, faces, tallies, crossings-out and letters beside numbers."""
    _phrases(plan, rng, "marks", digits=(4, 13), least_gap=0.12, across=9)


def _phrases(
    plan: Plan,
    rng: Rng,
    writing: Writing,
    *,
    digits: tuple[int, int],
    least_gap: float,
    across: int,
) -> None:
    """Phrases close together, and so small that even a snippet has room for ``across`` heights."""
    plan.writing = writing
    plan.digits = int(rng.integers(*digits))
    low = float(rng.uniform(least_gap, 0.3))
    plan.gap = (low, low + float(rng.uniform(0.05, 0.3)))
    plan.digit_height = min(plan.digit_height, plan.width / across)
