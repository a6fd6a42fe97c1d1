"""The signs of typewriters."""

from __future__ import annotations

import numpy as np

from digitnet.pages.signs import hand
from digitnet.pages.signs.hand import Random, Strokes
from digitnet.pages.strokes import arc, smooth


def number(rng: Random) -> Strokes:
    """Return a #: two slanting uprights and two level bars."""
    lean, apart, level = rng.uniform(0, 0.13), rng.uniform(0.1, 0.17), rng.uniform(0.12, 0.18)
    half, y = rng.uniform(0.3, 0.45), rng.uniform(0.46, 0.56)
    uprights = [
        hand.bow(
            rng,
            hand.about(rng, (0.5 + side * apart + lean, 0.03), 0.03),
            hand.about(rng, (0.5 + side * apart - lean, 0.98), 0.03),
        )
        for side in (-1, 1)
    ]
    bars = [hand.bar(rng, y + side * level, 0.5 - half, 0.5 + half) for side in (-1, 1)]
    return [*uprights, *bars]


def at(rng: Random) -> Strokes:
    """Return an @: an a, and the swing from its foot around it, in one stroke."""
    size = rng.uniform(0.14, 0.19)
    wide, high = rng.uniform(0.42, 0.52), rng.uniform(0.44, 0.54)
    inner = arc((0.48, 0.5), (size, size * rng.uniform(0.9, 1.25)), -40, -400)
    tail = [(0.5 + size, 0.5), (0.53 + size, 0.5 + size), (0.62 + size, 0.5 + size * 1.1)]
    outer = arc((0.5, 0.5), (wide, high), 10, -rng.uniform(240, 320))
    return [smooth([*inner, *tail, *outer])]


def ampersand(rng: Random) -> Strokes:
    """Return an &: the printed one in one stroke, or an E of two bows with a bar through it."""
    if rng.random() < 0.5:
        wide = rng.uniform(0.14, 0.2)
        points = [
            (0.92, 1.0), (0.62, 0.62), (0.36, 0.3), (0.5 - wide, 0.14), (0.48, 0.0),
            (0.48 + wide, 0.12), (0.5, 0.38), (0.2, 0.62), (0.16, 0.82), (0.38, 0.99),
            (0.66, 0.86), (0.9, rng.uniform(0.45, 0.6)),
        ]  # fmt: skip
        return [smooth([hand.about(rng, point) for point in points])]
    wide, waist = rng.uniform(0.2, 0.3), rng.uniform(0.42, 0.5)
    upper = arc((0.5, waist / 2 + 0.05), (wide, waist / 2 - 0.05), rng.uniform(-40, -10), -235)
    lower = arc((0.5, (0.95 + waist) / 2), (wide * 1.15, (0.95 - waist) / 2), 230, 20)
    bar = hand.bow(
        rng,
        (0.52, -rng.uniform(0.06, 0.14)),
        (hand.about(rng, (0.5, 0))[0], 1 + rng.uniform(0.05, 0.14)),
    )
    return [smooth([*upper, (0.55, waist), *lower]), bar]


def question(rng: Random) -> Strokes:
    """Return a ?: a hook, open to the left, over a dot."""
    wide, size = rng.uniform(0.2, 0.3), rng.uniform(0.2, 0.26)
    hook = arc((0.5, size), (wide, size), -rng.uniform(160, 200), 40)
    end = (0.5 + rng.normal(0, 0.03), rng.uniform(0.68, 0.76))
    return [
        smooth([*hook, (0.53, rng.uniform(0.5, 0.56)), end]),
        hand.dot(rng, (end[0] + rng.normal(0, 0.03), rng.uniform(0.97, 1.03))),
    ]


def exclamation(rng: Random) -> Strokes:
    """Return a !: never without its dot, as the stroke alone is a 1."""
    lean = rng.normal(0.03, 0.05)
    foot = (0.5 - lean, rng.uniform(0.62, 0.7))
    return [
        hand.bow(rng, (0.5 + lean, rng.uniform(-0.05, 0.05)), foot),
        hand.dot(rng, (0.5 - 2 * lean + rng.normal(0, 0.03), rng.uniform(0.97, 1.03))),
    ]


def asterisk(rng: Random) -> Strokes:
    """Return a *: three or four short strokes across one point."""
    count = 3 if rng.random() < 0.75 else 4
    size, y, turn = rng.uniform(0.2, 0.34), rng.uniform(0.28, 0.5), rng.normal(90, 8)
    strokes = []
    for k in range(count):
        angle = np.deg2rad(turn + 180 * k / count + rng.normal(0, 5))
        reach = size * rng.uniform(0.8, 1.15) * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array(hand.about(rng, (0.5, y)))
        strokes.append(np.stack([middle - reach, middle + reach]))
    return strokes
