"""The conditions under which people write and photograph, each as a change to a plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from digitnet.pages.pen import Colour, Ink
from digitnet.pages.plan import Plan

Rng = np.random.Generator

_PENS: tuple[Colour, ...] = (
    (22, 22, 26),
    (35, 35, 42),
    (24, 36, 120),
    (30, 60, 160),
    (16, 24, 80),
    (165, 30, 38),
    (25, 95, 60),
)
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
    plan.inks = [_ballpoint(rng)]
    if rng.random() < 0.15:
        plan.inks.append(_ballpoint(rng))
    plan.mottle = float(rng.uniform(0.002, 0.012))
    plan.grain = float(rng.uniform(0.002, 0.012))
    plan.gradient = float(rng.uniform(0, 0.08))
    if rng.random() < 0.15:
        plan.crease = float(rng.uniform(0.03, 0.12))
    plan.warmth = float(rng.uniform(-0.3, 0.5))
    plan.exposure = float(rng.uniform(0.85, 1.0))
    return plan


def _ballpoint(rng: Rng) -> Ink:
    colour = _PENS[int(rng.integers(len(_PENS)))]
    return Ink(colour, float(rng.uniform(0.8, 0.97)), float(rng.uniform(0, 0.25)), 0.2)


def _clean(plan: Plan, rng: Rng) -> None:
    plan.gradient = float(rng.uniform(0, 0.05))


def _light(plan: Plan, rng: Rng) -> None:
    plan.gradient = float(rng.uniform(0.3, 0.75))
    plan.vignette = float(rng.uniform(0.1, 0.6))
    plan.exposure = float(rng.uniform(0.45, 0.95))
    plan.warmth = float(rng.uniform(-0.8, 1.0))
    plan.noise = float(rng.uniform(1.5, 4.0))


def _shadow(plan: Plan, rng: Rng) -> None:
    for _ in range(int(rng.integers(1, 3))):
        softness = float(np.exp(rng.uniform(np.log(0.003), np.log(0.08))))
        plan.shadows.append((float(rng.uniform(0.4, 0.7)), softness))
    plan.gradient = float(rng.uniform(0, 0.3))
    plan.noise = float(rng.uniform(1.0, 3.0))


def _tinted(plan: Plan, rng: Rng) -> None:
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
    plan.inks = [Ink(_PENS[int(rng.integers(5))], 0.93, 0.15, 0.2)]
    plan.mottle = float(rng.uniform(0.005, 0.025))
    plan.grain = float(rng.uniform(0.005, 0.03))


def _rules(plan: Plan, rng: Rng) -> None:
    colours: tuple[Colour, ...] = (
        (150, 175, 215),
        (170, 170, 175),
        (140, 190, 180),
        (200, 160, 190),
    )
    colour = colours[int(rng.integers(len(colours)))]
    plan.rule_ink = Ink(colour, float(rng.uniform(0.4, 1.0)), 0.0, 0.0)
    plan.rule_width = float(max(1.0, rng.uniform(0.015, 0.04) * plan.digit_height))
    plan.slope = 0.0


def _ruled(plan: Plan, rng: Rng) -> None:
    _rules(plan, rng)
    plan.ruling = "ruled"
    plan.rule_pitch = float(rng.uniform(1.1, 2.0))
    plan.leading = (0.05, 0.4)


def _grid(plan: Plan, rng: Rng) -> None:
    _rules(plan, rng)
    plan.ruling = "grid"
    plan.rule_pitch = float(rng.uniform(0.45, 1.3))
    plan.leading = (0.2, 0.6)


def _boxes(plan: Plan, rng: Rng) -> None:
    plan.ruling = ("cells", "frames", "underlines")[int(rng.choice(3, p=(0.5, 0.25, 0.25)))]
    colours: tuple[Colour, ...] = ((40, 40, 40), (110, 110, 110), (190, 60, 50), (60, 90, 170))
    colour = colours[int(rng.integers(len(colours)))]
    plan.rule_ink = Ink(colour, float(rng.uniform(0.6, 1.0)), 0.0, 0.0)
    plan.rule_width = float(max(1.0, rng.uniform(0.02, 0.06) * plan.digit_height))
    plan.leading = (0.7, 1.2)
    plan.slope = 0.0


def _tilt(plan: Plan, rng: Rng) -> None:
    plan.tilt = float(rng.uniform(3, 15) * rng.choice([-1, 1]))


def _perspective(plan: Plan, rng: Rng) -> None:
    plan.perspective = float(rng.uniform(0.05, 0.14))
    plan.tilt = float(rng.uniform(-6, 6))
    plan.curl = float(rng.uniform(0, 0.04))


def _blur(plan: Plan, rng: Rng) -> None:
    if rng.random() < 0.6:
        plan.defocus = float(rng.uniform(0.025, 0.06))
    else:
        plan.motion = float(rng.uniform(0.08, 0.2))
    plan.pen = max(plan.pen, 0.05)


def _jpeg(plan: Plan, rng: Rng) -> None:
    plan.jpeg = int(rng.integers(15, 41))
    plan.noise = float(rng.uniform(3, 11))


def _pencil(plan: Plan, rng: Rng) -> None:
    shade = float(rng.uniform(70, 115))
    plan.pen = float(rng.uniform(0.025, 0.05))
    plan.inks = [Ink((shade, shade, shade + 5), float(rng.uniform(0.5, 0.85)), 0.45, 0.35)]
    plan.grain = float(rng.uniform(0.005, 0.02))


def _marker(plan: Plan, rng: Rng) -> None:
    plan.pen = float(rng.uniform(0.11, 0.19))
    plan.inks = [Ink(_PENS[int(rng.integers(len(_PENS)))], 0.97, 0.05, 0.12)]
    plan.gap = (plan.gap[0] + 0.1, plan.gap[1] + 0.1)


def _dark(plan: Plan, rng: Rng) -> None:
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


def _table(plan: Plan, rng: Rng) -> None:
    plan.table = True
    plan.tilt = float(rng.uniform(-10, 10))
    plan.perspective = float(rng.uniform(0, 0.06))
    plan.gradient = float(rng.uniform(0, 0.35))


def _bleed(plan: Plan, rng: Rng) -> None:
    plan.bleed = float(rng.uniform(0.08, 0.25))
    plan.mottle = 0.015


def _touching(plan: Plan, rng: Rng) -> None:
    plan.touching = float(rng.uniform(0.35, 0.8))
    plan.digits = int(rng.integers(3, 9))


def _sizes(plan: Plan, rng: Rng) -> None:
    plan.line_spread = float(rng.uniform(0.4, 0.8))
    plan.size_spread = float(rng.uniform(0.08, 0.28))
    plan.lines = int(rng.integers(3, 8))


def _climbing(plan: Plan, rng: Rng) -> None:
    plan.slope = float(rng.uniform(2, 9) * rng.choice([-1, 1], p=(0.7, 0.3)))
    plan.wave = float(rng.uniform(0, 0.4))


def _columns(plan: Plan, rng: Rng) -> None:
    plan.columns = int(rng.integers(2, 4))
    plan.digits = int(rng.integers(2, 6))
    plan.lines = int(rng.integers(3, 10))
    plan.slope = 0.0
    if plan.width < plan.height:
        plan.width, plan.height = plan.height, plan.width
    plan.digit_height = min(plan.digit_height, plan.width / (7 * plan.columns))


def _tiny(plan: Plan, rng: Rng) -> None:
    plan.least_height = 11.5
    plan.digit_height = float(rng.uniform(12, 16))
    plan.width, plan.height = int(rng.integers(300, 900)), int(rng.integers(200, 600))
    plan.pen = float(rng.uniform(0.1, 0.15))
    plan.least_pen = 1.3
    plan.size_spread = 0.04
    plan.gap = (0.25, 0.6)
    plan.lines, plan.digits = int(rng.integers(2, 14)), int(rng.integers(4, 16))
    plan.jpeg = int(rng.integers(88, 97))


def _small(plan: Plan, rng: Rng) -> None:
    """A picture of up to 400 pixels, as chats and web pages have them, in uneven light."""
    (_shadow if rng.random() < 0.5 else _light)(plan, rng)
    plan.width, plan.height = int(rng.integers(220, 401)), int(rng.integers(140, 401))
    plan.least_height = 13.0
    plan.digit_height = float(rng.uniform(15, 0.2 * min(plan.width, plan.height)))
    plan.pen = float(rng.uniform(0.08, 0.14))
    plan.least_pen = 1.3
    plan.lines, plan.digits = int(rng.integers(1, 8)), int(rng.integers(2, 11))
    plan.noise = float(rng.uniform(0.5, 2.5))


def _clutter(plan: Plan, rng: Rng) -> None:
    plan.clutter = int(rng.integers(5, 22))
    plan.lines = int(rng.integers(1, 5))


_Change = Callable[[Plan, Rng], None]

CHANGES: dict[str, _Change] = {
    "clean": _clean,
    "light": _light,
    "shadow": _shadow,
    "tinted": _tinted,
    "ruled": _ruled,
    "grid": _grid,
    "boxes": _boxes,
    "tilt": _tilt,
    "perspective": _perspective,
    "blur": _blur,
    "jpeg": _jpeg,
    "pencil": _pencil,
    "marker": _marker,
    "dark": _dark,
    "table": _table,
    "bleed": _bleed,
    "touching": _touching,
    "sizes": _sizes,
    "climbing": _climbing,
    "columns": _columns,
    "tiny": _tiny,
    "clutter": _clutter,
}

# `mixed` takes one or none of each group, in this order: a later one must not undo an earlier.
_GROUPS = (
    ("pencil", "marker", "tinted"),
    ("ruled", "grid", "boxes"),
    ("tilt", "perspective", "table", "climbing"),
    ("light", "shadow"),
    ("touching", "sizes", "clutter", "bleed"),
    ("jpeg",),
)


def _things(plan: Plan, rng: Rng) -> None:
    plan.things = int(rng.integers(1, 4))


def _signs(plan: Plan, rng: Rng) -> None:
    plan.signs = True
    plan.digits = int(rng.integers(6, 16))
    low = float(rng.uniform(0.05, 0.3))
    plan.gap = (low, low + float(rng.uniform(0.05, 0.3)))
    # A snippet must have room for a sign and a digit.
    plan.digit_height = min(plan.digit_height, plan.width / 7)


def _mixed(plan: Plan, rng: Rng) -> None:
    groups = sorted(rng.permutation(len(_GROUPS))[: int(rng.integers(2, 5))])
    for group in groups:
        CHANGES[str(rng.choice(_GROUPS[group]))](plan, rng)


def planned(condition: str, rng: Rng, megapixels: float | None = None) -> Plan:
    """A page under one condition of `CONDITIONS`, at any resolution."""
    plan = usual(rng)
    _CONDITIONS[condition](plan, rng)
    if megapixels is not None:
        _resolve(plan, float(np.sqrt(megapixels * 1e6 / (plan.width * plan.height))))
    return plan


def _resolve(plan: Plan, factor: float) -> None:
    """The same page before a camera with more pixels, or fewer."""
    plan.width, plan.height = round(plan.width * factor), round(plan.height * factor)
    plan.digit_height *= factor
    plan.least_height *= factor
    plan.rule_width *= factor


# The number of a condition is part of its pages' seed: new ones go to the end.
_CONDITIONS: dict[str, _Change] = {
    **CHANGES,
    "mixed": _mixed,
    "things": _things,
    "signs": _signs,
    "small": _small,
}
CONDITIONS = tuple(_CONDITIONS)
"""Every condition there is: plain pages, single troubles, several at once, and what came later:
things on the page, signs among the digits, and small pictures."""
