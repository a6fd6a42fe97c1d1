"""Chinese characters beside numbers: of money, dates, houses and things."""

from __future__ import annotations

from digitnet.pages.signs import hand
from digitnet.pages.signs.hand import Random, Strokes
from digitnet.pages.strokes import smooth


def yuan(rng: Random) -> Strokes:
    """Return a 元, the unit of money."""
    left = [(0.4, 0.42), (0.36, 0.72), (0.08, 1.0)]
    right = [(0.62, 0.42), (0.6, 0.86), (0.72, 0.97), (0.93, 0.94), (0.97, 0.78)]
    first, second, *_ = hand.character(
        rng, [(0.28, 0.1), (0.74, 0.08)], [(0.05, 0.42), (0.95, 0.4)]
    )
    return [first, second, smooth([hand.about(rng, point) for point in left]),
            smooth([hand.about(rng, point) for point in right])]  # fmt: skip


def year(rng: Random) -> Strokes:
    """Return a 年, which stands behind a year."""
    return hand.character(
        rng,
        [(0.34, -0.02), (0.14, 0.3)],
        [(0.3, 0.17), (0.84, 0.14)],
        [(0.31, 0.42), (0.8, 0.4)],
        [(0.3, 0.42), (0.3, 0.68)],
        [(0.03, 0.69), (0.98, 0.66)],
        [(0.57, 0.16), (0.57, 1.06)],
        running=False,
    )


def month(rng: Random) -> Strokes:
    """Return a 月, which stands behind a month."""
    return hand.character(
        rng,
        [(0.28, 0.04), (0.27, 0.6), (0.1, 1.0)],
        [(0.29, 0.05), (0.77, 0.03), (0.77, 0.97), (0.64, 0.9)],
        [(0.3, 0.34), (0.74, 0.33)],
        [(0.29, 0.62), (0.75, 0.61)],
    )


def day(rng: Random) -> Strokes:
    """Return a 日, which stands behind a day: always with its middle bar, else it is a 0."""
    return hand.character(
        rng,
        [(0.22, 0.04), (0.23, 0.99)],
        [(0.23, 0.05), (0.77, 0.03), (0.77, 0.99)],
        [(0.25, 0.49), (0.75, 0.48)],
        [(0.25, 0.93), (0.76, 0.92)],
        running=False,  # With round corners it is an 8.
    )


def ordinal(rng: Random) -> Strokes:
    """Return a 号, which stands behind the number of a house, a room or a day."""
    return hand.character(
        rng,
        [(0.28, 0.03), (0.29, 0.34)],
        [(0.28, 0.05), (0.73, 0.03), (0.71, 0.34)],
        [(0.3, 0.32), (0.71, 0.31)],
        [(0.04, 0.49), (0.96, 0.47)],
        [(0.4, 0.49), (0.33, 0.67), (0.75, 0.65), (0.7, 0.96), (0.55, 0.98), (0.47, 0.9)],
    )


def piece(rng: Random) -> Strokes:
    """Return a 个, which stands behind the number of things."""
    return hand.character(
        rng,
        [(0.52, 0.0), (0.34, 0.26), (0.05, 0.48)],
        [(0.53, 0.03), (0.7, 0.26), (0.97, 0.46)],
        [(0.52, 0.4), (0.51, 1.05)],
    )
