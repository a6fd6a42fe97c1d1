"""What lies on a page when it is photographed: pens, a telephone, a finger, a binding of wire."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.pages.arrays import Bytes, as_bytes, as_floats
from digitnet.pages.pen import Colour

_Values = NDArray[np.float64]

_Rng = np.random.Generator
_Shape = tuple[int, int]

_TRIES = 20
_PENS: tuple[Colour, ...] = ((30, 30, 35), (20, 40, 130), (200, 180, 40), (160, 30, 30))
_TELEPHONES: tuple[Colour, ...] = ((24, 24, 27), (40, 40, 46), (16, 18, 30))
_SKINS: tuple[Colour, ...] = ((205, 150, 125), (150, 105, 80), (90, 62, 48), (225, 178, 155))
_WIRES: tuple[Colour, ...] = ((40, 40, 44), (70, 70, 76), (110, 110, 115))


def lay(
    picture: Bytes, count: int, taken: Bytes, size: float, rng: _Rng, *, on_table: bool = False
) -> None:
    """Lay things on a page, each where there is room, with the shadow that it casts.

    Args:
        picture: uint8 (height, width, 3), in place.
        count: how many are tried.
        taken: uint8 (height, width), 1 where nothing may lie; what is laid is added.
        size: of the writing in the picture, in pixels.
        rng: decides what lies where.
        on_table: the picture shows a table: no page fills it, whose binding one would see.
    """
    possible = _THINGS[:-1] if on_table else _THINGS
    for _ in range(count):
        make, colours = possible[int(rng.integers(len(possible)))]
        colour = np.array(colours[int(rng.integers(len(colours)))]) * rng.uniform(0.7, 1.1)
        for _ in range(_TRIES):
            mask = make(taken.shape, size, rng)
            if not (mask & taken).any():
                _put(picture, mask, colour)
                taken |= mask
                break


def _put(picture: Bytes, mask: Bytes, colour: _Values) -> None:
    """Lay what a mask shows on a picture: round, so that its rim is darker than its middle."""
    drop = max(min(mask.shape) // 90, 1)
    aside = np.array([[1, 0, drop], [0, 1, drop]], np.float32)
    cast = cv2.warpAffine(mask.astype(np.float32), aside, mask.shape[::-1])
    shadow = as_floats(cv2.GaussianBlur(cast, (0, 0), drop))
    picture[:] = picture * (1 - np.float32(0.45) * shadow)[:, :, None]
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    shade = 0.75 + 0.4 * np.sqrt(depth / max(float(depth.max()), 1.0))
    here = mask > 0
    picture[here] = np.clip(shade[here][:, None] * colour, 0, 255).astype(np.uint8)


def _pen(shape: _Shape, size: float, rng: _Rng) -> Bytes:
    width = size * rng.uniform(0.35, 1.0)
    half = min(7 * width, 0.6 * min(shape))
    angle = rng.uniform(0, np.pi)
    reach = half * np.array([np.cos(angle), np.sin(angle)])
    middle = rng.uniform(0, 1, 2) * shape[::-1]
    return _bar(shape, middle - reach, middle + reach, width)


def _telephone(shape: _Shape, size: float, rng: _Rng) -> Bytes:  # noqa: ARG001
    side = min(shape) * rng.uniform(0.15, 0.4)
    x, y = (rng.uniform(0, 1, 2) * shape[::-1]).tolist()
    corners = cv2.boxPoints(((x, y), (side, 2 * side), float(rng.uniform(0, 180))))
    return as_bytes(cv2.fillPoly(np.zeros(shape, np.uint8), [corners.astype(np.int32)], 1))


def _finger(shape: _Shape, size: float, rng: _Rng) -> Bytes:  # noqa: ARG001
    """It reaches in from one of the edges."""
    width = min(shape) * rng.uniform(0.06, 0.14)
    length = min(shape) * rng.uniform(0.05, 0.25)
    axis, is_far = int(rng.integers(2)), bool(rng.integers(2))
    start, end = np.zeros(2), np.zeros(2)
    start[axis], end[axis] = -width, length
    if is_far:
        start[axis], end[axis] = shape[1 - axis] + width, shape[1 - axis] - length
    start[1 - axis] = rng.uniform(0.1, 0.9) * shape[axis]
    end[1 - axis] = start[1 - axis] + rng.uniform(-0.3, 0.3) * length
    return _bar(shape, start, end, width)


def _binding(shape: _Shape, size: float, rng: _Rng) -> Bytes:  # noqa: ARG001
    """Holes along the upper or the left edge, and the wire that goes through them."""
    is_upper = bool(rng.integers(2))
    mask = np.zeros(shape if is_upper else shape[::-1], np.uint8)
    radius = max(min(shape) * rng.uniform(0.006, 0.014), 1.5)
    away = round(3 * radius)
    for x in np.linspace(0, mask.shape[1], int(rng.integers(12, 30)))[1:-1].astype(int).tolist():
        cv2.circle(mask, (x, away), round(radius), 1, -1)
        cv2.line(mask, (x, away), (x, 0), 1, max(1, round(radius / 2)))
    return mask if is_upper else np.ascontiguousarray(mask.T)


def _bar(shape: _Shape, start: _Values, end: _Values, width: float) -> Bytes:
    ends = (tuple(map(int, start)), tuple(map(int, end)))
    return as_bytes(cv2.line(np.zeros(shape, np.uint8), *ends, 1, max(2, round(width))))


_THINGS: tuple[tuple[Callable[[_Shape, float, _Rng], Bytes], tuple[Colour, ...]], ...] = (
    (_pen, _PENS),
    (_telephone, _TELEPHONES),
    (_finger, _SKINS),
    (_binding, _WIRES),
)
