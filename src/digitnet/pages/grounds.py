"""Conditions of what is written on, and of what else is there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digitnet.pages.pen import Colour, Ink
from digitnet.pages.plan import Plan
from digitnet.pages.usual import PENS

Rng = np.random.Generator

_DARKS: tuple[Colour, ...] = (
    (0, 0, 0),
    (30, 32, 36),
    (24, 40, 84),
    (28, 66, 48),
    (120, 24, 32),
    (60, 60, 64),
)


def tinted(plan: Plan, rng: Rng) -> None:
    """Coloured or recycled paper."""
    papers: tuple[Colour, ...] = (
        (250, 236, 140),
        (255, 190, 200),
        (180, 225, 170),
        (165, 205, 240),
        (205, 175, 130),
        (240, 170, 90),
        (190, 185, 180),
    )
    plan.paper = papers[int(rng.integers(len(papers)))]
    plan.inks = [Ink(PENS[int(rng.integers(5))], 0.93, 0.15, 0.2)]
    plan.mottle = float(rng.uniform(0.005, 0.025))
    plan.grain = float(rng.uniform(0.005, 0.03))


_PAPER_RULES: tuple[Colour, ...] = (
    (150, 175, 215),
    (170, 170, 175),
    (140, 190, 180),
    (200, 160, 190),
)
_FORM_RULES: tuple[Colour, ...] = ((40, 40, 40), (110, 110, 110), (190, 60, 50), (60, 90, 170))
_SQUARES: tuple[Colour, ...] = (
    (205, 60, 55),
    (60, 140, 90),
    (70, 70, 75),
    (120, 120, 125),
    (70, 100, 180),
)


def _rules(
    plan: Plan,
    rng: Rng,
    colours: tuple[Colour, ...] = _PAPER_RULES,
    faintest: float = 0.4,
    width: tuple[float, float] = (0.015, 0.04),
) -> None:
    """Rules of one of some colours, so wide in heights of a digit, along which people write."""
    colour = colours[int(rng.integers(len(colours)))]
    plan.rule_ink = Ink(colour, float(rng.uniform(faintest, 1.0)), 0.0, 0.0)
    plan.rule_width = float(max(1.0, rng.uniform(*width) * plan.digit_height))
    plan.slope = 0.0


def ruled(plan: Plan, rng: Rng) -> None:
    """Ruled paper, with or without a margin."""
    _rules(plan, rng)
    plan.ruling = "ruled"
    plan.rule_pitch = float(rng.uniform(1.1, 2.0))
    plan.leading = (0.05, 0.4)


def grid(plan: Plan, rng: Rng) -> None:
    """Squared paper."""
    _rules(plan, rng)
    plan.ruling = "grid"
    plan.rule_pitch = float(rng.uniform(0.45, 1.3))
    plan.leading = (0.2, 0.6)


def boxes(plan: Plan, rng: Rng) -> None:
    """Boxes and lines of forms: a cell for every digit, a frame, an underline."""
    plan.ruling = ("cells", "frames", "underlines")[int(rng.choice(3, p=(0.5, 0.25, 0.25)))]
    _rules(plan, rng, _FORM_RULES, 0.6, (0.02, 0.06))
    plan.leading = (0.7, 1.2)


def dark(plan: Plan, rng: Rng) -> None:
    """A board with chalk, a dark screen or paper, or a negative."""
    if rng.random() < 0.3:
        plan.negative = True
        return
    boards: tuple[Colour, ...] = ((38, 62, 50), (30, 32, 34), (34, 44, 66), (18, 18, 20))
    chalks: tuple[Colour, ...] = (
        (240, 240, 235),
        (245, 225, 130),
        (245, 180, 190),
        (170, 220, 245),
    )
    plan.paper = boards[int(rng.integers(len(boards)))]
    plan.inks = [Ink(chalks[int(rng.choice(4, p=(0.7, 0.1, 0.1, 0.1)))], 0.92, 0.45, 0.2)]
    plan.pen = float(rng.uniform(0.05, 0.11))
    plan.board = rng.random() < 0.75
    plan.mottle = 0.05
    plan.grain = float(rng.uniform(0.01, 0.04))
    plan.gradient = float(rng.uniform(0, 0.4))


def table(plan: Plan, rng: Rng) -> None:
    """A note on a table."""
    plan.table = True
    plan.tilt = float(rng.uniform(-10, 10))
    plan.perspective = float(rng.uniform(0, 0.06))
    plan.gradient = float(rng.uniform(0, 0.35))


def bleed(plan: Plan, rng: Rng) -> None:
    """The other side's ink shows through."""
    plan.bleed = float(rng.uniform(0.08, 0.25))
    plan.mottle = 0.015


def clutter(plan: Plan, rng: Rng) -> None:
    """Words, smudges, crossings-out, drawings beside a few lines."""
    plan.clutter = int(rng.integers(5, 22))
    plan.lines = int(rng.integers(1, 5))


def things(plan: Plan, rng: Rng) -> None:
    """Pens, telephones, fingers and bindings on the page."""
    plan.things = int(rng.integers(1, 4))


def sheets(plan: Plan, rng: Rng) -> None:
    """Several notes on a table, often with a pen or a finger between or across them."""
    plan.table = True
    plan.sheets = int(rng.integers(2, 5))
    plan.width, plan.height = int(rng.integers(900, 1800)), int(rng.integers(700, 1300))
    plan.digit_height = float(rng.uniform(0.045, 0.1)) * min(plan.width, plan.height)
    plan.lines, plan.digits = int(rng.integers(2, 7)), int(rng.integers(3, 10))
    plan.perspective = float(rng.uniform(0, 0.05))
    plan.tilt = float(rng.uniform(-4, 4))
    plan.gradient = float(rng.uniform(0, 0.3))
    plan.things = int(rng.integers(0, 3))


def panels(plan: Plan, rng: Rng) -> None:
    """Light digits on something dark within a light picture."""
    plan.panel = ("canvas", "banner", "windows", "board")[int(rng.integers(4))]
    plan.panel_colour = _DARKS[int(rng.integers(len(_DARKS)))]
    shade = float(rng.uniform(215, 255))
    plan.panel_ink = Ink((shade, shade, shade - float(rng.uniform(0, 15))), 0.95, 0.05, 0.1)
    plan.slope = 0.0
    if plan.panel == "canvas":
        _canvas(plan, rng)
    elif plan.panel == "banner":
        plan.leading = (0.7, 1.2)
        plan.lines = int(rng.integers(2, 6))
    elif plan.panel == "windows":
        plan.lines, plan.digits = int(rng.integers(1, 3)), int(rng.integers(4, 9))
        plan.leading = (1.0, 1.6)
        plan.digit_height = min(plan.digit_height, plan.width / 9)
    else:
        plan.lines = int(rng.integers(1, 6))
        plan.panel_ink = replace(plan.panel_ink, grain=float(rng.uniform(0, 0.4)))


def _canvas(plan: Plan, rng: Rng) -> None:
    """A field for drawing on a web page: as a screenshot, or as a photo of the screen."""
    plan.width, plan.height = int(rng.integers(640, 1400)), int(rng.integers(480, 1000))
    plan.lines, plan.digits = 1, int(rng.integers(1, 5))
    plan.digit_height = float(rng.uniform(0.16, 0.4)) * min(plan.height, plan.width / plan.digits)
    plan.pen = float(rng.uniform(0.08, 0.14))
    plan.printed = "buttons"
    plan.panel_colour = _DARKS[int(rng.integers(2))]
    plan.paper = ((255, 255, 255), (248, 249, 250), (235, 238, 242))[int(rng.integers(3))]
    plan.panel_ink = Ink((255, 255, 255), 1.0, 0.0, 0.0)
    if rng.random() < 0.6:
        plan.noise = plan.mottle = plan.grain = plan.gradient = plan.crease = plan.warmth = 0.0
        plan.exposure, plan.jpeg = 1.0, int(rng.integers(88, 99))


def squares(plan: Plan, rng: Rng) -> None:
    """One digit a box: squares with dashed middle lines, dashed boxes, combs."""
    plan.ruling = ("squares", "dashed", "combs")[int(rng.choice(3, p=(0.45, 0.3, 0.25)))]
    _rules(plan, rng, _SQUARES, 0.55)
    plan.dash = (float(rng.uniform(0.06, 0.16)), float(rng.uniform(0.05, 0.12)))
    plan.spare = int(rng.integers(0, 4))
    plan.leading = (0.75, 1.2)


def printed(plan: Plan, rng: Rng) -> None:
    """Numbers written on a printed form or letter, some with the bars of a code."""
    plan.printed = "form" if rng.random() < 0.6 else "letter"
    plan.codes = int(rng.choice(3, p=(0.55, 0.35, 0.1)))
    plan.lines, plan.digits = int(rng.integers(1, 6)), int(rng.integers(3, 11))
    plan.leading = (1.0, 1.8)
    plan.slope = float(rng.normal(0, 0.4))
    short = min(plan.width, plan.height)
    plan.digit_height = max(24.0, 0.04 * short, min(plan.digit_height, 0.1 * short))
    shade = float(rng.uniform(15, 80))
    plan.rule_ink = Ink((shade, shade, shade), float(rng.uniform(0.7, 1.0)), 0.0, 0.0)
    plan.rule_width = float(max(1.0, rng.uniform(0.015, 0.035) * plan.digit_height))
    if plan.printed == "form":
        plan.ruling = ("none", "underlines", "frames")[int(rng.choice(3, p=(0.3, 0.5, 0.2)))]
    if rng.random() < 0.5:
        plan.tilt = float(rng.uniform(-3, 3))
        plan.perspective = float(rng.uniform(0, 0.04))
