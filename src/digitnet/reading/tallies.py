"""Strokes side by side in one mark, as in tallies and in what was crossed out: no row of 1."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.arrays import Gray, Mask
from digitnet.reading.marks import runs

ROWS = 32  # of the reduced mark
INK = 80  # of 255
LEAST_WIDTH, MOST_WIDTH = 0.6, 2.2  # of its height: wider marks are rows of digits
STROKES = 4  # of a tally,
IN_MOST_ROWS, IN_MANY_ROWS = 0.7, 0.5  # all but one and all of which are met by so many of its rows
LEANS = np.linspace(-0.6, 0.6, 25)  # of the strokes, in columns a row
UPRIGHT = 0.75  # of the rows, that a straight stroke takes of one column, once it is put upright
MOST_HOLES = 0.04  # of the mark's box: digits that touch have loops


def is_tally(ink: Gray) -> bool:
    """Return whether a mark is four straight strokes or more, joined by others that run across.

    Args:
        ink: of one mark and no other, (h, w), 0 to 255.
    """
    height, width = ink.shape
    if not LEAST_WIDTH * height <= width <= MOST_WIDTH * height:
        return False
    size = (max(1, round(width * ROWS / height)), ROWS)
    reduced = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    mask = (reduced > INK).astype(np.uint8)
    met = np.bincount(runs(mask)[0], minlength=ROWS)
    if np.mean(met >= STROKES - 1) < IN_MOST_ROWS or np.mean(met >= STROKES) < IN_MANY_ROWS:
        return False
    return _straight_strokes(mask) >= STROKES and _holes(mask) <= MOST_HOLES


def _straight_strokes(mask: Mask) -> int:
    """How many straight strokes stand beside one another, leaning alike."""
    y, x = np.nonzero(cv2.dilate(mask, np.ones((1, 3), np.uint8)))
    most = 0
    for lean in LEANS:
        columns = np.rint(x + lean * (y - ROWS / 2)).astype(np.intp)
        columns -= columns.min()
        upright = np.zeros((ROWS, columns.max() + 1), bool)
        upright[y, columns] = True
        strokes = upright.mean(axis=0) >= UPRIGHT
        most = max(most, len(runs(strokes[None].astype(np.uint8))[0]))
    return most


def _holes(mask: Mask) -> float:
    """How much of a mark's box lies in its loops."""
    paper = cv2.copyMakeBorder(1 - mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    around = cv2.connectedComponents(paper, connectivity=4)[1]
    return float(np.mean((around[1:-1, 1:-1] != around[0, 0]) & (mask == 0)))
