"""Close-ups: a few digits that fill much of their picture, of whatever size, in whatever light."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.glyph import stroke_width
from digitnet.reading.arrays import Gray, Mask, as_bytes
from digitnet.reading.ink.flat import is_thumbnail
from digitnet.reading.ink.ink import Ink, near_marks
from digitnet.reading.marks import (
    Labels,
    Stats,
    edges_reached,
    find_marks,
    labels_at_edge,
    only_marks,
)
from digitnet.reading.paper.beside import beside_thick_strokes
from digitnet.reading.paper.contrast import contrasts
from digitnet.reading.paper.levels import split_levels, two_levels
from digitnet.reading.paper.light import paper_around
from digitnet.reading.paper.sheet import find_sheet, is_wide
from digitnet.reading.rules.rings import are_rings

SIDE = 240  # pixels of the longer side: enough for a few digits, and no grain is left
ENOUGH_PIXELS = 4  # along each side of one pixel of the reduced picture
LEAST_CONTRAST = 12  # of 255 of the paper's brightness
TALL = 0.25  # of the shorter side: the height of such digits at least,
LEAST_TALL = 36  # pixels: smaller ones are seen better in the picture as it came
AROUND = 73  # pixels: the light within a square of that side hardly changes,
STEP = 0.1  # of its brightness, unless there is the edge of a shadow
LEAST_STEPS = 0.03  # of the picture, and of its edge, lie beside one
DARKEST = 0.25  # of the brightest paper: what is darker within a picture is ink
MOST, MOST_SPECKS = 12, 30  # marks; where there are more, or with small ones, it is no close-up
SPECK = 6  # pixels: smaller marks do not count
CRUMB = 0.04  # of the largest mark: smaller ones are no part of a digit
CONTACT = 0.35  # of its longer side: a mark that lies along the edge of the picture is no digit
RULE_WIDTH = 0.12  # of its length: a rule at most,
RULE_AWAY = 0.11  # of the picture's side: how far from its edge one may lie,
RULE_INK = 0.75  # of the largest mark's width and contrast: it is thinner, and fainter
GAP = 0.15  # of the longer side of its largest part: the widest gap in a digit
OTHER = 0.1  # of the largest mark: one so large that lies apart is another digit
PARTS = 3  # that a digit may be broken into


def close_up_inks(gray: Gray) -> Iterator[Ink]:
    """Find the large marks of a picture that has a few of them and nothing else.

    Args:
        gray: uint8 (h, w), 0 black … 255 white, upright.

    Yields:
        The ink seen as dark in a shadow, as dark on light and as light on dark, the likelier first;
        nothing for a page of smaller writing.
    """
    scale = max(1.0, max(gray.shape) / SIDE)
    low = as_bytes(cv2.GaussianBlur(reduced(gray, scale), (3, 3), 0))
    least = LEAST_TALL if scale > 1 else 0
    may_be_shaded = not is_thumbnail(gray)
    for contrast, is_light in (*(_in_shadow(low) if may_be_shaded else ()), *_on_sheet(low)):
        mask = _large_marks(contrast, least)
        if mask is None and may_be_shaded and (stronger := _stronger(contrast)) is not None:
            mask = _large_marks(stronger, least)
        if mask is not None:
            yield Ink(_strength(contrast, mask), mask, scale, is_light)


def _stronger(contrast: Gray) -> Gray | None:
    """What stands out most, as ink does from the shadow of a finger that it touches.

    None if what stands out does not come in from the edge.
    """
    levels = split_levels(contrast)
    labels, stats = find_marks(levels.upper)
    largest = int(stats[:, cv2.CC_STAT_AREA].argmax())
    if largest == 0 or largest not in labels_at_edge(labels):
        return None
    outstanding = contrast[levels.upper > 0]
    least, _ = cv2.threshold(outstanding, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return as_bytes(cv2.threshold(contrast, least, 255, cv2.THRESH_TOZERO)[1])


def _on_sheet(low: Gray) -> list[tuple[Gray, bool]]:
    """What stands out on a sheet, dark and light, the stronger first, and whether it is light."""
    sheet = _sheet(low)
    x, y, width, height = cv2.boundingRect(sheet)
    part = slice(y, y + height), slice(x, x + width)
    found = []
    for contrast in contrasts(low[part], paper_around(low[part], sheet[part])):
        whole = np.zeros_like(low)
        whole[part] = cv2.bitwise_and(contrast, sheet[part])
        found.append(whole)
    both = list(zip(found, (False, True), strict=True))
    return sorted(both, key=lambda each: -cv2.norm(each[0], cv2.NORM_L1))


def _in_shadow(low: Gray) -> list[tuple[Gray, bool]]:
    """What stands out in a shadow with hard edges as beside it, if there seems to be one."""
    beside = beside_thick_strokes(low)
    if beside is None:
        return []
    around = cv2.blur(beside.level, (AROUND, AROUND))
    away = cv2.absdiff(beside.level, around)
    steps = np.asarray(cv2.compare(away, cv2.convertScaleAbs(around, alpha=STEP), cv2.CMP_GT))
    # A blot is not paper, however wide it is: a shadow comes in from the edge, or is not as dark.
    comes_in = np.mean(labels_at_edge(steps)) > LEAST_STEPS * 255
    leaves_light = beside.level.min() > DARKEST * beside.level.max()
    is_shaded = np.mean(steps) > LEAST_STEPS * 255 and (comes_in or leaves_light)
    return [(beside.contrast, False)] if is_shaded else []


def _sheet(low: Gray) -> Mask:
    """Where the paper is: the sheet that lies on something darker, or all of the picture."""
    levels = two_levels(low)
    sheet = find_sheet(low, low, levels) if levels is not None and is_wide(levels) else None
    # Of a sheet that is hardly wider than its rim nothing is left.
    return sheet if sheet is not None and sheet.any() else np.full(low.shape, 255, np.uint8)


def reduced(gray: Gray, scale: float) -> Gray:
    """Shrink a picture so that so many of its pixels, along each side, become one."""
    if scale == 1:
        return gray
    size = max(8, round(gray.shape[1] / scale)), max(8, round(gray.shape[0] / scale))
    # Of many pixels that become one, some are enough.
    step = max(1, int(scale / ENOUGH_PIXELS))
    return as_bytes(cv2.resize(gray[::step, ::step], size, interpolation=cv2.INTER_AREA))


def only_digit(ink: Ink) -> Ink | None:
    """The ink of a close-up, if it may be a single digit: in one mark, or broken into a few."""
    labels, stats = find_marks(ink.mask)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    near = _gaps(stats, largest) <= GAP * stats[largest, 2:4].max()
    near[0] = False
    inside = edges_reached(stats, ink.mask.shape) == 0
    others = inside & ~near & (stats[:, cv2.CC_STAT_AREA] >= OTHER * stats[largest, -1])
    if others[1:].any() or np.count_nonzero(near) > PARTS:
        return None
    mask = only_marks(labels, near)
    return Ink(near_marks(ink.strength, mask), mask, ink.scale, ink.light)


def _large_marks(contrast: Gray, least: int) -> Mask | None:
    """The marks that may be digits, without what comes in from the edges, if they are large.

    Args:
        contrast: uint8 (h, w), how much darker or lighter than the paper.
        least: pixels that the tallest is high at least.
    """
    levels = split_levels(contrast)
    if not levels.has_both or levels.step < LEAST_CONTRAST:
        return None
    labels, stats = find_marks(levels.upper)
    contact = np.bincount(labels_at_edge(labels), minlength=len(stats))
    longer = stats[:, 2:4].max(axis=1)
    inside = (edges_reached(stats, contrast.shape) < 2) & (contact <= CONTACT * longer)
    inside[0] = False
    inside[inside] = ~are_rings(stats[inside])
    area = np.where(inside, stats[:, cv2.CC_STAT_AREA], 0)
    large = area >= max(SPECK, CRUMB * area.max())
    large &= ~_rules_at_edge(contrast, labels, stats, large)
    if not 0 < np.count_nonzero(large) <= MOST or np.count_nonzero(area >= SPECK) > MOST_SPECKS:
        return None
    if stats[large, cv2.CC_STAT_HEIGHT].max() < max(least, TALL * min(contrast.shape)):
        return None
    return only_marks(labels, large)


def _rules_at_edge(
    contrast: Gray, labels: Labels, stats: Stats, large: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which marks are rules along an edge: straight, thinner and fainter than the largest mark.

    Args:
        contrast: uint8 (h, w), of ink to paper.
        labels: (h, w), as `find_marks` gives them.
        stats: the same.
        large: which of the marks may be digits.
    """
    height, width = contrast.shape
    x, y, w, h, area = stats.T
    upright = (w <= RULE_WIDTH * h) & (np.minimum(x, width - x - w) <= RULE_AWAY * width)
    lying = (h <= RULE_WIDTH * w) & (np.minimum(y, height - y - h) <= RULE_AWAY * height)
    are_rules: NDArray[np.bool_] = large & (upright | lying)
    if are_rules.any():
        pen, ink = _stroke(contrast, labels, int(np.where(large, area, 0).argmax()))
        for mark in np.flatnonzero(are_rules).tolist():
            own_pen, own_ink = _stroke(contrast, labels, mark)
            are_rules[mark] = own_pen < RULE_INK * pen and own_ink < RULE_INK * ink
    return are_rules


def _stroke(contrast: Gray, labels: Labels, mark: int) -> tuple[float, float]:
    """The width in pixels of a mark's strokes, and their contrast."""
    mask = np.where(labels == mark, 255, 0).astype(np.uint8)
    return stroke_width(mask), float(np.median(contrast[mask > 0]))


def _gaps(stats: Stats, largest: int) -> NDArray[np.int64]:
    """How far each mark's box lies from that of the largest one; not above 0 where they overlap."""
    start, end = stats[:, :2], stats[:, :2] + stats[:, 2:4]
    apart = np.maximum(start - end[largest], start[largest] - end)
    return np.asarray(apart.max(axis=1))


def _strength(contrast: Gray, mask: Mask) -> Gray:
    """How much ink there is: soft at the edge of the strokes, full in most of their middle."""
    full = float(np.percentile(contrast[mask > 0], 60))
    soft = np.clip((contrast.astype(np.float32) / full - 0.2) / 0.65, 0, 1) * 255
    return near_marks(soft.astype(np.uint8), mask)
