"""What no hand does the same way twice: points, bows, bars and dots."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from digitnet.pages.strokes import Point, Stroke, line, smooth

Random = np.random.Generator
Strokes = list[Stroke]

_RUNNING = 0.3  # of the writers round the corners of characters and join strokes


def about(rng: Random, point: Point, by: float = 0.02) -> Point:
    """Return a point near another: no hand meets one twice."""
    return point[0] + rng.normal(0, by), point[1] + rng.normal(0, by)


def bow(rng: Random, start: Point, end: Point, by: float = 0.03) -> Stroke:
    """Return a line that is not quite straight."""
    bend = rng.normal(0, by)
    middle = (
        (start[0] + end[0]) / 2 + bend * (end[1] - start[1]),
        (start[1] + end[1]) / 2 - bend * (end[0] - start[0]),
    )
    return smooth([start, middle, end])


def bar(rng: Random, y: float, left: float, right: float, tilt: float = 0.03) -> Stroke:
    """Return a level bar."""
    climb = rng.normal(-0.01, tilt)
    ends = (left + rng.normal(0, 0.03), y - climb), (right + rng.normal(0, 0.03), y + climb)
    return bow(rng, *ends)


def tilted(stroke: Stroke, tilt: float) -> Stroke:
    """Return the stroke climbing by twice ``tilt`` from its left end to its right one."""
    x = stroke[:, 0]
    share = (x - x.mean()) / max(float(np.ptp(x)) / 2, 1e-6)
    return np.stack([x, stroke[:, 1] + tilt * share], axis=1)


def dot(rng: Random, at: Point) -> Stroke:
    """Return a dot: a stroke hardly longer than the pen is wide, in any direction."""
    angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.005, 0.035)
    step = (reach * float(np.cos(angle)), reach * float(np.sin(angle)))
    return line((at[0] - step[0], at[1] - step[1]), (at[0] + step[0], at[1] + step[1]))


def character(rng: Random, *strokes: list[Point], running: bool = True) -> Strokes:
    """Return the strokes of a character as some hand writes them.

    Args:
        rng: decides how.
        strokes: the corners of each, as in print.
        running: whether a hand in a hurry may round the corners.
    """
    rounds = running and rng.random() < _RUNNING
    wide = np.exp(rng.normal(0, 0.1))
    written = []
    for corners in strokes:
        points = [about(rng, point, 0.028) for point in corners]
        if rounds and len(points) > 2:
            stroke = smooth(points)
        else:
            stroke = np.concatenate([bow(rng, a, b, 0.025) for a, b in pairwise(points)])
        written.append((stroke - (0.5, 0)) * (wide, 1) + (0.5, 0))
    return written
