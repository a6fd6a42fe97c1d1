"""The signs of currencies."""

from __future__ import annotations

from digitnet.pages.signs import hand
from digitnet.pages.signs.hand import Random, Strokes
from digitnet.pages.strokes import arc, smooth


def euro(rng: Random) -> Strokes:
    """Return a €: a round or a narrow C with two bars across its back."""
    wide, high = rng.uniform(0.32, 0.46), rng.uniform(0.42, 0.52)
    back = 0.55 - wide
    y, apart = rng.uniform(0.46, 0.55), rng.uniform(0.07, 0.11)
    bow = arc((0.55, 0.5), (wide, high), rng.uniform(-65, -35), -rng.uniform(295, 325))
    reach = rng.uniform(0.3, 0.65)
    bars = [
        hand.tilted(
            hand.bar(rng, y + side * apart, back - rng.uniform(0.1, 0.2), back + reach, 0.01), -0.02
        )
        for side in (-1, 1)
    ]
    return [smooth(bow), *bars]


def dollar(rng: Random) -> Strokes:
    """Return a $: an S and one bar through it, or two, that stand out above and below."""
    wide, waist = rng.uniform(0.2, 0.3), rng.uniform(0.44, 0.54)
    upper = arc((0.5, waist / 2 + 0.05), (wide, waist / 2 - 0.05), rng.uniform(-40, -15), -240)
    lower = arc(
        (0.5, (0.95 + waist) / 2), (wide * 1.1, (0.95 - waist) / 2), -60, rng.uniform(140, 170)
    )
    lean = rng.normal(0.02, 0.04)
    places = (-0.06, 0.06) if rng.random() < 0.15 else (rng.normal(0, 0.02),)
    bars = [
        hand.bow(
            rng,
            (0.5 + at + lean, -rng.uniform(0.08, 0.16)),
            (0.5 + at - lean, 1.0 + rng.uniform(0.06, 0.16)),
        )
        for at in places
    ]
    return [smooth([*upper, (0.5, waist), *lower]), *bars]


def pound(rng: Random) -> Strokes:
    """Return a £: with a loop at its foot, or without; one bar or two."""
    stem, y = rng.uniform(0.36, 0.46), rng.uniform(0.46, 0.6)
    head = [
        hand.about(rng, (0.78, 0.2)),
        hand.about(rng, (0.62, 0.0)),
        (stem + 0.02, rng.uniform(0.12, 0.22)),
        (stem, 0.45),
        (stem, 0.7),
    ]
    if rng.random() < 0.5:
        loop = [(stem - 0.08, 0.92), (stem - 0.22, 0.99), (stem - 0.24, 0.87), (stem - 0.1, 0.85)]
        foot = [(stem + 0.15, 0.95), (0.72, 1.0), hand.about(rng, (0.88, 0.88))]
        body = [smooth([*head, *loop, *foot])]
    else:
        corner = (stem - rng.uniform(0.1, 0.2), 0.98)
        body = [
            smooth([*head, corner]),
            smooth([corner, (0.5, rng.uniform(0.93, 1.0)), hand.about(rng, (0.86, 0.97))]),
        ]
    heights = (y,) if rng.random() < 0.8 else (y - 0.05, y + 0.08)
    return [
        *body,
        *(hand.bar(rng, at, stem - 0.2, stem + rng.uniform(0.2, 0.32)) for at in heights),
    ]


def yen(rng: Random) -> Strokes:
    """Return a ¥: a Y with two bars across its stem."""
    knot = hand.about(rng, (0.5, rng.uniform(0.4, 0.5)))
    half, apart = rng.uniform(0.22, 0.34), rng.uniform(0.07, 0.1)
    y = rng.uniform(0.6, 0.68)
    wide = rng.uniform(0.3, 0.42)
    foot = hand.about(rng, (0.5, 1.0))
    arms = [
        hand.bow(rng, hand.about(rng, (0.5 - wide, 0.0)), knot),
        hand.bow(rng, hand.about(rng, (0.5 + wide, -0.02)), knot),
    ]
    bars = [hand.bar(rng, y + side * apart, 0.5 - half, 0.5 + half, 0.015) for side in (-1, 1)]
    return [*arms, hand.bow(rng, knot, foot), *bars]


def cent(rng: Random) -> Strokes:
    """Return a ¢: a c as high as small letters, and a bar through it."""
    size = rng.uniform(0.25, 0.32)
    y = 1 - size
    bow = arc((0.5, y), (size * rng.uniform(0.8, 1.1), size), rng.uniform(-60, -35), -315)
    lean = rng.uniform(0, 0.14)
    bar = hand.bow(
        rng,
        (0.5 + lean, y - size - rng.uniform(0.1, 0.2)),
        (0.5 - lean, y + size + rng.uniform(0.08, 0.18)),
    )
    return [smooth(bow), bar]
