"""The signs of sums."""

from __future__ import annotations

import numpy as np

from digitnet.pages.signs import hand
from digitnet.pages.signs.hand import Random, Strokes
from digitnet.pages.strokes import Point, arc, smooth


def plus(rng: Random) -> Strokes:
    """Return a +: two bars that cross, or one stroke that comes back for the second."""
    y, half = rng.uniform(0.48, 0.64), rng.uniform(0.2, 0.36)
    high = half * np.exp(rng.normal(0, 0.16))
    lean, aside = rng.normal(0, 0.05), rng.normal(0, 0.04)
    top = (0.5 + aside + lean, y - high * rng.uniform(0.8, 1.1))
    bottom = (0.5 + aside - lean, y + high * rng.uniform(0.8, 1.1))
    if rng.random() < 0.05:
        left = (0.5 - half, y + rng.uniform(-0.01, 0.06))
        turn = ((left[0] + bottom[0]) / 2 - 0.06, (left[1] + bottom[1]) / 2 + 0.03)
        back = [bottom, turn, left, (0.5, y), (0.5 + half, y + rng.normal(-0.02, 0.03))]
        return [smooth([top, (0.5 + aside, y), *back])]
    return [hand.bow(rng, top, bottom), hand.bar(rng, y, 0.5 - half, 0.5 + half)]


def times(rng: Random) -> Strokes:
    """Return a ×: two slanting strokes that cross, or two bows back to back."""
    y, half = rng.uniform(0.5, 0.68), rng.uniform(0.16, 0.32)
    high = half * np.exp(rng.normal(0.05, 0.14))

    def corner(x: float, down: int) -> Point:
        return hand.about(rng, (0.5 + x * half, y + down * high), 0.12 * half)

    if rng.random() < 0.15:
        deep = rng.uniform(0.02, 0.2)
        return [
            smooth([corner(side, -1), corner(-side * deep, 0), corner(side, 1)]) for side in (-1, 1)
        ]
    return [
        hand.bow(rng, corner(-1, -1), corner(1, 1), 0.05),
        hand.bow(rng, corner(1, -1), corner(-1, 1), 0.05),
    ]


def divided(rng: Random) -> Strokes:
    """Return a ÷: a bar with a dot, or a small ring, over and under it."""
    y, half = rng.uniform(0.48, 0.62), rng.uniform(0.2, 0.36)
    places = [(rng.normal(0.5, 0.02), y + side * rng.uniform(0.17, 0.29)) for side in (-1, 1)]
    ring = rng.uniform(0.03, 0.05)
    dots = (
        [smooth(arc(place, (ring, ring), -90, 280)) for place in places]
        if rng.random() < 0.12
        else [hand.dot(rng, place) for place in places]
    )
    bar = hand.bar(rng, y, 0.5 - half, 0.5 + half)
    # Where the bar bends, they keep away from it all the same.
    bend = np.array([0.0, bar[len(bar) // 2, 1] - y])
    return [bar, *(dot + bend for dot in dots)]


def equals(rng: Random) -> Strokes:
    """Return an =: two bars, alike in nothing but their direction."""
    y, half, apart = rng.uniform(0.48, 0.64), rng.uniform(0.2, 0.36), rng.uniform(0.09, 0.17)
    tilt = rng.normal(-0.01, 0.03)
    return [
        hand.tilted(hand.bar(rng, y + side * apart, 0.5 - half, 0.5 + half, 0.015), tilt)
        for side in (-1, 1)
    ]


def percent(rng: Random) -> Strokes:
    """Return a %: its rings closed or not, apart from the slash or drawn into it."""
    wide = rng.uniform(0.3, 0.42)
    top = (0.5 + wide * rng.uniform(0.7, 1.0), rng.uniform(-0.03, 0.1))
    foot = (0.5 - wide * rng.uniform(0.7, 1.0), rng.uniform(0.92, 1.05))
    size = rng.uniform(0.12, 0.19)

    def ring(centre: Point) -> list[Point]:
        radii = (size * rng.uniform(0.75, 1.1), size * rng.uniform(0.85, 1.25))
        start = rng.uniform(-140, -30)
        return arc(hand.about(rng, centre), radii, start, start - 360 + rng.normal(0, 20))

    first = ring((0.5 - wide, 0.05 + size))
    second = ring((0.5 + wide * rng.uniform(0.8, 1.1), 0.96 - size))
    if rng.random() < 0.2:  # Without lifting the pen, from the first ring into the slash.
        joint = (0.5, first[-1][1] + rng.uniform(-0.04, 0.06))
        return [smooth([*first, joint, top]), hand.bow(rng, top, foot), smooth(second)]
    return [smooth(first), hand.bow(rng, top, foot), smooth(second)]
