"""The brightness of the paper beside strokes, as it shows between them, shadows and all."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitnet.reading.arrays import Floats, Gray, Mask, as_bytes, square
from digitnet.reading.marks import find_marks, longer_sides, only_marks
from digitnet.reading.paper.contrast import contrasts, middle_around, window

WIDEST_THIN = 0.045  # of the longer side: the strokes of a page of writing are not wider,
WIDEST_THICK = 0.2  # nor those of a digit that fills its picture
LEAST_ROOM = 0.018  # of the longer side: the closing is at least this wide,
ROOM = 1.8  # and this many times as wide as the strokes
NEAR = 0.022  # of the longer side: a neighbourhood of which thin ink is the lesser part
HALO = 20  # grey levels: beside strokes, paper differs from that neighbourhood at most
STRONGEST = 99.97  # percent: writing may be small on its page
FINE_CONTRAST = 0.15  # of the paper's brightness: thin strokes at least,
NEAR_EDGE = 2  # times as far from the edge as a closing is wide, a bar of shadow ends,
BAR = 0.5  # and it is longer than this share of the shorter side


@dataclass(frozen=True, eq=False)
class Beside:
    """The paper beside strokes, and the contrast of the ink against it, in some detail."""

    level: Gray
    contrast: Gray
    strongest: float  # contrast, 0 to 1


def beside_thin_strokes(fine: Gray, sheet: Mask | None) -> Beside | None:
    """The brightness next to each stroke of a page; None where there are none to speak of.

    Args:
        fine: the picture.
        sheet: a mask of any size of where the page is, or None for all of the picture.
    """
    half = as_bytes(cv2.resize(fine, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    is_dark = _is_ink_dark(half, sheet)
    fine = _without_halo(fine, middle_around(half, NEAR), is_dark=is_dark)
    return _beside_strokes(fine, sheet, WIDEST_THIN, is_dark=is_dark)


def beside_thick_strokes(low: Gray) -> Beside | None:
    """The brightness beside the dark strokes of a digit that fills its picture; None without any.

    Args:
        low: the picture, of a few hundred pixels.
    """
    return _beside_strokes(low, None, WIDEST_THICK, is_dark=True)


def _beside_strokes(
    fine: Gray, sheet: Mask | None, widest: float, *, is_dark: bool
) -> Beside | None:
    longer = max(fine.shape)
    page = None
    if sheet is not None:
        page = as_bytes(cv2.resize(sheet, fine.shape[::-1], interpolation=cv2.INTER_NEAREST))
    operation = cv2.MORPH_CLOSE if is_dark else cv2.MORPH_OPEN
    room = max(5, round(widest * longer)) | 1
    while True:
        beside = as_bytes(cv2.morphologyEx(fine, operation, square(room)))
        contrast = contrasts(fine, beside)[0 if is_dark else 1]
        measured = _measured(contrast, page, room, may_have_bars=widest == WIDEST_THIN)
        if measured is None:
            return None
        strongest, width = measured
        narrower = max(5, round(max(LEAST_ROOM * longer, ROOM * width))) | 1
        if narrower >= 0.8 * room:
            break
        room = narrower
    # The highest and lowest of the grain is not yet the paper.
    offset = _percentile(as_bytes(cv2.absdiff(fine, beside)), 50, page)
    level = np.clip(beside.astype(np.int16) + (-offset if is_dark else offset), 0, 255)
    smooth = as_bytes(cv2.medianBlur(level.astype(np.uint8), 5))
    return Beside(smooth, contrast, strongest / 255)


def _is_ink_dark(half: Gray, sheet: Mask | None) -> bool:
    """Whether what differs from what is around it is mostly darker, as ink on paper is."""
    on = None
    if sheet is not None:
        on = as_bytes(cv2.resize(sheet, half.shape[::-1], interpolation=cv2.INTER_NEAREST))
        # In the corners of a sheet, the table is the greater part of the neighbourhood.
        inner = as_bytes(cv2.erode(on, square(window(half, WIDEST_THIN))))
        on = inner if inner.any() else on
    middle = middle_around(half, WIDEST_THIN)
    darker, lighter = cv2.subtract(middle, half), cv2.subtract(half, middle)
    return cv2.norm(darker, cv2.NORM_L2, on) >= cv2.norm(lighter, cv2.NORM_L2, on)


def _without_halo(fine: Gray, middle: Gray, *, is_dark: bool) -> Gray:
    """Limit how much brighter the paper is beside dark strokes, or darker beside light ones.

    Where a camera has sharpened a picture, or JPEG has kept little of it, it is.

    Args:
        fine: the picture.
        middle: the median around every pixel, on a picture of any size.
        is_dark: of the strokes.
    """
    around = as_bytes(cv2.resize(middle, fine.shape[::-1], interpolation=cv2.INTER_LINEAR))
    if is_dark:
        return as_bytes(cv2.min(fine, cv2.convertScaleAbs(around, beta=HALO)))
    limit = np.maximum(around, np.uint8(HALO)) - np.uint8(HALO)
    return as_bytes(cv2.max(fine, limit))


def _percentile(values: Gray, percent: float, where: Mask | None) -> int:
    counts = cv2.calcHist([values], [0], where, [256], [0, 256]).ravel()
    share = np.cumsum(counts, dtype=np.float64)
    return int(np.searchsorted(share, percent / 100 * share[-1]))


def _measured(
    contrast: Gray, page: Mask | None, room: int, *, may_have_bars: bool
) -> tuple[int, float] | None:
    """How strong strokes are, 0 to 255, and how wide; None if there are none to speak of."""
    strongest = _percentile(contrast, STRONGEST, page)
    if strongest < 255 * FINE_CONTRAST:
        return None
    depth = _depth(contrast, strongest)
    width = _width(depth)
    if may_have_bars and ROOM * width > LEAST_ROOM * max(contrast.shape):
        rest = _without_bars(contrast, depth, room)
        fainter = _percentile(rest, STRONGEST, page)
        if fainter >= 255 * FINE_CONTRAST and (thinner := _width(_depth(rest, fainter))) < width:
            return fainter, thinner
    return strongest, width


def _without_bars(contrast: Gray, depth: Floats, room: int) -> Gray:
    """Leave out the bars of shadow that fall across a page, as a window's or a pole's.

    They come from the edge, and are longer than what is written.
    """
    height, width = contrast.shape
    wide = depth > LEAST_ROOM / ROOM / 2 * max(height, width)
    labels, stats = find_marks(np.multiply(wide, 255, dtype=np.uint8))
    left, top, across, down = stats[:, : cv2.CC_STAT_AREA].T
    away = np.min([left, top, width - left - across, height - top - down], axis=0)
    # Near the edge, a closing takes a bar for paper, and leaves the ends of it.
    are_long = (away <= NEAR_EDGE * room) & (longer_sides(stats) > BAR * min(height, width))
    are_bars = are_long | (are_long.any() & (away == 0))
    bars = cv2.dilate(only_marks(labels, are_bars), square(room))
    return as_bytes(cv2.subtract(contrast, bars))


def _depth(contrast: Gray, level: float) -> Floats:
    """How far inside strokes each pixel lies, whose ink has a certain contrast; 0 outside."""
    ink = cv2.threshold(contrast, 0.5 * level, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.distanceTransform(ink, cv2.DIST_L2, 3))


def _width(depth: Floats) -> float:
    """How wide strokes are."""
    return 2 * float(np.percentile(depth[depth > 0], 97))
