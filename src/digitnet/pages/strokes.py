"""Strokes as a hand moves: straight lines, arcs, and curves through points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Stroke = NDArray[np.float64]
"""A polyline: (points, 2), as (x, y), y downwards."""


def line(*points: Point) -> Stroke:
    """Return the straight lines from point to point."""
    return np.array(points, np.float64)


def arc(centre: Point, radii: Point, start: float, end: float) -> list[Point]:
    """Return points of an ellipse, from angle to angle in degrees; 0 is right and 90 is down."""
    steps = max(3, int(abs(end - start) / 25))
    angles = np.deg2rad(np.linspace(start, end, steps))
    return [
        (centre[0] + radii[0] * float(np.cos(a)), centre[1] + radii[1] * float(np.sin(a)))
        for a in angles
    ]


def smooth(points: Sequence[Point], per_piece: int = 8) -> Stroke:
    """Return the curve through the points: a centripetal-free Catmull-Rom spline.

    Catmull and Rom, *A class of local interpolating splines*, 1974.
    """
    knots = np.array([points[0], *points, points[-1]], np.float64)
    t = np.linspace(0, 1, per_piece, endpoint=False)[:, None]
    before, start, end, after = knots[:-3], knots[1:-2], knots[2:-1], knots[3:]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
               + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(before, start, end, after, strict=True)
    ]  # fmt: skip
    return np.concatenate([*pieces, knots[-1:]])


def dense(stroke: Stroke, step: float) -> Stroke:
    """Return the same line with points at most ``step`` apart; those it had are kept."""
    pieces = [
        np.linspace(start, end, max(1, int(np.ceil(np.hypot(*(end - start)) / step))) + 1)[:-1]
        for start, end in pairwise(stroke)
    ]
    return np.concatenate([*pieces, stroke[-1:]])
