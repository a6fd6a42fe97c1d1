"""Marks beside numbers: ticks, arrows, stars, faces, tallies, crossings-out."""

from __future__ import annotations

import numpy as np

from digitnet.pages.signs import hand
from digitnet.pages.signs.hand import Random, Strokes
from digitnet.pages.strokes import arc, line, smooth


def tick(rng: Random) -> Strokes:
    """Return a tick: a short way down, and a long one up."""
    corner = hand.about(rng, (0.36, 0.95), 0.05)
    start = (corner[0] - rng.uniform(0.14, 0.3), corner[1] - rng.uniform(0.2, 0.42))
    end = (corner[0] + rng.uniform(0.4, 0.7), rng.uniform(-0.2, 0.2))
    if rng.random() < 0.3:
        return [smooth([start, corner, end])]
    return [np.concatenate([hand.bow(rng, start, corner), hand.bow(rng, corner, end)])]


def arrow(rng: Random) -> Strokes:
    """Return an arrow to the right."""
    y, tip = rng.uniform(0.45, 0.65), (rng.uniform(1.0, 1.3), rng.uniform(0.45, 0.65))
    back, open_by = tip[0] - rng.uniform(0.2, 0.4), rng.uniform(0.14, 0.28)
    head = [hand.about(rng, (back, tip[1] + side * open_by), 0.03) for side in (-1, 1)]
    return [hand.bow(rng, (-0.1, y), tip), line(head[0], tip, head[1])]


def star(rng: Random) -> Strokes:
    """Return a star of five points in one line."""
    turn = rng.normal(0, 0.1)
    angles = np.pi / 2 + turn + np.arange(6) * 4 * np.pi / 5
    radius = rng.uniform(0.4, 0.55)
    points = [(0.5 + radius * np.cos(a), 0.5 - radius * np.sin(a)) for a in angles.tolist()]
    return [line(*(hand.about(rng, point, 0.03) for point in points))]


def face(rng: Random) -> Strokes:
    """Return a face that smiles, or does not."""
    radii = rng.uniform(0.42, 0.55), rng.uniform(0.42, 0.55)
    outline = smooth(arc((0.5, 0.5), radii, -100, 265 + rng.normal(0, 8)))
    eyes = [hand.dot(rng, hand.about(rng, (0.5 + side * 0.17, 0.35))) for side in (-1, 1)]
    start, end = (20, 160) if rng.random() < 0.8 else (-150, -30)
    middle = 0.55 if start > 0 else 0.85
    return [outline, *eyes, smooth(arc((0.5, middle), (0.24, 0.2), start, end))]


def tally(rng: Random) -> Strokes:
    """Return a five of a tally: four strokes, and one across them."""
    uprights = [
        hand.bow(rng, hand.about(rng, (x, 0.0), 0.03), hand.about(rng, (x, 1.0), 0.03))
        for x in (0.05, 0.35, 0.65, 0.95)
    ]
    low, high = rng.uniform(0.6, 0.9), rng.uniform(0.1, 0.4)
    return [*uprights, hand.bow(rng, (-0.15, low), (1.15, high))]


def crossing_out(rng: Random) -> Strokes:
    """Return what is left of a word or a number over which a pen went to and fro."""
    turns = int(rng.integers(9, 15))
    x = np.linspace(0, rng.uniform(0.9, 1.3), turns) + rng.normal(0, 0.05, turns)
    y = np.where(np.arange(turns) % 2, 0.1, 0.9) + rng.normal(0, 0.08, turns)
    return [smooth(list(zip(x.tolist(), y.tolist(), strict=True)))]
