"""In what order the lines of a page are read."""

from __future__ import annotations

import numpy as np

from digitnet.reading.pieces.lines import Boxes, page_slope

GUTTER = 2.0  # heights of the blank between columns
SAME_ROW = 0.5  # of the height of the lower line: those less far below one are beside it


def reading_order(lines: list[Boxes]) -> list[int]:
    """The order in which lines are read.

    Columns are read one after the other: where a gutter runs down the whole page, with several
    lines on both sides of it, what is left of it comes first. Otherwise lines go from top to
    bottom, and those at the same height from left to right.

    Args:
        lines: for every line the boxes (n, 4) of its digits.

    Returns:
        Indices into ``lines``.
    """
    if len(lines) < 2:
        return list(range(len(lines)))
    slope = page_slope(np.concatenate(lines))
    extents = np.array([_extent(line, slope) for line in lines], np.float32)
    order: list[int] = []
    for column in _columns(extents):
        order += _rows(extents, column)
    return order


def _extent(line: Boxes, slope: float) -> tuple[float, float, float, float]:
    """Left, right, middle and height of a line on the page turned level."""
    x = line[:, 0] + line[:, 2] / 2
    y = line[:, 1] + line[:, 3] / 2
    across, down = x + slope * y, y - slope * x
    half = line[:, 2] / 2
    height = float(np.median(line[:, 3]))
    return (
        float((across - half).min()),
        float((across + half).max()),
        float(np.median(down)),
        height,
    )


def _columns(extents: Boxes) -> list[list[int]]:
    """The lines of each column, from left to right; one column where there is no gutter."""
    gutter = GUTTER * float(np.median(extents[:, 3]))
    by_left = np.argsort(extents[:, 0], kind="stable")
    columns: list[list[int]] = []
    reach = -np.inf
    for i in by_left:
        if extents[i, 0] > reach + gutter:
            columns.append([])
        columns[-1].append(int(i))
        reach = max(reach, float(extents[i, 1]))
    if sum(len(column) > 1 for column in columns) < 2:
        return [[int(i) for i in by_left]]
    return columns


def _rows(extents: Boxes, lines: list[int]) -> list[int]:
    """Lines from top to bottom, and those at the same height from left to right."""
    rows: list[list[int]] = []
    for i in sorted(lines, key=lambda i: float(extents[i, 2])):
        if rows:
            last = rows[-1]
            level = float(extents[last, 2].mean())
            height = min(float(extents[i, 3]), float(extents[last, 3].min()))
            if extents[i, 2] - level < SAME_ROW * height:
                last.append(i)
                continue
        rows.append([i])
    return [i for row in rows for i in sorted(row, key=lambda i: float(extents[i, 0]))]
