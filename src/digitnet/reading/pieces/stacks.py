"""Which pieces of ink are strokes of one digit, for which the pen was lifted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from digitnet.reading.pieces.lines import (
    Boxes,
    box_gaps,
    find_bodies,
    typical_heights,
    with_surroundings,
)

STACK_HEIGHT = 1.35  # of the writing's height: strokes that reach further are two lines


def find_stacks(boxes: Boxes) -> list[list[int]]:
    """Put strokes that stand close above one another together: they are one digit.

    Such are the two halves of a 3, or a 5 and its upper stroke, where the pen was lifted. Together
    they are about as high as the writing around them.

    Args:
        boxes: float32 (n, 4): x, y, width, height.

    Returns:
        Groups of indices, most of them of one box.
    """
    if len(boxes) == 1:
        return [[0]]
    parent = list(range(len(boxes)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    writing = typical_heights(boxes)
    top, bottom = boxes[:, 1].copy(), boxes[:, 1] + boxes[:, 3]
    for _, i, j in sorted(_stacked(boxes, writing)):
        a, b = root(i), root(j)
        # Of strokes in two lines each pair may be low enough to be one digit, and all are not.
        high, low = min(top[a], top[b]), max(bottom[a], bottom[b])
        if low - high < STACK_HEIGHT * max(writing[i], writing[j]):
            parent[a], top[b], bottom[b] = b, high, low
    groups: dict[int, list[int]] = {}
    for i in range(len(boxes)):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _stacked(boxes: Boxes, writing: Boxes) -> Iterator[tuple[float, int, int]]:
    """Pairs of strokes that may be one digit, and how high they are together.

    Args:
        boxes: (n, 4).
        writing: (n,), how high the writing is around each.
    """
    _, small = find_bodies(boxes, writing)
    for chunk, others in with_surroundings(boxes, 4 * np.maximum(boxes[:, 2], boxes[:, 3])):
        a, b = boxes[chunk][:, None], boxes[others][None]
        gap_x, gap_y = box_gaps(a, b)
        typical = writing[chunk][:, None]
        top = np.minimum(a[..., 1], b[..., 1])
        together = np.maximum(a[..., 1] + a[..., 3], b[..., 1] + b[..., 3]) - top
        narrower = np.minimum(a[..., 2], b[..., 2])
        stacked = (-gap_x > 0.4 * narrower) & (gap_y < 0.25 * typical)
        stacked &= small[chunk][:, None] == small[others][None]
        stacked &= together < STACK_HEIGHT * typical
        stacked &= np.maximum(a[..., 2], b[..., 2]) < 1.6 * typical
        for i, j in zip(*np.nonzero(stacked), strict=True):
            if chunk[i] != others[j]:
                yield float(together[i, j]), int(chunk[i]), int(others[j])
