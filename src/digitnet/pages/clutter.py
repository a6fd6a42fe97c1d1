"""What lies about on pages and is no digit: print, smudges, crossings-out, staples, drawings."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.pages.arrays import Bytes, Floats, as_floats
from digitnet.pages.page import Box
from digitnet.pages.pen import Draughtsman, Ink, Strokes, render
from digitnet.pages.plan import Plan

_WORDS = tuple(
    "Name Date Total Account Telephone Street Amount Number Reference Please return Invoice "  # noqa: SIM905
    "Signature Customer Department page Remarks Received Quantity Weight Serial Order Paid "
    "from until Mathematics Homework Exercise Result Visitors Kitchen Garden Tuesday March".split()
)
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
_TRIES = 12
_LOOKALIKES = "OQDGSZBIYbgiloqsyz"  # in some font or hand

_Made = tuple[Floats, Ink, list[Box]]  # how much ink, of which kind, and where letters like digits


def scatter(
    plan: Plan, taken: Bytes, size: float, brush: Draughtsman, rng: np.random.Generator
) -> tuple[Box, ...]:
    """Put things that are no digits where there is room.

    Args:
        plan: the page; `clutter` says how many things are tried.
        taken: uint8, (height, width), 1 where nothing may lie; what is put is added.
        size: of the writing in the picture, in pixels.
        brush: draws on the picture.
        rng: decides what lies where.

    Returns:
        The boxes of letters that look like digits.
    """
    lookalikes: list[Box] = []
    for _ in range(plan.clutter):
        make = _THINGS[int(rng.choice(len(_THINGS), p=_SHARES))]
        alpha, ink, letters = make(plan, size, rng)
        place = _room(taken, alpha.shape, rng)
        if place is not None:
            left, top = place
            taken[top : top + alpha.shape[0], left : left + alpha.shape[1]] = 1
            brush.lay(alpha, left, top, ink)
            lookalikes += [(left + x, top + y, w, h) for x, y, w, h in letters]
    return tuple(lookalikes)


def _room(taken: Bytes, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, int] | None:
    height, width = shape
    for _ in range(_TRIES):
        if height >= taken.shape[0] or width >= taken.shape[1]:
            return None
        top = int(rng.integers(0, taken.shape[0] - height))
        left = int(rng.integers(0, taken.shape[1] - width))
        if not taken[top : top + height, left : left + width].any():
            return left, top
    return None


def _word(_plan: Plan, size: float, rng: np.random.Generator) -> _Made:
    text = " ".join(rng.choice(_WORDS, int(rng.integers(1, 3))))
    font = int(rng.choice(_FONTS))
    scale = rng.uniform(0.3, 0.75) * size / 21
    thick = max(1, round(scale * rng.uniform(0.8, 2.2)))
    (width, height), below = cv2.getTextSize(text, font, scale, thick)
    pad = thick + 2
    patch = np.zeros((height + below + 2 * pad, width + 2 * pad), np.uint8)
    cv2.putText(patch, text, (pad, height + pad), font, scale, 255, thick, cv2.LINE_AA)
    shade = float(rng.uniform(10, 110))
    ends = [pad + cv2.getTextSize(text[:n], font, scale, thick)[0][0] for n in range(len(text) + 1)]
    letters = [
        _ink_box(patch, start, end)
        for letter, (start, end) in zip(text, pairwise(ends), strict=True)
        if letter in _LOOKALIKES
    ]
    return as_floats(patch) / np.float32(255), Ink((shade, shade, shade), unevenness=0.0), letters


def _ink_box(patch: Bytes, start: int, end: int) -> Box:
    x, y, width, height = cv2.boundingRect(patch[:, start:end])
    return start + x, y, width, height


def _smudge(plan: Plan, size: float, rng: np.random.Generator) -> _Made:
    side = max(int(size * rng.uniform(0.8, 2.5)), 8)
    patch = np.zeros((side, side), np.float32)
    axes = rng.uniform(0.15, 0.5, 2) * side
    cv2.ellipse(patch, ((side / 2, side / 2), tuple(axes), float(rng.uniform(0, 180))), 1.0, -1)
    soft = cv2.GaussianBlur(patch, (0, 0), side * rng.uniform(0.06, 0.14))
    return as_floats(soft), Ink(plan.inks[0].colour, float(rng.uniform(0.08, 0.35)), 0.3, 0.5), []


def _crossing_out(plan: Plan, size: float, rng: np.random.Generator) -> _Made:
    width = size * rng.uniform(1.0, 3.0)
    turns = int(rng.integers(9, 18))
    x = np.linspace(0, width, turns) + rng.normal(0, 0.08, turns) * size
    y = np.where(np.arange(turns) % 2, 0.0, 0.75 * size) + rng.normal(0, 0.1, turns) * size
    path = _curve(np.stack([x, y], axis=1))
    return _drawn([path], plan, size), plan.inks[0], []


def _staple(plan: Plan, size: float, rng: np.random.Generator) -> _Made:
    length = max(size * rng.uniform(0.5, 0.9), 12)
    angle = rng.uniform(0.3, 0.9) * rng.choice([-1, 1])
    way = np.array([np.cos(angle), np.sin(angle)]) * length
    tip = np.array([-way[1], way[0]]) * 0.12
    path = np.stack([tip, np.zeros(2), way, way + tip])
    return _drawn([path], plan, size), Ink((120, 122, 128), 0.9, 0.0, 0.3), []


def _hole(_plan: Plan, size: float, rng: np.random.Generator) -> _Made:
    radius = max(size * rng.uniform(0.25, 0.5), 5)
    side = int(2 * radius) + 6
    patch = np.zeros((side, side), np.float32)
    cv2.circle(patch, (side // 2, side // 2), int(radius), 1.0, -1, cv2.LINE_AA)
    shade = float(rng.uniform(20, 90))
    soft = as_floats(cv2.GaussianBlur(patch, (0, 0), 0.8))
    return soft, Ink((shade, shade, shade), 0.9, 0.0, 0.0), []


def _drawing(plan: Plan, size: float, rng: np.random.Generator) -> _Made:
    """A house, a star, a heart, an arrow, a wave or a spiral."""
    turn = np.linspace(0, 2 * np.pi, 60)
    house = np.array([(0, 1), (0, 0.45), (0.5, 0), (1, 0.45), (1, 1), (0, 1), (1, 0.45), (0, 0.45)])
    ray = np.pi / 2 + np.arange(6) * 4 * np.pi / 5
    star = np.stack([np.cos(ray), -np.sin(ray)], axis=1) / 2
    heart = np.stack(
        [
            np.sin(turn) ** 3,
            -(13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn)) / 16,
        ],
        axis=1,
    )
    arrow = np.array([(0, 0.5), (1.6, 0.5), (1.2, 0.2), (1.6, 0.5), (1.2, 0.8)])
    wave = np.stack([turn / 2, 0.2 * np.sin(3 * turn)], axis=1)
    spiral = np.stack([turn * np.cos(3 * turn), turn * np.sin(3 * turn)], axis=1) / 9
    shapes = (house, star, heart / 2, arrow, wave, spiral)
    shape = shapes[int(rng.integers(len(shapes)))] * size * rng.uniform(0.9, 2.0)
    return _drawn([_curve(shape)], plan, size), plan.inks[0], []


def _curve(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """More points between, a little rounded."""
    steps = np.arange(len(points))
    fine = np.linspace(0, len(points) - 1, 10 * len(points))
    dense = np.stack([np.interp(fine, steps, points[:, axis]) for axis in (0, 1)], axis=1)
    weights = np.ones(5) / 5
    padded = np.pad(dense, ((2, 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, axis], weights, "valid") for axis in (0, 1)], axis=1)


def _drawn(paths: list[NDArray[np.float64]], plan: Plan, size: float) -> Floats:
    radius = max(plan.pen * size, plan.least_pen) / 2
    strokes: Strokes = [
        (path.astype(np.float32), np.full(len(path), radius, np.float32)) for path in paths
    ]
    return render(strokes)[0]


_Thing = Callable[[Plan, float, np.random.Generator], _Made]
_THINGS: tuple[_Thing, ...] = (_word, _smudge, _crossing_out, _staple, _hole, _drawing)
_SHARES = (0.45, 0.13, 0.14, 0.08, 0.06, 0.14)
