"""Strokes in shreds, as of a felt tip or a brush that runs dry, and dashed ones, joined again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.ink.ink import Ink
from digitnet.reading.marks import Stats, find_marks

GAPS = (1.0, 2.25)  # times the width of the strokes: in dry ones, and between dashes
SHREDS = 2.5  # shreds for each mark that they make at least: letters and digits are whole
WORD = 2.0  # times as wide as high: what letters make is wider, and digits are not
LEAST_SHRED = 6  # pixels: smaller ones are dust
LEAST_SHREDS = 12  # fewer may be digits
WIDEST = 97  # percent of the ink is not as deep inside its stroke as the middle of the widest


def joined_inks(ink: Ink) -> Iterator[Ink]:
    """Yield a page's ink with the gaps in its strokes closed, first narrow ones, then wide ones.

    Nothing where it is in no shreds.
    """
    shreds = _sized(ink.mask)
    if len(shreds) < LEAST_SHREDS:
        return
    depth = cv2.distanceTransform(ink.mask, cv2.DIST_L2, 3)
    width = 2 * float(np.percentile(depth[ink.mask > 0], WIDEST))
    for gap in GAPS:
        kernel = np.ones((max(3, round(gap * width)),) * 2, np.uint8)
        mask = as_bytes(cv2.morphologyEx(ink.mask, cv2.MORPH_CLOSE, kernel))
        marks = _sized(mask)
        if len(shreds) < SHREDS * len(marks) or _aspect(marks) > WORD:
            return
        strength = as_bytes(cv2.morphologyEx(ink.strength, cv2.MORPH_CLOSE, kernel))
        yield replace(ink, mask=mask, strength=strength)


def _sized(mask: Mask) -> Stats:
    """The statistics of all marks, dust apart."""
    stats = find_marks(mask)[1]
    return stats[stats[:, cv2.CC_STAT_AREA] >= LEAST_SHRED]


def _aspect(stats: Stats) -> float:
    """How many times as wide as high marks are in which half of the ink is."""
    width, height, area = stats[:, 2:].T
    aspect = width / height
    order = np.argsort(aspect)
    share = np.cumsum(area[order])
    return float(aspect[order][np.searchsorted(share, share[-1] / 2)])
