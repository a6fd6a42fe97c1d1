"""Surroundings: what a digit on a real page has near it, across it, or has lost."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.training.variations.hand import crop
from digitnet.training.variations.pen import Ink

Random = np.random.Generator
INKED = 96  # of 255: from this much ink on, a pixel is part of a stroke


def with_rule_remains(ink: Ink, rng: Random) -> Ink:
    """Return the ink with pieces of a ruled line or of a form's box left over."""
    height, width = ink.shape
    out = ink.copy()
    shade, thick = int(rng.integers(60, 256)), int(rng.integers(1, 4))
    upright = rng.random() < 0.3
    length = height if upright else width
    at = int(rng.integers(2, (width if upright else height) - 2))
    if upright:  # Beside the digit, never through it: a second stem makes another digit.
        at = int(rng.choice((2, width - 3)))
    start = 0
    while start < length:
        end = start + int(rng.integers(3, max(5, length // 2)))
        if rng.random() < 0.45:
            ends = ((at, start), (at, end)) if upright else ((start, at), (end, at))
            cv2.line(out, *ends, shade, thick)
        start = end + 2
    return np.maximum(out, ink)


def with_gap(ink: Ink, rng: Random) -> Ink:
    """Return the ink with one or two short breaks, where the pen skipped."""
    out = ink.copy()
    rows, columns = np.nonzero(ink > 127)
    if len(rows) == 0:
        return out
    for _ in range(int(rng.integers(1, 3))):
        k = int(rng.integers(len(rows)))
        angle = rng.uniform(0, np.pi)
        reach = np.array([np.cos(angle), np.sin(angle)]) * 9
        centre = np.array([columns[k], rows[k]])
        a, b = (centre - reach).astype(int), (centre + reach).astype(int)
        cv2.line(out, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 0, int(rng.integers(1, 5)))
    return out


def with_specks(ink: Ink, rng: Random) -> Ink:
    """Return the ink with dots on the paper and pinholes in the strokes."""
    out = ink.copy()
    height, width = ink.shape
    for _ in range(int(rng.integers(1, 7))):
        at = int(rng.integers(width)), int(rng.integers(height))
        shade = 0 if rng.random() < 0.5 else int(rng.integers(80, 256))
        cv2.circle(out, at, int(rng.integers(1, 3)), shade, -1)
    return out


def with_cut_edge(ink: Ink, rng: Random) -> Ink:
    """Return the ink with up to an eighth of one side cut away."""
    tight = crop(ink, 0)
    height, width = tight.shape
    share = rng.uniform(0.02, 0.12)
    side = rng.integers(4)
    rows, columns = int(height * share), int(width * share)
    if side == 0:
        return tight[rows:]
    if side == 1:
        return tight[: height - rows]
    # A narrow digit has nothing to lose at its sides.
    if width < height * 0.35:
        return tight
    return tight[:, columns:] if side == 2 else tight[:, : width - columns]


def with_neighbour(ink: Ink, neighbour: Ink, rng: Random) -> Ink:
    """Return the ink with a small piece of another digit reaching in from the left or the right."""
    share = max(2, int(ink.shape[0] * rng.uniform(0.03, 0.12)))
    return _beside(crop(ink, 0), crop(neighbour, 0), share, rng)


def with_half_a_neighbour(ink: Ink, neighbour: Ink, rng: Random) -> Ink:
    """Return the ink with so much of another digit that it is neither the one nor the other."""
    other = crop(neighbour, 0)
    return _beside(crop(ink, 0), other, max(2, int(other.shape[1] * rng.uniform(0.4, 0.75))), rng)


def _beside(ink: Ink, other: Ink, columns: int, rng: Random) -> Ink:
    """Return the ink with so many columns of another's near side, touching it or not."""
    height, width = ink.shape
    on_the_left = rng.random() < 0.5
    piece = other[:, -columns:] if on_the_left else other[:, :columns]
    overlap = int(rng.integers(-4, max(1, min(columns // 2, 4))))
    rows = max(height, piece.shape[0])
    out = np.zeros((rows, width + piece.shape[1] - overlap), np.uint8)
    left = out.shape[1] - width if on_the_left else 0
    top = (rows - height) // 2
    out[top : top + height, left : left + width] = ink
    top = int(rng.integers(0, rows - piece.shape[0] + 1))
    left = 0 if on_the_left else out.shape[1] - piece.shape[1]
    part = out[top : top + piece.shape[0], left : left + piece.shape[1]]
    np.maximum(part, piece, out=part)
    return out


def touching(left: Ink, right: Ink, rng: Random) -> Ink:
    """Return two digits in a row that touch, run a little into each other, or nearly touch."""
    left, right = crop(left, 0), crop(right, 0)
    size = float(np.exp(rng.normal(0, 0.12)))
    right = np.asarray(cv2.resize(right, None, fx=size, fy=size, interpolation=cv2.INTER_AREA))
    height = left.shape[0]
    lower = round(height - right.shape[0] + float(rng.normal(0, 0.08)) * height)  # on one baseline
    first, second = max(0, -lower), max(0, lower)
    rows = max(first + height, second + right.shape[0])
    ends, starts = np.full(rows, -np.inf), np.full(rows, np.inf)
    ends[first : first + height] = _last_column(left)
    starts[second : second + right.shape[0]] = right.shape[1] - 1 - _last_column(right[:, ::-1])
    # Strokes that pass closely above each other touch, too.
    near = np.ones(2 * (height // 16) + 1)
    ends = np.asarray(cv2.dilate(ends, near))[:, 0]
    room = (starts - ends).min()
    gap = rng.uniform(-0.06, 0.04) if rng.random() < 0.75 else rng.uniform(0.04, 0.2)
    # The second stays the second, and two strokes stay two.
    least = max(left.shape[1] / 2, left.shape[1] - right.shape[1] / 2)
    if max(left.shape[1], right.shape[1]) < height * 0.4:
        least = left.shape[1]
    shift = round(max(gap * height - room, least) if np.isfinite(room) else left.shape[1])
    out = np.zeros((rows, max(left.shape[1], shift + right.shape[1])), np.uint8)
    out[first : first + height, : left.shape[1]] = left
    part = out[second : second + right.shape[0], shift : shift + right.shape[1]]
    np.maximum(part, right, out=part)
    return out


def _last_column(ink: Ink) -> NDArray[np.float64]:
    """Return the last column with ink of every row, -inf for rows without."""
    dark = ink > INKED
    last = ink.shape[1] - 1 - dark[:, ::-1].argmax(axis=1)
    return np.where(dark.any(axis=1), last, -np.inf)


def side_by_side(inks: list[Ink], rng: Random) -> Ink:
    """Return several digits in a row: apart, touching, or run into each other."""
    tights = [crop(ink, 0) for ink in inks]
    rows = max(t.shape[0] for t in tights) + 12
    # A narrow digit must not vanish inside its neighbour.
    gap = int(rng.integers(-1 - min(t.shape[1] for t in tights) // 5, 12))
    out = np.zeros((rows, sum(t.shape[1] + max(gap, 0) for t in tights)), np.uint8)
    left = 0
    for tight in tights:
        top = int(rng.integers(0, rows - tight.shape[0] + 1))
        part = out[top : top + tight.shape[0], left : left + tight.shape[1]]
        np.maximum(part, tight[:, : part.shape[1]], out=part)
        left = max(left + tight.shape[1] + gap, left + 4)
    return out
