"""Printed boxes and lines in which digits are written: on forms, in exercise books, in combs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from digitnet.pages.arrays import Floats
from digitnet.pages.layout import CELL, WrittenLine
from digitnet.pages.pen import Strokes
from digitnet.pages.plan import Plan

_PAD = 0.18  # of the size of the writing: between it and a box
_TOOTH = 0.4  # of the size: how far up a comb's teeth reach

Corner = tuple[float, float]


def stroke(start: Corner, end: Corner, width: float) -> tuple[Floats, Floats]:
    """Return a printed line of this width as a path with its radii."""
    points = np.linspace(start, end, 24).astype(np.float32)
    return points, np.full(24, width / 2, np.float32)


def boxes(plan: Plan, line: WrittenLine) -> Strokes:
    """Return what is printed around one line of writing."""
    left, top, right, bottom = line.extent()
    size, width = line.size, plan.rule_width
    if plan.ruling == "underlines":
        y = bottom + 0.1 * size
        return [stroke((left - 0.4 * size, y), (right + 0.6 * size, y), width)]
    if not plan.has_cells:
        return _frame((left - 0.3 * size, top - _PAD * size),
                      (right + 0.3 * size, bottom + _PAD * size), width)  # fmt: skip
    edges = _edges(plan, line)
    if plan.ruling == "squares":
        return _squares(plan, edges, (top + bottom) / 2)
    if plan.ruling == "combs":
        return _comb(plan, edges, bottom + 0.12 * size, _TOOTH * size)
    top, bottom = top - _PAD * size, bottom + _PAD * size
    inner = [((x, top), (x, bottom)) for x in edges[1:-1]]
    if plan.ruling == "dashed":
        outer = pairwise([(edges[0], top), (edges[-1], top), (edges[-1], bottom),
                          (edges[0], bottom), (edges[0], top)])  # fmt: skip
        return [dash for ends in (*inner, *outer) for dash in _dashed(plan, *ends)]
    sides = [stroke(*ends, width) for ends in inner]
    return sides + _frame((edges[0], top), (edges[-1], bottom), width)


def _edges(plan: Plan, line: WrittenLine) -> list[float]:
    """Where one place for a digit ends and the next begins; some stay empty at the end."""
    pitch = CELL * line.size
    room = int((plan.width - line.start) / pitch) - len(line.marks)
    count = len(line.marks) + max(min(plan.spare, room), 0)
    return [line.start + number * pitch for number in range(count + 1)]


def _frame(corner: Corner, other: Corner, width: float) -> Strokes:
    (left, top), (right, bottom) = corner, other
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [stroke(a, b, width) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]


def _squares(plan: Plan, edges: list[float], middle: float) -> Strokes:
    """Squares as Chinese children learn to write in: quartered by dashed lines."""
    half = (edges[1] - edges[0]) / 2
    top, bottom = middle - half, middle + half
    strokes = _frame((edges[0], top), (edges[-1], bottom), plan.rule_width)
    strokes += [stroke((x, top), (x, bottom), plan.rule_width) for x in edges[1:-1]]
    strokes += _dashed(plan, (edges[0], middle), (edges[-1], middle))
    for x in edges[:-1]:
        strokes += _dashed(plan, (x + half, top), (x + half, bottom))
    return strokes


def _comb(plan: Plan, edges: list[float], foot: float, tooth: float) -> Strokes:
    """A line below the writing with short strokes on it between the digits."""
    base = stroke((edges[0], foot), (edges[-1], foot), plan.rule_width)
    return [base, *(stroke((x, foot - tooth), (x, foot), plan.rule_width) for x in edges)]


def _dashed(plan: Plan, start: Corner, end: Corner) -> Strokes:
    """A dashed line, level or upright, down or to the right."""
    dash, gap = plan.dash[0] * plan.digit_height, plan.dash[1] * plan.digit_height
    first, last = np.array(start), np.array(end)
    length = float(np.hypot(*(last - first)))
    way = (last - first) / length
    return [
        stroke(
            tuple(first + at * way), tuple(first + min(at + dash, length) * way), plan.rule_width
        )
        for at in np.arange(0, length, dash + gap).tolist()
    ]
