"""The conditions under which people write and photograph, each as a change to a plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from digitnet.pages import grounds, hands, views
from digitnet.pages.plan import Plan
from digitnet.pages.usual import usual

Rng = np.random.Generator
_Change = Callable[[Plan, Rng], None]

_SINGLE: dict[str, _Change] = {
    "clean": views.clean,
    "light": views.light,
    "shadow": views.shadow,
    "tinted": grounds.tinted,
    "ruled": grounds.ruled,
    "grid": grounds.grid,
    "boxes": grounds.boxes,
    "tilt": views.tilt,
    "perspective": views.perspective,
    "blur": views.blur,
    "jpeg": views.jpeg,
    "pencil": hands.pencil,
    "marker": hands.marker,
    "dark": grounds.dark,
    "table": grounds.table,
    "bleed": grounds.bleed,
    "touching": hands.touching,
    "sizes": hands.sizes,
    "climbing": hands.climbing,
    "columns": hands.columns,
    "tiny": hands.tiny,
    "clutter": grounds.clutter,
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


def _mixed(plan: Plan, rng: Rng) -> None:
    groups = sorted(rng.permutation(len(_GROUPS))[: int(rng.integers(2, 5))])
    for group in groups:
        _SINGLE[str(rng.choice(_GROUPS[group]))](plan, rng)


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
    **_SINGLE,
    "mixed": _mixed,
    "things": grounds.things,
    "signs": hands.signs,
    "small": views.small,
    "sheets": grounds.sheets,
    "panels": grounds.panels,
    "squares": grounds.squares,
    "dates": hands.dates,
    "tight": hands.tight,
    "printed": grounds.printed,
    "marks": hands.marks,
}
CONDITIONS = tuple(_CONDITIONS)
"""Every condition there is: plain pages, single troubles, several at once, and what came later:
things on the page, signs among the digits, small pictures; several sheets on a table, dark panels,
a square for every digit, dates and telephone numbers, lines that touch, printed forms, and marks
like ticks and letters."""
