"""Straight lines in a mask: nearly level ones, and upright ones once it is turned."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.marks import find_marks, longer_sides, only_marks

CROSSING = 0.025  # of the page's longer side: the gap in a rule where a stroke crosses it
MAX_THICKNESS = 1 / 6  # of a rule's length
COARSE = tuple(
    float(angle) for angle in range(-18, 19, 3)
)  # degrees; pages are tilted by 15 at the most
FINE = (-2.25, -1.5, -0.75, 0.75, 1.5, 2.25)
DIRECTIONS = 3  # rules are not quite parallel on a photo: so many directions of each kind
SEARCH_SIDE = 400  # pixels: directions are looked for on a mask of this size


def pooled(mask: Mask, pool: int) -> Mask:
    """Shrink so that no ink is lost."""
    if pool == 1:
        return mask
    # The anchor makes every pixel the maximum of the square to its lower right.
    spread = cv2.dilate(mask, np.ones((pool, pool), np.uint8), anchor=(0, 0))
    return np.ascontiguousarray(spread[::pool, ::pool], np.uint8)


def turned(mask: Mask) -> Mask:
    """Make upright lines level, and the other way about."""
    return np.ascontiguousarray(cv2.transpose(mask), np.uint8)


def find_straight(mask: Mask, least: float) -> tuple[Mask, list[float]]:
    """The pixels of lines that run from left to right, and the slopes at which they do."""
    found = np.zeros_like(mask)
    angles: list[float] = []
    rest = mask
    for _ in range(DIRECTIONS):
        angle = _direction(rest, least)
        if angle is None:
            break
        lines = _lines_along(rest, angle, least)
        if not lines.any():
            break
        angles.append(angle)
        found |= lines
        rest = as_bytes(cv2.subtract(rest, lines))
    return found, angles


def lines_at(mask: Mask, angles: list[float], least: float) -> Mask:
    """The pixels of lines with one of these slopes."""
    found = np.zeros_like(mask)
    for angle in angles:
        found |= _lines_along(as_bytes(cv2.subtract(mask, found)), angle, least)
    return found


def longer(level: Mask, least: float, gap: float = CROSSING) -> Mask:
    """Of nearly level lines, those that are so long, with gaps where strokes cross them.

    Args:
        level: the lines.
        least: how long, in pixels.
        gap: the widest, as a share of the page's longer side.
    """
    across = np.ones((3, max(9, round(gap * max(level.shape)))), np.uint8)
    joined = cv2.morphologyEx(level, cv2.MORPH_CLOSE, across)
    labels, stats = find_marks(as_bytes(joined))
    return as_bytes(cv2.bitwise_and(level, only_marks(labels, longer_sides(stats) >= least)))


def _direction(mask: Mask, least: float) -> float | None:
    """The slope, in degrees, at which most ink lies on long straight lines."""
    pool = -(-max(mask.shape) // SEARCH_SIDE)
    small = pooled(mask, pool)
    run = np.ones((1, max(9, round(0.7 * least / pool))), np.uint8)

    def on_lines(angle: float) -> int:
        return cv2.countNonZero(cv2.erode(_shear(small, angle), run))

    # Level comes first among equals.
    counts = {angle: on_lines(angle) for angle in sorted(COARSE, key=abs)}
    coarse = max(counts, key=lambda angle: counts[angle])
    counts |= {coarse + step: on_lines(coarse + step) for step in FINE}
    best = max(counts, key=lambda angle: counts[angle])
    return best if counts[best] >= 0.3 * least / pool else None


def _lines_along(mask: Mask, angle: float, least: float) -> Mask:
    level = _shear(mask, angle)
    run = max(12, round(0.3 * least))
    lines = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    if not lines.any():
        return np.zeros_like(mask)
    # Bridge the gaps along the line, then keep what is long and thin.
    bridged = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((1, run), np.uint8))
    bridged = cv2.dilate(bridged, np.ones((3, 1), np.uint8))
    labels, stats = find_marks(as_bytes(bridged))
    count = len(stats)
    length = stats[:, cv2.CC_STAT_WIDTH]
    if length.max() < least:
        return np.zeros_like(mask)
    # The mean distance to the edge, over a bar, is a quarter of its width.
    depth = cv2.distanceTransform(level, cv2.DIST_L2, 3)
    on_line = labels[lines > 0]
    total = np.bincount(on_line, weights=depth[lines > 0], minlength=count)
    thickness = 4 * total / np.maximum(np.bincount(on_line, minlength=count), 1)
    rule = (length >= least) & (thickness <= MAX_THICKNESS * length)
    rule[0] = False
    if not rule.any():
        return np.zeros_like(mask)
    band = only_marks(labels, rule)
    typical = float(np.average(thickness[rule], weights=length[rule]))
    deepest = math.ceil(1.5 * typical) + 1
    deep = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((deepest + 1, 1), np.uint8))
    on_rule = cv2.bitwise_and(level, cv2.dilate(band, np.ones((3, 1), np.uint8)))
    rule_alone = as_bytes(cv2.subtract(on_rule, deep))
    return as_bytes(cv2.bitwise_and(_shear(rule_alone, angle, back=True), mask))


def _shear(mask: Mask, angle: float, *, back: bool = False) -> Mask:
    """Shift the columns so that lines of this slope become level."""
    height, width = mask.shape
    slope = math.tan(math.radians(angle))
    room = math.ceil(abs(slope) * width)
    offset = room if slope > 0 else 0
    if back:
        matrix = np.array([[1, 0, 0], [slope, 1, -offset]], np.float32)
        size = (width, height - room)
    else:
        matrix = np.array([[1, 0, 0], [-slope, 1, offset]], np.float32)
        size = (width, height + room)
    return cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_NEAREST).astype(np.uint8)
