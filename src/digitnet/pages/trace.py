"""From the pixels of a digit to the strokes that a pen would make.

A 28×28 image is too coarse to be shown at the size of a photo. So its middle lines are found
(thinning) and followed as paths, along which a pen of any width can be drawn at any size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from digitnet.pages.arrays import Bytes, Floats, as_bytes, as_floats

_ZOOM = 4  # thinning works on pixels a quarter as wide as MNIST's
_MARGIN = 2  # MNIST's pixels: some digits reach the edge of their image
_TILE = (28 + 2 * _MARGIN) * _ZOOM
_BODY = 20.0 * _ZOOM  # MNIST fits a digit into 20×20 pixels: the unit of length of a glyph
_LEAST_PART = 0.06  # of the ink: smaller parts are specks, or bits of a neighbour
_NARROW = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5 * _ZOOM + 1, 5 * _ZOOM + 1))
_BLOB = 2.0  # a place this much thicker than the strokes is a loop that ran full
_THICK = 2.1 / 20  # a stroke of more than this radius hides how the pen went
_LOST = 0.05  # more of the ink than this away from the strokes found: they are not the digit


@dataclass(frozen=True)
class Glyph:
    """A digit as strokes. Lengths are in digit heights; y points down.

    Attributes:
        paths: the middle lines, each float32 (n, 2), as (x, y).
        radii: half the width of the stroke in the original at each point, each float32 (n,).
        faithful: whether the strokes are the digit. Where a loop ran full of ink or two strokes
            ran together, the middle line is that of the blot, and may be another digit or none.
    """

    paths: tuple[Floats, ...]
    radii: tuple[Floats, ...]
    faithful: bool


def trace(images: Bytes) -> Iterator[Glyph]:
    """Follow the strokes of digits.

    Args:
        images: uint8 (n, 28, 28), light ink on a dark ground, as in MNIST.

    Yields:
        One glyph an image, in order. An image without ink gives a glyph without paths.
    """
    masks = np.concatenate([_mask(image) for image in images])
    skeletons = _thin(masks)
    depth = as_floats(cv2.distanceTransform(masks, cv2.DIST_L2, 5))
    for top in range(0, len(masks), _TILE):
        yield _glyph(skeletons[top : top + _TILE], depth[top : top + _TILE])


def _mask(image: Bytes) -> Bytes:
    wide = np.pad(image, _MARGIN)
    large = cv2.resize(wide, (_TILE, _TILE), interpolation=cv2.INTER_CUBIC)
    large = as_bytes(cv2.GaussianBlur(large, (0, 0), 0.4 * _ZOOM))
    # Relative to the ink around, so that a grey gap between two dark strokes stays a gap.
    around = as_bytes(cv2.dilate(large, np.ones((5 * _ZOOM + 1, 5 * _ZOOM + 1), np.uint8)))
    # A loop too narrow for MNIST's pixels is only a lighter place among darker ones: open it.
    hollow = as_bytes(cv2.morphologyEx(large, cv2.MORPH_BLACKHAT, _NARROW))
    mask = as_bytes((large > 0.42 * around) & (large > 50) & (hollow < 0.12 * around))
    mask[[0, -1]] = 0
    mask[:, [0, -1]] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    ink = cv2.countNonZero(mask)
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] < _LEAST_PART * ink:
            mask[labels == part] = 0
    return mask


# Clockwise from north: bit i of a pixel's code says whether neighbour i is set.
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def _thinning_tables() -> tuple[Bytes, Bytes]:
    codes = np.arange(256)
    near = (codes[:, None] >> np.arange(8)) & 1
    count = near.sum(axis=1)
    rises = ((near == 0) & (np.roll(near, -1, axis=1) == 1)).sum(axis=1)
    border = (count >= 2) & (count <= 6) & (rises == 1)
    north, east, south, west = near[:, 0], near[:, 2], near[:, 4], near[:, 6]
    first = border & (north * east * south == 0) & (east * south * west == 0)
    second = border & (north * east * west == 0) & (north * south * west == 0)
    return first.astype(np.uint8), second.astype(np.uint8)


_TABLES = _thinning_tables()


def _thin(mask: Bytes) -> Bytes:
    """Thin to lines one pixel wide (Zhang and Suen 1984, Communications of the ACM 27(3))."""
    weights = np.zeros((3, 3), np.float32)
    for bit, (dy, dx) in enumerate(_AROUND):
        weights[1 + dy, 1 + dx] = 1 << bit
    thinned = mask.copy()
    while True:
        removed = 0
        for table in _TABLES:
            code = cv2.filter2D(thinned, cv2.CV_8U, weights, borderType=cv2.BORDER_CONSTANT)
            drop = cv2.bitwise_and(cv2.LUT(code, table), thinned)
            removed += cv2.countNonZero(drop)
            thinned -= as_bytes(drop)
        if not removed:
            return thinned


_Pixel = tuple[int, int]


def _glyph(skeleton: Bytes, depth: Floats) -> Glyph:
    neighbours = _graph(skeleton)
    paths, radii = [], []
    for chain in _chains(neighbours):
        rows, columns = np.array(chain).T
        radius = depth[rows, columns]
        ends = [len(neighbours[chain[0]]) == 1, len(neighbours[chain[-1]]) == 1]
        if ends[0] != ends[1] and len(chain) < 1.3 * radius.max():
            continue  # a spur that thinning leaves at the edge of a thick stroke
        points = np.stack([columns, rows], axis=1).astype(np.float32)
        path = _smooth(points, closed=chain[0] == chain[-1])
        path, radius = _extend(path, radius, ends)
        paths.append((path - _TILE / 2) / np.float32(_BODY))
        radii.append((radius / _BODY).astype(np.float32))
    return Glyph(tuple(paths), tuple(radii), _is_faithful(paths, radii, depth))


def _is_faithful(paths: list[Floats], radii: list[Floats], depth: Floats) -> bool:
    if not paths:
        return False
    mask = (depth > 0).astype(np.uint8)
    ink = cv2.countNonZero(mask)
    for path, radius in zip(paths, radii, strict=True):
        points = np.round((path * _BODY + _TILE / 2) * 16).astype(np.int32)
        widths = np.maximum(np.round(2 * radius * _BODY), 1).astype(int)
        for start in range(0, len(points) - 1, 3):
            width = int(widths[start : start + 4].max())
            cv2.polylines(mask, [points[start : start + 4]], False, 0, width, cv2.LINE_8, 4)
    every = np.concatenate(radii)
    full = float(every.max()) > _BLOB * float(np.median(every))
    thick = float(np.percentile(every, 90)) > _THICK
    return not full and not thick and cv2.countNonZero(mask) <= _LOST * ink


def _graph(skeleton: Bytes) -> dict[_Pixel, list[_Pixel]]:
    """Neighbours of every pixel, without the diagonals that an orthogonal way replaces."""
    pixels = {(y, x) for y, x in np.argwhere(skeleton).tolist()}
    graph: dict[_Pixel, list[_Pixel]] = {}
    for y, x in pixels:
        near = []
        for dy, dx in _AROUND:
            if (y + dy, x + dx) not in pixels:
                continue
            if dy and dx and ((y + dy, x) in pixels or (y, x + dx) in pixels):
                continue
            near.append((y + dy, x + dx))
        graph[y, x] = near
    return graph


def _chains(graph: dict[_Pixel, list[_Pixel]]) -> list[list[_Pixel]]:
    """Cut the graph at its ends and crossings; what has neither is a closed ring."""
    chains = []
    used: set[tuple[_Pixel, _Pixel]] = set()
    # Sorted, because the order of a set must not decide what a seed draws.
    order = sorted(graph)
    starts = [pixel for pixel in order if len(graph[pixel]) != 2]
    for start in starts + [pixel for pixel in order if len(graph[pixel]) == 2]:
        for step in graph[start]:
            if (start, step) in used:
                continue
            chain = [start, step]
            while len(graph[chain[-1]]) == 2 and chain[-1] != start:
                a, b = graph[chain[-1]]
                chain.append(b if a == chain[-2] else a)
            used.update(pairwise(chain))
            used.update(pairwise(chain[::-1]))
            chains.append(chain)
    return [*chains, *([pixel, pixel] for pixel in order if not graph[pixel])]


def _smooth(points: Floats, *, closed: bool) -> Floats:
    """Take out the pixels' stairs; the ends stay where they are."""
    reach = min(7, len(points) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / 2.5) ** 2)
    weights /= weights.sum()
    if closed:
        padded = np.concatenate([points[-1 - reach : -1], points, points[1 : 1 + reach]])
    else:
        before = 2 * points[0] - points[reach:0:-1]
        after = 2 * points[-1] - points[-2 : -2 - reach : -1]
        padded = np.concatenate([before, points, after])
    smooth = [np.convolve(padded[:, axis], weights, mode="valid") for axis in (0, 1)]
    return np.stack(smooth, axis=1).astype(np.float32)


def _extend(path: Floats, radius: Floats, ends: list[bool]) -> tuple[Floats, Floats]:
    """Give free ends back the length that thinning took."""
    for at_end in (False, True):
        path, radius = path[::-1], radius[::-1]
        if not ends[at_end]:
            continue
        step = path[-1] - path[max(-5, -len(path))]
        length = float(np.hypot(*step))
        if length > 0:
            tip = path[-1] + step / length * radius[-1] * 0.7
            path, radius = np.vstack([path, tip]), np.append(radius, radius[-1])
    return path, radius
