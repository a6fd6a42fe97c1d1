"""Remove ruled lines, squares, underlines and frames from a mask, and keep the digits on them.

A rule is a straight run of ink, thin, and long beside the writing. Where a stroke crosses a rule
the ink is deeper than the rule is thick: there it stays, so that the digit is not cut.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, Mask, as_bytes
from digitnet.reading.combs import teeth
from digitnet.reading.dashes import dashes
from digitnet.reading.loops import without_loops
from digitnet.reading.marks import (
    Stats,
    find_marks,
    longer_sides,
    only_marks,
    typical_height,
)
from digitnet.reading.nets import is_net, nets
from digitnet.reading.quartered import quartered_squares
from digitnet.reading.rings import without_rings
from digitnet.reading.squared import pitch, squares
from digitnet.reading.straight import MAX_THICKNESS, find_straight, lines_at, longer, pooled, turned

LEAST_LENGTH = 0.07  # of the page's longer side, for the first guess
LARGEST_WRITING = 0.35  # of the page's longer side; larger marks say nothing of its height
LEAST_FRAME = 20  # pixels: the smallest frame round a digit
LARGE = 1.25  # times the writing's height: marks that may be digits larger than it,
LARGE_WIDTH = 1.6  # times as wide as high at most,
STROKE_WIDTH = 0.3  # times as wide, where they are no single stroke
SIDE = 0.7  # of a side that is on a line: two such opposite ones are a frame's
LIKE = 0.4  # of the height of such marks: a stroke of this more or less is one of them
LEAST_HEIGHTS = 2.0  # of the writing's height: longer lines are rules
LONGEST_STROKE = 1.25  # of the writing's height: where no line is longer, none is a rule
FRAME_HEIGHTS = 0.8  # of the writing's height: longer lines are rules if others bound both ends
PAGE_LONG = 0.6  # of the page: rules from edge to edge at least
SIDES, ALIKE = 5, 0.06  # so many lines between rules, of lengths that differ by less, are squares'
COVERED = 0.8  # of a rule's length has ink
UNEVEN = 1.5, 0.015  # pixels, and of its length: how far a long line leaves a straight one
FRAME_GAP = 0.15  # of the writing's height: how near its ends a frame's side meets the others
CELLS = 3  # closed loops of one mark that may be squares in a row, at least,
ROW = 1.5  # if it is so many times as wide as high
DIGIT_WIDE = (
    0.07  # of the page's longer side: the gap that a digit leaves in a rule on which it lies
)
PEN = 1.4  # times a rule's contrast: ink on it at least
RULE_SHARE = 0.75  # of a rule's pixels are not stronger than its contrast
LEAST_RULE = 40  # pixels: of less, a rule's contrast is not known
RULE_SIDE = 1100  # rules are looked for on a mask of this size,
FINE = 14  # unless those of squared paper would be less than so many pixels apart on it


class _Lines(NamedTuple):
    """Straight lines, which may be rules or parts of digits."""

    suspects: Mask  # the marks that are partly such lines
    height: float  # of the other marks
    level: Mask
    level_angles: list[float]
    upright: Mask
    upright_angles: list[float]


def without_rules(mask: Mask, contrast: Gray, least_writing: float = 0.0) -> Mask:
    """Remove long straight lines and frames.

    Args:
        mask: uint8 (h, w), 255 where there is ink.
        contrast: uint8 (h, w), how strong it is: pens are often stronger than printed rules.
        least_writing: how high the writing is at least, in pixels, where specks may hide that.

    Returns:
        The mask without them; the same array where there are none.
    """
    pool = -(-max(mask.shape) // RULE_SIDE)
    small = pooled(mask, pool)
    found = _find_lines(small)
    apart = _pitch(found)
    if pool > 1 and apart is not None and apart < FINE:
        # What is pooled is mostly rules.
        pool, small = 1, mask
        found = _find_lines(mask)
        apart = _pitch(found)
    squared = apart is not None
    # Between the rules of squared paper, digits look like rings, and like dashes in a row.
    if not squared and (plainer := _without_outlines(mask, small, pool, contrast)) is not mask:
        mask, small = plainer, pooled(plainer, pool)
        found = _find_lines(small)
    if found is None:
        return mask
    suspects, height, level, level_angles, upright, upright_angles = found
    # Strokes may have gone with short lines; they are whole where only the page-long ones go.
    least_long = LARGEST_WRITING * max(small.shape)
    page_long = longer(level, least_long, DIGIT_WIDE)
    page_long |= turned(longer(turned(upright), least_long, DIGIT_WIDE))
    lines = page_long if page_long.any() else level | upright
    written = _writing_height(as_bytes(cv2.subtract(small, lines)))
    if written == 0:
        return mask  # strokes only: these are ones, not rules
    if page_long.any():
        height = written
    height = max(height, written, least_writing)
    least = max(12.0, FRAME_HEIGHTS * height)
    level = lines_at(suspects, level_angles, least)
    upright = turned(lines_at(turned(suspects), upright_angles, least))
    longest = LONGEST_STROKE * height
    if not (longer(level, longest).any() or longer(turned(upright), longest).any()):
        return mask  # the straight parts of digits
    if squared:
        level, sideways = squares(small, level, upright)
    else:
        sideways = turned(_confirmed(turned(upright), turned(level), turned(small), height))
        level = _confirmed(level, upright, small, height)
        large = _large_writing(small, level | sideways, height)
        level, sideways = level & ~large, sideways & ~large
    rules = level | sideways
    if not rules.any():
        return mask
    left = as_bytes(cv2.subtract(small, rules))
    crumbs = teeth(left, level, height)
    if not squared:
        crumbs |= _crumbs(left, rules, height)
    rules = _unpooled(rules | crumbs, pool, mask)
    ink = as_bytes(cv2.subtract(mask, rules))
    reach = pool * max(3, round(height))
    pen = _pen_on(_unpooled(level | crumbs, pool, mask), contrast, (reach, 1))
    pen |= _pen_on(_unpooled(sideways | crumbs, pool, mask), contrast, (1, reach))
    return _joined(ink, pen, pool * height)


def _without_outlines(mask: Mask, small: Mask, pool: int, contrast: Gray) -> Mask:
    """Remove quartered squares, dashes and rings around writing; the same array without any."""
    if (plainer := _without_quartered_squares(mask, small, pool, contrast)) is not mask:
        mask, small = plainer, pooled(plainer, pool)
    if (dashed := dashes(mask)) is not None:
        mask = as_bytes(cv2.subtract(mask, dashed))
        small = pooled(mask, pool)
    if (unringed := without_loops(without_rings(small))) is not small:
        mask = as_bytes(cv2.subtract(mask, _unpooled(small ^ unringed, pool, mask)))
    return mask


def _without_quartered_squares(mask: Mask, small: Mask, pool: int, contrast: Gray) -> Mask:
    """Remove rows of squares that are quartered; the same array where there are none."""
    rules, pen = np.zeros_like(mask), np.zeros_like(mask)
    for outline in nets(small, CELLS):
        x, y, width, height = (pool * side for side in cv2.boundingRect(outline))
        if width < ROW * height:
            continue
        here = slice(y, y + height), slice(x, x + width)
        if (row := quartered_squares(mask[here])) is not None:
            usual = np.quantile(contrast[here][row > 0], RULE_SHARE)
            rules[here] |= row
            pen[here] |= np.where(contrast[here] > PEN * usual, row, 0).astype(np.uint8)
    if not rules.any():
        return mask
    return _joined(as_bytes(cv2.subtract(mask, rules)), pen, mask.shape[0])


def _pitch(found: _Lines | None) -> float | None:
    """How far apart straight lines are, if they are the rules of squared paper."""
    return None if found is None else pitch(found.level, found.upright)


def _find_lines(mask: Mask) -> _Lines | None:
    """Straight lines in a mask; None where there are none."""
    suspects, least, height = _suspects(mask)
    if suspects is None:
        return None
    level, level_angles = find_straight(suspects, least)
    upright, upright_angles = find_straight(turned(suspects), least)
    if not (level.any() or upright.any()):
        return None
    # Where squares are small beside the page, their sides may be too short for a first guess.
    level_angles = level_angles or [-angle for angle in upright_angles]
    upright_angles = upright_angles or [-angle for angle in level_angles]
    return _Lines(suspects, height, level, level_angles, turned(upright), upright_angles)


def _large_writing(mask: Mask, lines: Mask, height: float) -> Mask:
    """The marks that are larger than most writing, and no rules or frames, though made of lines.

    A rule is a single stroke; it may be a 1 where other marks are as high. A frame has lines at
    opposite sides.
    """
    labels, stats = find_marks(mask)
    width, tall = stats[:, 2], stats[:, 3]
    on_line = np.bincount(labels[lines > 0], minlength=len(stats)) > 0
    large = (tall > LARGE * height) & (tall < LARGEST_WRITING * max(mask.shape)) & on_line
    large &= (width < LARGE_WIDTH * tall) & ~_has_marks_inside(stats, mask.shape)
    strokes = large & (width < STROKE_WIDTH * tall)
    large &= ~strokes
    for i in np.flatnonzero(large):
        x, y, w, h = (int(side) for side in stats[i, :4])
        here = (labels[y : y + h, x : x + w] == i) & (lines[y : y + h, x : x + w] > 0)
        upper, lower = here[: h // 4].any(0).mean(), here[-h // 4 :].any(0).mean()
        left, right = here[:, : w // 4].any(1).mean(), here[:, -w // 4 :].any(1).mean()
        large[i] = max(min(upper, lower), min(left, right)) < SIDE
    if large.any():
        large |= strokes & (np.abs(tall / np.median(tall[large]) - 1) < LIKE)
    return only_marks(labels, large)


def _pen_on(rules: Mask, contrast: Gray, reach: tuple[int, int]) -> Mask:
    """What along some rules, or in the crumbs beside them, is much stronger than they are.

    The upper stroke of a 5 or a 7 may lie on a rule. Where strokes or other rules cross it, a rule
    is in pieces, which may be more pen than rule: all within ``reach`` (w, h) are one.
    """
    labels, stats = find_marks(as_bytes(cv2.dilate(rules, np.ones(reach[::-1], np.uint8))))
    on_rule = rules > 0
    label, strength = labels[on_rule], contrast[on_rule]
    order = np.lexsort((strength, label))
    first = np.searchsorted(label[order], np.arange(1, len(stats)))
    area = np.bincount(label, minlength=len(stats))[1:]
    usual = np.zeros(len(stats))
    usual[1:] = strength[order][first + (area * RULE_SHARE).astype(np.intp)]
    usual[1:][area < LEAST_RULE] = 255
    pen = np.zeros_like(rules)
    pen[on_rule] = np.where(strength > PEN * usual[label], 255, 0)
    return pen


def _joined(left: Mask, pen: Mask, height: float) -> Mask:
    """Ink, with what else touches it, or is as high as the writing by itself."""
    labels, stats = find_marks(as_bytes(cv2.bitwise_or(left, pen)))
    keep = stats[:, cv2.CC_STAT_HEIGHT] >= height
    keep[labels[left > 0]] = True
    keep[0] = False
    return only_marks(labels, keep)


def _unpooled(small: Mask, pool: int, mask: Mask) -> Mask:
    """What of a mask is marked on the pooled one."""
    if pool > 1:
        size = (small.shape[1] * pool, small.shape[0] * pool)
        small = as_bytes(cv2.resize(small, size, interpolation=cv2.INTER_NEAREST))
        small = small[: mask.shape[0], : mask.shape[1]]
    return as_bytes(cv2.bitwise_and(mask, small))


def _suspects(mask: Mask) -> tuple[Mask | None, float, float]:
    """The connected marks that may be rules or frames: long and mostly empty, or round others.

    Returns:
        A mask of them or None, how long a rule is at least, and how high the other marks are.
    """
    least = max(24.0, LEAST_LENGTH * max(mask.shape))
    labels, stats = find_marks(mask)
    count = len(stats)
    if count < 3 and not is_net(mask):
        return None, least, 0.0
    width = stats[:, cv2.CC_STAT_WIDTH].astype(np.float64)
    height = stats[:, cv2.CC_STAT_HEIGHT].astype(np.float64)
    area = stats[:, cv2.CC_STAT_AREA]
    side = np.maximum(width, height)
    suspect = (side >= least) & ((area < 0.4 * width * height) | (area < MAX_THICKNESS * side**2))
    frame = (np.minimum(width, height) >= LEAST_FRAME) & (area < 0.3 * width * height)
    frame &= _has_marks_inside(stats, mask.shape)
    suspect[0] = frame[0] = False
    if not (suspect | frame).any():
        return None, least, 0.0
    if frame.any():
        least = min(least, 0.7 * float(np.minimum(width, height)[frame].min()))
    others = ~frame & (side < LARGEST_WRITING * max(mask.shape))
    others[0] = False
    for net in nets(mask):
        x, y = net[0, 0]
        others[labels[y, x]] = False
    writing = _typical_height(stats[others])
    return only_marks(labels, suspect | frame), least, writing


def _has_marks_inside(stats: Stats, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Whether the middle of another mark of some size lies in a mark's box."""
    points = np.zeros(shape, np.uint8)
    sized = stats[stats[:, cv2.CC_STAT_AREA] > 12]
    points[sized[:, 1] + sized[:, 3] // 2, sized[:, 0] + sized[:, 2] // 2] = 1
    total = cv2.integral(points)
    left, top = stats[:, 0], stats[:, 1]
    right, bottom = left + stats[:, 2], top + stats[:, 3]
    inside = total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]
    # Its own middle counts as well.
    return np.asarray(inside >= 2)


def _writing_height(mask: Mask) -> float:
    """How high the writing is, or 0 if nothing is left that could be writing."""
    _, stats = find_marks(mask)
    side = longer_sides(stats)
    writing = side < LARGEST_WRITING * max(mask.shape)
    writing[0] = False
    return _typical_height(stats[writing])


def _typical_height(stats: Stats) -> float:
    """The height above and below which half of the ink is; 0 without marks of some size."""
    heights, areas = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    sized = (heights >= 8) & (areas > 16)
    return typical_height(stats[sized])


def _confirmed(lines: Mask, crossing: Mask, ink: Mask, height: float) -> Mask:
    """Of nearly level lines in the ink, those that are long, or end at lines that cross them."""
    gap = max(3, round(0.5 * height))
    joined = cv2.dilate(lines, np.ones((3, gap), np.uint8))
    labels, stats = find_marks(as_bytes(joined))
    count = len(stats)
    reach = 2 * max(2, round(FRAME_GAP * height)) + 1
    # Writing often reaches from one rule of the paper to the next; frames keep clear of the edge.
    near = np.ones((reach, reach), np.uint8)
    clear = cv2.dilate(_clear_of_edge(crossing, height), near)
    any_rule = cv2.dilate(crossing, near)
    keep = np.zeros(count, bool)
    between = []
    for i in range(1, count):
        x, y, w, h = (int(v) for v in stats[i, :4])
        here = (labels[y : y + h, x : x + w] == i) & (lines[y : y + h, x : x + w] > 0)
        if w - gap >= LEAST_HEIGHTS * height:
            keep[i] = not _are_strokes(here, ink[y : y + h, x : x + w], height)
            continue
        columns = np.flatnonzero(here.any(0))
        if len(columns) == 0:
            continue
        ends = [(y + int(np.flatnonzero(here[:, c]).mean()), x + c) for c in columns[[0, -1]]]
        if all(clear[end] for end in ends):
            keep[i] = True
        elif all(any_rule[end] for end in ends):
            between.append(i)
    # A row of squares may run on beyond the edge, and has many sides that are alike.
    if len(between) >= SIDES:
        length = np.maximum(stats[between, cv2.CC_STAT_WIDTH] - gap, 1)
        alike = np.abs(length / np.median(length) - 1) < ALIKE
        keep[np.array(between)[alike]] = np.count_nonzero(alike) >= SIDES
    return as_bytes(cv2.bitwise_and(lines, only_marks(labels, keep)))


def _are_strokes(pieces: NDArray[np.bool_], ink: Mask, height: float) -> bool:
    """Whether a nearly level line is strokes side by side, of the ink around it.

    They are short, and do not lie on one straight line; or there is nothing between them, as there
    is not between the bars of 777, but the strokes of digits are between the pieces of a rule.
    """
    stats = cv2.connectedComponentsWithStats(pieces.astype(np.uint8))[2]
    if stats[1:, cv2.CC_STAT_WIDTH].max(initial=0) > LONGEST_STROKE * height:
        return False
    y, x = np.nonzero(pieces)
    if (ink[:, x.min() : x.max() + 1] > 0).any(axis=0).mean() < COVERED:
        return True
    off = y - np.polyval(np.polyfit(x, y, 1), x)
    return bool(off.std() > UNEVEN[0] + UNEVEN[1] * np.ptp(x))


def _clear_of_edge(lines: Mask, height: float) -> Mask:
    """Upright lines that end before the edge of the page, or are short beside it."""
    gap = max(3, round(0.5 * height))
    joined = cv2.dilate(lines, np.ones((gap, 3), np.uint8))
    labels, stats = find_marks(as_bytes(joined))
    edge = max(2, round(0.01 * max(lines.shape)))
    top = stats[:, cv2.CC_STAT_TOP]
    bottom = top + stats[:, cv2.CC_STAT_HEIGHT]
    at_edge = (top < edge) | (bottom > lines.shape[0] - edge)
    long = stats[:, cv2.CC_STAT_HEIGHT] > PAGE_LONG * lines.shape[0]
    return as_bytes(cv2.bitwise_and(lines, only_marks(labels, ~(at_edge & long))))


def _crumbs(mask: Mask, rules: Mask, height: float) -> Mask:
    """Small remains where a rule was."""
    labels, stats = find_marks(mask)
    count = len(stats)
    small = stats[:, cv2.CC_STAT_HEIGHT] < 0.3 * height
    small &= stats[:, cv2.CC_STAT_WIDTH] < 2.0 * height
    beside = np.zeros(count, bool)
    beside[np.unique(labels[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0])] = True
    crumb = small & beside
    crumb[0] = False
    return only_marks(labels, crumb)
