"""Remove ruled lines, squares, underlines and frames from a mask, and keep the digits on them.

A rule is a straight run of ink, thin, and long beside the writing. Where a stroke crosses a rule
the ink is deeper than the rule is thick: there it stays, so that the digit is not cut.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, Mask, as_bytes
from digitnet.reading.marks import find_marks, only_marks
from digitnet.reading.rules.combs import teeth
from digitnet.reading.rules.confirmed import LONGEST_STROKE, confirmed, large_writing
from digitnet.reading.rules.dashes import dashes
from digitnet.reading.rules.loops import without_loops
from digitnet.reading.rules.nets import nets
from digitnet.reading.rules.quartered import quartered_squares
from digitnet.reading.rules.rings import without_rings
from digitnet.reading.rules.squared import pitch, squares
from digitnet.reading.rules.straight import find_straight, lines_at, longer, pooled, turned
from digitnet.reading.rules.suspects import LARGEST_WRITING, find_suspects, writing_height

FRAME_HEIGHTS = 0.8  # of the writing's height: longer lines are rules if others bound both ends
CELLS = 3  # closed loops of one mark that may be squares in a row, at least,
ROW = 1.5  # if it is so many times as wide as high
# Of the page's longer side: the gap that a digit leaves in a rule on which it lies.
DIGIT_WIDE = 0.07
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
    written = writing_height(as_bytes(cv2.subtract(small, lines)))
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
        sideways = turned(confirmed(turned(upright), turned(level), turned(small), height))
        level = confirmed(level, upright, small, height)
        large = large_writing(small, level | sideways, height)
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
    suspects, least, height = find_suspects(mask)
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
