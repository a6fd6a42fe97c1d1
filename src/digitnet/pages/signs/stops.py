"""The little signs between numbers, and the strokes that part them."""

from __future__ import annotations

from digitnet.pages.signs import hand
from digitnet.pages.signs.hand import Random, Strokes
from digitnet.pages.strokes import Stroke, smooth


def minus(rng: Random) -> Strokes:
    """Return a -: a level bar at the middle of the digits."""
    half = rng.uniform(0.14, 0.34)
    return [hand.bar(rng, rng.uniform(0.48, 0.62), 0.5 - half, 0.5 + half)]


def point(rng: Random) -> Strokes:
    """Return a full stop, or the point in a decimal fraction."""
    return [hand.dot(rng, (0.5, rng.uniform(0.94, 1.02)))]


def comma(rng: Random) -> Strokes:
    """Return a comma: a short stroke through the line on which the digits stand."""
    top = (0.5, rng.uniform(0.9, 0.97))
    return [
        hand.bow(rng, top, (0.5 - rng.uniform(0.03, 0.12), top[1] + rng.uniform(0.12, 0.22)), 0.15)
    ]


def colon(rng: Random) -> Strokes:
    """Return a colon, as in a time: two dots."""
    low, high = rng.uniform(0.82, 0.98), rng.uniform(0.3, 0.5)
    return [hand.dot(rng, (rng.normal(0.5, 0.02), y)) for y in (high, low)]


def slash(rng: Random) -> Strokes:
    """Return a /: some hands hardly let it stand out, others far, above and below."""
    above, below = rng.uniform(0.03, 0.3, 2)
    half = 0.5 * rng.uniform(0.2, 0.6)
    return [hand.bow(rng, (0.5 + half, -above), (0.5 - half, 1 + below))]


def opening(rng: Random) -> Strokes:
    """Return a (, which bends to the left."""
    return [_bracket(rng, -1)]


def closing(rng: Random) -> Strokes:
    """Return a ), which bends to the right."""
    return [_bracket(rng, 1)]


def _bracket(rng: Random, side: int) -> Stroke:
    above, below = rng.uniform(0.0, 0.2, 2)
    deep, lean = side * rng.uniform(0.12, 0.3), rng.normal(0.02, 0.03)
    middle = (0.5 + deep / 2, rng.uniform(0.42, 0.58))
    return smooth(
        [
            (0.5 - deep / 2 + lean, -above),
            hand.about(rng, (0.5 + 0.3 * deep + lean / 2, 0.18)),
            middle,
            hand.about(rng, (0.5 + 0.3 * deep - lean / 2, 0.82)),
            (0.5 - deep / 2 - lean, 1 + below),
        ]
    )
