"""How a cost grows: the exponent of its growth, and how straight a line it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Line:
    """The straight line nearest to some points, by least squares.

    Attributes:
        fixed: the cost of nothing.
        each: the cost of one more.
        r2: the share of the variance that the line explains: 1 where the points lie on it.
    """

    fixed: float
    each: float
    r2: float


def line(sizes: Sequence[float], costs: Sequence[float]) -> Line:
    """Fit a line to what it cost at each size; there must be two different sizes."""
    x, y = np.asarray(sizes, float), np.asarray(costs, float)
    each, fixed = np.polyfit(x, y, 1)
    rest, whole = y - (fixed + each * x), y - y.mean()
    varies = float(whole @ whole)
    return Line(float(fixed), float(each), 1 - float(rest @ rest) / varies if varies else 1.0)


def in_words(fitted: Line) -> str:
    """The line, in milliseconds and microseconds where it was fitted to seconds."""
    fixed = round(1e3 * fitted.fixed)
    each = f"{1e6 * fitted.each:,.0f} µs"
    return f"{fixed} ms + {each}" if fixed else each


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The power of the size by which the cost grows: 1 for a line through nothing, 2 for a square.

    It is the slope in logarithms, where every doubling counts the same.
    """
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])
