"""The light on a page: how bright the paper is under the ink.

Where strokes are thin, the paper beside them says it: a closing (for dark ink; an opening for
light ink) a little wider than the strokes takes them away, and leaves the edges of shadows where
they are. Wide strokes, as of a digit that fills the picture, need a mean over the paper around
them, from which shadows with hard edges cannot be told.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Floats, Gray, Mask, as_bytes, square
from digitnet.reading.marks import labels_at_edge, only_marks
from digitnet.reading.paper.bars import page_between_bars
from digitnet.reading.paper.beside import beside_thin_strokes
from digitnet.reading.paper.levels import two_levels
from digitnet.reading.paper.sheet import (
    brighter,
    find_sheet,
    is_sharp,
    is_wide,
    is_written_around,
    page_without_things,
    with_shadow,
)

LOW_SIDE = 320  # the sheet, and the paper around thick strokes, are sought on a picture this long
FINE_SIDE = 1000  # thin strokes are measured on a picture of about this size
LITTLE_CONTRAST = 0.25  # of the paper's brightness: thin strokes that have less may be grain
THICK_CONTRAST = 0.25  # of the paper's brightness: thick strokes at least
WIDE = 0.011  # of the longer side: half the width of thick strokes
INK = 0.85  # of the contrast of thin strokes: thick strokes of ink at least
MAX_WIDE = 8  # wide marks that are looked at
SMOOTH_SIGMA = 4.0  # pixels
EDGE_WIDE = 0.03  # of the longer side: half the width of what is no stroke, at the edge


@dataclass(frozen=True, eq=False)
class Paper:
    """What the page would look like without its ink.

    Attributes:
        level: uint8, smaller than the picture: the brightness of the paper.
        sheet: a mask of any size of where the page is, or None for all of the picture.
        sheets: int32, like ``sheet``: which of the sheets on something darker lies where, each for
            itself; None where the page is all of the picture but for what lies on it.
    """

    level: Gray
    sheet: Mask | None
    sheets: NDArray[np.int32] | None


def find_papers(gray: Gray) -> list[Paper]:
    """The paper as it shows beside thin strokes, around thick ones, or both, likelier first."""
    fine = _pooled(gray)
    low = lowered(fine)
    marks = two_levels(low)
    sheet = None
    if marks is not None and is_wide(marks):
        sheet = find_sheet(fine, low, marks)
        if sheet is None:  # Light that falls on it may leave less of it bright than dark.
            sheet = find_sheet(fine, low, with_shadow(low, brighter(low, marks)))
        marks = None
    thin = beside_thin_strokes(fine, sheet)
    if sheet is not None and thin is None:
        # Nothing is written on the brightest part; it may be what the sun shines on of a sheet.
        whole = find_sheet(fine, low, with_shadow(low, sheet))
        written = None if whole is None else beside_thin_strokes(fine, whole)
        if written is not None:
            sheet, thin = whole, written
    if sheet is not None and thin is not None and is_written_around(thin.contrast, low, sheet):
        sheet = None
        thin = beside_thin_strokes(fine, None)
    sheets = None if sheet is None else _each(sheet)
    if sheet is None:
        sheet = page_without_things(fine, low)
        sheet = page_between_bars(low) if sheet is None else sheet
        thin = thin if sheet is None else beside_thin_strokes(fine, sheet)
    valid = np.full(low.shape, 255, np.uint8) if sheet is None else sheet
    if marks is None:
        marks = _local_marks(low, valid)
    thick_contrast = _thick_contrast(fine, low, marks, valid)
    papers = [] if thin is None else [Paper(thin.level, sheet, sheets)]
    if thin is None or thick_contrast > 0:
        thick = Paper(_around_thick_strokes(low, marks, valid), sheet, sheets)
        # What is fainter than thin ink is rather a shadow with a hard edge.
        first = thin is not None and thick_contrast > INK * thin.strongest
        papers.insert(0 if first else len(papers), thick)
    is_blank = sheets is not None and (thin is None or thin.strongest < LITTLE_CONTRAST)
    if is_blank and (beside := beside_thin_strokes(fine, None)):
        # What seems a sheet, on which nothing is written, may be light beside a shadow.
        papers.append(Paper(beside.level, None, None))
    return papers


def _each(sheet: Mask) -> NDArray[np.int32]:
    """The parts of a mask by number."""
    return np.asarray(cv2.connectedComponents(sheet)[1], np.int32)


def paper_around(low: Gray, sheet: Mask) -> Gray:
    """The brightness of the paper under strokes that may be as wide as those of a single digit.

    Args:
        low: a picture of a few hundred pixels.
        sheet: where the paper is.

    Returns:
        uint8, the same shape.
    """
    filled = np.where(sheet > 0, low, np.uint8(np.median(low[sheet > 0])))
    found = two_levels(filled)
    marks = _local_marks(low, sheet) if found is None else found
    level = low.astype(np.float32)
    for window in (0.30, 0.16):
        paper = _smooth_without(level, marks, sheet, window * max(low.shape))
        marks = _refine(level, paper, sheet)
    return np.clip(paper, 0, 255).astype(np.uint8)


def _pooled(gray: Gray) -> Gray:
    pool = max(1, max(gray.shape) // FINE_SIDE)
    size = (max(8, gray.shape[1] // pool), max(8, gray.shape[0] // pool))
    return as_bytes(cv2.resize(gray, size, interpolation=cv2.INTER_AREA)) if pool > 1 else gray


def lowered(gray: Gray) -> Gray:
    """Return a picture small enough for its sheets, shadows and thick strokes to be sought."""
    gray = _pooled(gray)  # Odd parts of a pixel take several times as long as whole ones.
    shrink = max(1.0, max(gray.shape) / LOW_SIDE)
    size = (max(8, round(gray.shape[1] / shrink)), max(8, round(gray.shape[0] / shrink)))
    return as_bytes(cv2.resize(gray, size, interpolation=cv2.INTER_AREA))


def _around_thick_strokes(low: Gray, marks: Mask, valid: Mask) -> Gray:
    """The paper's brightness from the paper around marks, which are told from it step by step."""
    level = low.astype(np.float32)
    for window in (0.30, 0.16, 0.10):
        marks = _without_edges(marks)
        paper = _smooth_without(level, marks, valid, window * max(low.shape))
        marks = _refine(level, paper, valid)
    marks = _without_edges(marks)
    filled = np.where((marks > 0) | (valid == 0), paper, level)
    kernel = max(3, round(0.035 * max(low.shape)) // 2 * 2 + 1)
    smooth = cv2.medianBlur(np.clip(filled, 0, 255).astype(np.uint8), kernel)
    return as_bytes(cv2.GaussianBlur(smooth, (0, 0), 1.0))


def _thick_contrast(fine: Gray, low: Gray, marks: Mask, valid: Mask) -> float:
    """The contrast, 0 to 1, of wide marks with hard outlines that keep clear of the edge.

    Shadows and patches of light are soft, or reach the edge, or are fainter than ink.
    """
    _, labels = cv2.connectedComponents(cv2.bitwise_and(marks, valid), connectivity=4)
    depth = cv2.distanceTransform(marks, cv2.DIST_L2, 3)
    edge = labels_at_edge(labels)
    wide = labels[depth > WIDE * max(marks.shape)]
    strongest = 0.0
    for label in np.setdiff1d(wide[wide > 0], edge)[:MAX_WIDE]:
        region = np.where(labels == label, 255, 0).astype(np.uint8)
        around = (cv2.dilate(region, square(7)) > 0) & (marks == 0)
        core = (region > 0) & (depth > 0.5 * WIDE * max(marks.shape))
        if around.any() and core.any():
            ground, level = float(np.median(low[around])), float(np.median(low[core]))
            step = abs(ground - level)
            if step > THICK_CONTRAST * (ground + 10) and is_sharp(fine, region, step):
                strongest = max(strongest, step / (max(ground, level) + 10))
    return strongest


def _without_edges(marks: Mask) -> Mask:
    """Leave out wide marks that reach the edge: the light falls off there."""
    _, labels = cv2.connectedComponents(marks, connectivity=4)
    padded = cv2.copyMakeBorder(marks, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    edge = labels_at_edge(labels)
    shadows = np.intersect1d(edge[edge > 0], labels[depth > EDGE_WIDE * max(marks.shape)])
    if len(shadows) == 0:
        return marks
    keep = np.ones(int(labels.max()) + 1, bool)
    keep[shadows] = False
    return as_bytes(cv2.bitwise_and(marks, only_marks(np.asarray(labels, np.int32), keep)))


def _local_marks(low: Gray, valid: Mask) -> Mask:
    """A first guess at the ink: what differs from the median of a wide neighbourhood."""
    kernel = min(127, max(5, round(0.2 * max(low.shape)) // 2 * 2 + 1))
    if np.any(valid == 0):
        low = low.copy()
        low[valid == 0] = np.uint8(np.median(low[valid > 0]))
    median = cv2.medianBlur(low, kernel).astype(np.float32)
    return _refine(low.astype(np.float32), median, valid)


def _refine(low: Floats, paper: Floats, valid: Mask) -> Mask:
    """What differs from the paper by more than the grain, with a rim of one pixel."""
    difference = np.abs(low - paper)
    grain = 1.4826 * float(np.median(difference[valid > 0])) if np.any(valid) else 0.0
    marks = (difference > np.maximum(3.0 * grain, 0.06 * paper + 2.0)).astype(np.uint8) * 255
    return as_bytes(cv2.dilate(marks, np.ones((3, 3), np.uint8)))


def _smooth_without(low: Floats, marks: Mask, valid: Mask, window: float) -> Floats:
    """A weighted mean of the neighbourhood that leaves the ink out (normalised convolution)."""
    weight = ((marks == 0) & (valid > 0)).astype(np.float32)
    sigma = max(1.0, window / 2)
    shrink = max(1.0, sigma / SMOOTH_SIGMA)  # What is to be this smooth needs no more pixels.
    height, width = low.shape
    size = max(1, round(width / shrink)), max(1, round(height / shrink))

    def smooth(values: Floats) -> Floats:
        small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        return np.asarray(
            cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REFLECT)
        )

    mean = float((low * weight).sum() / max(float(weight.sum()), 1.0))
    paper = (smooth(low * weight) + 1e-3 * mean) / (smooth(weight) + 1e-3)
    return np.asarray(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR))
