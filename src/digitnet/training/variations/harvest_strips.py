"""Strips from composed pages: what the reader's own stages ask about, and what stands there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import BLANK
from digitnet.datasets import Digits
from digitnet.pages import Page
from digitnet.reading.rows.words import words
from digitnet.reading.segment import PieceLine, find_pieces, union
from digitnet.strip import place_strip
from digitnet.training.variations.chunks import HARVESTED, Pool
from digitnet.training.variations.harvest import likeliest_ink, random_pages
from digitnet.training.variations.strips import LONGEST

Random = np.random.Generator
Boxes = NDArray[np.float64]  # (N, 4): x, y, width, height
Example = tuple[NDArray[np.uint8], list[int]]

# Times as often as other conditions.
OFTEN = {
    "touching": 20.0,
    "tight": 10.0,
    "clutter": 5.0,
    "mixed": 5.0,
    "marks": 5.0,
    "signs": 4.0,
    "dates": 4.0,
}
LEAST_WIDTH = 0.4  # of the line's height: narrower marks are nothing to ask about
SINGLE = 0.2  # of the marks that are one digit or letter are kept: most of a page are
WHOLE, NONE = 0.9, 0.1  # of a digit's box inside the strip's: it stands there, or does not


def cut_strips(digits: Digits, count: int, rng: Random) -> Pool:
    """Return strips cut out of as many pages as it takes; their labels are (count, 8).

    One core makes about 40 a second.
    """
    found: list[Example] = []
    pages = random_pages(digits, OFTEN, rng, megapixels=0.4)
    while len(found) < count:
        found += strips(next(pages), rng)
    labels = np.full((count, LONGEST), BLANK, np.uint8)
    for k, (_, label) in enumerate(found[:count]):
        labels[k, : len(label)] = label
    glyphs = np.stack([strip for strip, _ in found[:count]])
    return Pool(glyphs, labels, np.full(count, HARVESTED, np.uint8))


def strips(page: Page, rng: Random) -> list[Example]:
    """Return the marks and words of a page that may be several digits, and their digits."""
    truth = np.array([box for line in page.boxes for box in line], np.float64)
    text = np.array([int(digit) for digit in "".join(page.lines)])
    looked_at = likeliest_ink(page)
    if looked_at is None:
        return []
    ink_map, scale = looked_at
    truth /= scale
    found = []
    for line in find_pieces(ink_map):
        for first, last in _asked(line):
            box, ink = union(line.pieces[first:last])
            label = _label(np.array(box, np.float64), truth, text)
            single = last == first + 1 and label is not None and len(label) < 2
            if label is None or len(label) > LONGEST or (single and rng.random() > SINGLE):
                continue
            found.append((place_strip(ink), label))
    return found


def _asked(line: PieceLine) -> set[tuple[int, int]]:
    wide = {
        (k, k + 1) for k, piece in enumerate(line.pieces) if piece.width > LEAST_WIDTH * line.height
    }
    return wide | {(first, last) for first, last in words(line) if last > first + 1}


def _label(box: NDArray[np.float64], truth: Boxes, text: NDArray[np.int_]) -> list[int] | None:
    """The digits that stand in a box, from left to right; None where one does in part."""
    low = np.maximum(truth[:, :2], box[:2])
    high = np.minimum(truth[:, :2] + truth[:, 2:], box[:2] + box[2:])
    inside = np.clip(high - low, 0, None).prod(axis=1) / truth[:, 2:].prod(axis=1)
    if ((inside > NONE) & (inside < WHOLE)).any():
        return None
    here = np.flatnonzero(inside >= WHOLE)
    middles = truth[here, 0] + truth[here, 2] / 2
    return [int(digit) for digit in text[here[np.argsort(middles)]]]
