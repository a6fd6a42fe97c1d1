"""Specks that are stronger than the writing, as dust and the dots of dotted paper.

How strong ink is on a page is told from the strongest there is. Specks beside a hard pencil would
say that it is none.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, Mask, as_bytes, square
from digitnet.reading.marks import Stats, find_marks, longer_sides, only_marks

NEAR = 0.02  # of the longer side: a neighbourhood of which specks, and strokes, are the lesser part
WIDEST = 0.6  # of that: a speck at most
STRONGEST = 99.97  # percent: there may be few specks
STRONG = 0.4  # of the strongest: specks at least
LEAST = 20  # grey levels: fainter ones hide no writing
PLAINLY = 0.25  # of it is that strong: a speck,
WEAK, CLEAR = 0.15, 4.0  # of the strongest, and times the grain: what is seen of one at all
FULL = 0.45  # of the box around it: what a speck fills at least
FEWEST = 12  # specks: fewer are stops
BESIDE = 0.6  # of their usual height lies between the letters of print,
ROWS = 0.6  # times as many as there are: specks hardly stand in so few rows, as letters do


def without_specks(gray: Gray) -> Gray | None:
    """Return a grey page, uint8 (h, w), with paper in place of its specks, if there are several."""
    near = max(5, round(NEAR * max(gray.shape))) | 1
    middle = as_bytes(cv2.medianBlur(gray, near))
    difference = as_bytes(cv2.absdiff(gray, middle))
    strongest, usual = np.percentile(difference[::2, ::2], (STRONGEST, 50))
    if strongest < LEAST:
        return None
    visible = difference > max(WEAK * strongest, CLEAR * usual)
    labels, stats = find_marks(visible.astype(np.uint8))
    area = stats[:, cv2.CC_STAT_AREA]
    strong = np.bincount(labels[difference > STRONG * strongest], minlength=len(stats))
    are_full = area >= FULL * stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    are_specks = are_full & (strong > PLAINLY * area) & (longer_sides(stats) <= WIDEST * near)
    are_specks[0] = False
    if np.count_nonzero(are_specks) < FEWEST:
        return None
    specks = only_marks(labels, are_specks)
    if _are_letters(specks, stats[are_specks]):
        return None
    return np.where(cv2.dilate(specks, square(3)) > 0, middle, gray)


def _are_letters(specks: Mask, stats: Stats) -> bool:
    """Whether specks stand side by side, as the lower letters of print."""
    reach = 1 + round(BESIDE * float(np.median(stats[:, cv2.CC_STAT_HEIGHT])))
    rows, _ = cv2.connectedComponents(cv2.dilate(specks, np.ones((1, reach), np.uint8)))
    return rows - 1 < ROWS * len(stats)
