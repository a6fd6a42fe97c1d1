"""Which pieces of ink stand in one line of writing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]  # (n, 4): x, y, width, height
# For chunks of boxes, which others are near, and what each of these would cost as a neighbour.
_Costs: TypeAlias = list[tuple[NDArray[np.intp], NDArray[np.intp], Boxes]]

MAX_GAP = 2.6  # a wider gap than this many heights parts two columns
MAX_SLOPE = 0.3  # tan of a little more than 15 degrees
OFF_COURSE = 0.6  # of the lower one's height: so far above or below the slope a neighbour stands
BESIDE = 0.5  # of the lower one's height is beside the other: one line may go on there
SMALL = 0.45  # lower than this beside a neighbour: a fragment, a dot or a dash
STANDS_OFF = 0.3  # of the height of a larger mark: what is nearer may be a fragment of it
LIKE_HEIGHT = 1.5  # times that of a small mark: others in its row at most
ROW = 3  # small marks side by side, from which on they are writing
LARGER = 2.3  # times as high as a mark: others say nothing of the writing that it is part of
FLAT = 1.5  # times as wide as high: the upper stroke of a 5 that stands off its body,
STROKE_GAP = 0.25  # by at most so much of the writing's height
CHUNK = 256  # boxes compared with their surroundings in one go


@dataclass(frozen=True)
class LineOfBoxes:
    """The boxes of one line, from left to right.

    Attributes:
        members: indices of boxes.
        height: how high the writing is, in pixels.
    """

    members: list[int]
    height: float


def typical_heights(boxes: Boxes) -> Boxes:
    """How high the writing around each box is: (n,)."""
    side = np.maximum(boxes[:, 2], boxes[:, 3])
    heights = np.empty(len(boxes), np.float32)
    for chunk, others in with_surroundings(boxes, 4 * side):
        a, b = boxes[chunk][:, None], boxes[others][None]
        gap_x, _ = box_gaps(a, b)
        near = (gap_x < 5 * side[chunk][:, None]) & (b[..., 3] > 0.35 * a[..., 3])
        near &= b[..., 3] < LARGER * a[..., 3]
        heights[chunk] = _percentiles(np.where(near, b[..., 3], np.nan), 70)
    return heights


def _percentiles(rows: Boxes, percent: float) -> Boxes:
    """A percentile of each row, as `np.nanpercentile`, which goes through them one by one.

    Args:
        rows: (n, m), in each of which one is a number at least.
        percent: 0 to 100.
    """
    count = np.count_nonzero(~np.isnan(rows), axis=1)
    ordered = np.sort(rows, axis=1)  # What is no number comes last.
    place = (count - 1) * (percent / 100)
    before = place.astype(np.intp)
    row = np.arange(len(rows))
    low, high = ordered[row, before], ordered[row, np.minimum(before + 1, count - 1)]
    return np.asarray(low + (high - low) * (place - before), np.float32)


def find_lines(boxes: Boxes) -> list[LineOfBoxes]:
    """Group boxes into lines of writing.

    Neighbours of like height are chained from left to right, so that a line may climb, fall or
    wave; fragments then join the line in which they lie.

    Args:
        boxes: float32 (n, 4): x, y, width, height.

    Returns:
        The lines, in no particular order.
    """
    if len(boxes) == 0:
        return []
    if len(boxes) == 1:
        return [LineOfBoxes([0], float(boxes[0, 3]))]
    body, _ = find_bodies(boxes, typical_heights(boxes))
    indices = np.flatnonzero(body)
    slope = page_slope(boxes[indices])
    label = np.full(len(boxes), -1)
    for number, chain in enumerate(_chains(_links(boxes[indices], slope))):
        label[indices[chain]] = number
    _adopt_fragments(boxes, body, label)
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(int(label.max()) + 2))
    lines = []
    for first, last in pairwise(starts):
        members = order[first:last]
        middle = boxes[members, 0] + boxes[members, 2] / 2
        ordered = members[np.argsort(middle, kind="stable")]
        heights = boxes[members[body[members]], 3]
        lines.append(LineOfBoxes([int(m) for m in ordered], float(np.percentile(heights, 60))))
    return lines


def with_surroundings(
    boxes: Boxes, reach: Boxes
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Chunks of boxes, each with all boxes whose middle is vertically within its ``reach``."""
    middle = boxes[:, 1] + boxes[:, 3] / 2
    order = np.argsort(middle, kind="stable")
    sorted_middle = middle[order]
    chunks = []
    for start in range(0, len(order), CHUNK):
        chunk = order[start : start + CHUNK]
        low = float((middle[chunk] - reach[chunk]).min())
        high = float((middle[chunk] + reach[chunk]).max())
        first, last = np.searchsorted(sorted_middle, [low, high])
        chunks.append((chunk, order[first:last]))
    return chunks


def find_bodies(boxes: Boxes, writing: Boxes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which boxes are no fragments of larger ones, and which of those are small writing near such.

    Dots and dashes, and strokes of a digit for which the pen was lifted, stand by themselves or are
    flat; small marks in a row are a line of small writing, above or below a larger line, or beside
    a drawing, a bracket or a shadow.

    Args:
        boxes: (n, 4).
        writing: (n,), how high the writing is around each.
    """
    body, near = _beside_larger(boxes, writing)
    small = np.zeros(len(boxes), bool)
    if not near.any():
        return body, small
    slope = page_slope(boxes[body])
    low = boxes[:, 3] < LIKE_HEIGHT * boxes[near, 3].max()
    indices = np.flatnonzero(near | (low & body))
    for row in _chains(_links(boxes[indices], slope)):
        width, height = np.median(boxes[indices[row], 2:], axis=0)
        small[indices[row]] = len(row) >= ROW and width <= height and near[indices[row]].any()
    return body | small, small


def _beside_larger(boxes: Boxes, writing: Boxes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which boxes are not small right beside a larger one, and which are small and near one."""
    body, is_near = np.ones(len(boxes), bool), np.zeros(len(boxes), bool)
    for chunk, others in with_surroundings(boxes, boxes[:, 3] * 4):
        a, b = boxes[chunk][:, None], boxes[others][None]
        gap_x, gap_y = box_gaps(a, b)
        near = (gap_x < 0.5 * b[..., 3]) & (a[..., 3] < SMALL * b[..., 3])
        body[chunk] &= ~(near & (gap_y < 0.15 * b[..., 3])).any(1)
        # A 5 without its upper stroke is lower than the writing around it.
        typical = writing[others][None]
        stroke = (a[..., 2] >= FLAT * a[..., 3]) & (a[..., 3] < SMALL * typical)
        stroke &= (a[..., 3] < b[..., 3]) & (gap_x < STROKE_GAP * typical)
        body[chunk] &= ~(stroke & (gap_y < 0.15 * typical)).any(1)
        is_near[chunk] |= (near & (gap_y < STANDS_OFF * b[..., 3])).any(1)
    return body, is_near


def _pairs(boxes: Boxes, slope: float, tolerance: float, least_overlap: float = np.inf) -> _Costs:
    """For chunks of boxes, the cost of every other box as right neighbour (inf: none).

    A neighbour stands where the slope would have it, within ``tolerance`` of the lower one's
    height, or at least ``least_overlap`` of that height is beside the other one.
    """
    result = []
    for chunk, others in with_surroundings(
        boxes, boxes[:, 3] * (MAX_GAP + 1) * MAX_SLOPE + boxes[:, 3]
    ):
        a, b = boxes[chunk][:, None], boxes[others][None]
        smaller = np.minimum(a[..., 3], b[..., 3])
        larger = np.maximum(a[..., 3], b[..., 3])
        dx = (b[..., 0] + b[..., 2] / 2) - (a[..., 0] + a[..., 2] / 2)
        dy = (b[..., 1] + b[..., 3] / 2) - (a[..., 1] + a[..., 3] / 2)
        gap = b[..., 0] - (a[..., 0] + a[..., 2])
        rise = np.abs(dy - slope * dx)
        is_level = rise < tolerance * smaller + 0.1 * np.minimum(np.maximum(gap, 0), 2 * smaller)
        is_beside = -box_gaps(a, b)[1] >= least_overlap * smaller
        good = (
            (dx > 0)
            & (gap < MAX_GAP * larger)
            & (gap > -0.7 * larger)
            & (is_level | is_beside)
            & (smaller > 0.3 * larger)
        )
        cost = np.where(good, np.maximum(gap, 0) + 0.3 * dx + 1.5 * rise, np.inf)
        result.append((chunk, others, cost.astype(np.float32)))
    return result


def page_slope(boxes: Boxes) -> float:
    """The slope of the writing: the median over near neighbours of like height."""
    slopes, weights = [], []
    for chunk, others, cost in _pairs(boxes, 0.0, 0.9):
        best = cost.argmin(1)
        found = np.isfinite(cost[np.arange(len(chunk)), best])
        a, b = boxes[chunk[found]], boxes[others[best[found]]]
        alike = np.minimum(a[:, 3], b[:, 3]) > 0.7 * np.maximum(a[:, 3], b[:, 3])
        a, b = a[alike], b[alike]
        dx = (b[:, 0] + b[:, 2] / 2) - (a[:, 0] + a[:, 2] / 2)
        rise_bottom = (b[:, 1] + b[:, 3]) - (a[:, 1] + a[:, 3])
        rise_top = b[:, 1] - a[:, 1]
        slopes.append((rise_bottom + rise_top) / 2 / np.maximum(dx, 1))
        weights.append(dx)
    if not slopes:
        return 0.0
    slope, weight = np.concatenate(slopes), np.concatenate(weights)
    if len(slope) < 2:
        return 0.0
    order = np.argsort(slope)
    share = np.cumsum(weight[order])
    median = float(slope[order][np.searchsorted(share, share[-1] / 2)])
    return float(np.clip(median, -MAX_SLOPE, MAX_SLOPE))


def _links(boxes: Boxes, slope: float) -> NDArray[np.intp]:
    """The right neighbour of every box, or −1; no box is the neighbour of two.

    The slope of a page is a guess where it has few boxes: what ends where another begins beside it
    goes on there.
    """
    right = _mutual(len(boxes), _pairs(boxes, slope, OFF_COURSE))
    is_last, is_first = right < 0, np.ones(len(boxes), bool)
    is_first[right[~is_last]] = False
    ends = np.flatnonzero(is_last | is_first)
    is_last, is_first = is_last[ends], is_first[ends]
    beside = [
        (chunk, others, np.where(is_last[chunk][:, None] & is_first[others], cost, np.inf))
        for chunk, others, cost in _pairs(boxes[ends], slope, OFF_COURSE, BESIDE)
    ]
    more = _mutual(len(ends), beside)
    right[ends[more >= 0]] = ends[more[more >= 0]]
    return right


def _mutual(count: int, costs: _Costs) -> NDArray[np.intp]:
    """For each of so many boxes the cheapest right neighbour, of which it is the cheapest left."""
    right = np.full(count, -1)
    left = np.full(count, -1)
    left_cost = np.full(count, np.inf)
    for chunk, others, cost in costs:
        best = cost.argmin(1)
        value = cost[np.arange(len(chunk)), best]
        found = np.isfinite(value)
        right[chunk[found]] = others[best[found]]
        best = cost.argmin(0)
        value = cost[best, np.arange(len(others))]
        better = value < left_cost[others]
        left[others[better]] = chunk[best[better]]
        left_cost[others[better]] = value[better]
    mutual = (right >= 0) & (left[np.maximum(right, 0)] == np.arange(count))
    right[~mutual] = -1
    return right


def _chains(successor: NDArray[np.intp]) -> list[list[int]]:
    has_predecessor = np.zeros(len(successor), bool)
    has_predecessor[successor[successor >= 0]] = True
    chains = []
    for start in np.flatnonzero(~has_predecessor):
        chain, here = [], int(start)
        while here >= 0:
            chain.append(here)
            here = int(successor[here])
        chains.append(chain)
    return chains


def _adopt_fragments(boxes: Boxes, body: NDArray[np.bool_], label: NDArray[np.intp]) -> None:
    """Give each fragment the line of the nearest body."""
    fragments, bodies = np.flatnonzero(~body), np.flatnonzero(body)
    if len(fragments) == 0:
        return
    middle = boxes[:, 1] + boxes[:, 3] / 2
    fragments = fragments[np.argsort(middle[fragments], kind="stable")]
    bodies = bodies[np.argsort(middle[bodies], kind="stable")]
    reach = float(boxes[bodies, 3].max())
    for start in range(0, len(fragments), CHUNK):
        chunk = fragments[start : start + CHUNK]
        low, high = float(middle[chunk[0]]) - reach, float(middle[chunk[-1]]) + reach
        first, last = np.searchsorted(middle[bodies], [low, high])
        others = bodies[first:last]
        a, b = boxes[chunk][:, None], boxes[others][None]
        gap_x, gap_y = box_gaps(a, b)
        distance = (np.maximum(gap_x, 0) + 2 * np.maximum(gap_y, 0)) / b[..., 3]
        label[chunk] = label[others[distance.argmin(1)]]


def box_gaps(a: Boxes, b: Boxes) -> tuple[Boxes, Boxes]:
    """How far boxes are apart sideways and vertically; negative where they overlap."""
    gaps = []
    for axis in (0, 1):
        a_end, b_end = a[..., axis] + a[..., axis + 2], b[..., axis] + b[..., axis + 2]
        gaps.append(np.maximum(a[..., axis], b[..., axis]) - np.minimum(a_end, b_end))
    return gaps[0], gaps[1]
