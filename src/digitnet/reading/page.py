"""From a grey page to its ink: the light flattened, the polarity found, rules and frames removed.

The steps are those of document binarisation: estimate the paper under the ink, divide by it, and
keep what stands out against the ink nearby (compare Lu, Su and Tan, "Document image binarization
using background estimation and stroke edges", IJDAR 2010).
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, as_bytes
from digitnet.reading.ink.binarise import binarise, polarities
from digitnet.reading.ink.broken import joined_inks
from digitnet.reading.ink.flat import enlarge, flat_inks, is_bilevel, is_small, is_thumbnail
from digitnet.reading.ink.ink import Ink
from digitnet.reading.paper.contrast import contrasts
from digitnet.reading.paper.light import Paper, find_papers

__all__ = ["Ink", "find_ink"]

LEAST_SPREAD = 8  # grey levels; a picture with fewer is blank


def find_ink(gray: Gray) -> Iterator[Ink]:
    """Find the ink of a page.

    Args:
        gray: uint8 (h, w), 0 black … 255 white, upright.

    Yields:
        The ink seen as dark on light, as light on dark, as thin or as thick strokes, the likelier
        first, where the picture alone does not decide; and its strokes joined where they are in
        shreds. Nothing where there is no contrast. Each is looked for when it is asked for: mostly
        the first will do.
    """
    is_even = is_thumbnail(gray) or (is_small(gray) and is_bilevel(gray))
    gray, scale = enlarge(gray)
    flat = flat_inks(gray, scale)
    if flat and is_even:
        yield from flat
        return
    if int(gray.max()) - int(gray.min()) < LEAST_SPREAD:
        return
    yield from flat[:1]
    likeliest = None
    for ink in _inks_on_papers(gray, scale):
        likeliest = likeliest or ink
        yield ink
    yield from flat[1:]
    if likeliest is not None:
        yield from joined_inks(likeliest)


def _inks_on_papers(gray: Gray, scale: float) -> Iterator[Ink]:
    papers = find_papers(gray)
    if scale == 1:
        gray = as_bytes(cv2.GaussianBlur(gray, (3, 3), 0))
    for paper in papers:
        yield from _inks_on(paper, gray, scale)


def _inks_on(paper: Paper, gray: Gray, scale: float) -> Iterator[Ink]:
    size = gray.shape[::-1]
    level = as_bytes(cv2.resize(paper.level, size, interpolation=cv2.INTER_LINEAR))
    dark, light = contrasts(gray, level)
    pixels = gray.size
    if paper.sheet is not None:
        outside = cv2.resize(paper.sheet, size, interpolation=cv2.INTER_NEAREST) == 0
        dark[outside] = 0
        light[outside] = 0
        pixels -= int(np.count_nonzero(outside))
    for contrast, grain, is_light in polarities(dark, light, pixels):
        if paper.sheets is None:
            ink = binarise(contrast, grain, scale, light=is_light)
        else:
            ink = _on_each_sheet(contrast, grain, scale, paper.sheets, light=is_light)
        if ink is not None:
            yield ink


def _on_each_sheet(
    contrast: Gray, grain: float, scale: float, sheets: NDArray[np.int32], *, light: bool
) -> Ink | None:
    """The ink of sheets, each for itself.

    What is faint on one may be all there is on another, and its rules end where it does.
    """
    strength, mask = np.zeros_like(contrast), np.zeros_like(contrast)
    numbers = cv2.resize(
        sheets.astype(np.uint8), contrast.shape[::-1], interpolation=cv2.INTER_NEAREST
    )
    for number in range(1, int(sheets.max()) + 1):
        sheet = np.multiply(numbers == number, 255, dtype=np.uint8)
        x, y, width, height = cv2.boundingRect(sheet)
        part = slice(y, y + height), slice(x, x + width)
        own = as_bytes(cv2.bitwise_and(contrast[part], sheet[part]))
        ink = binarise(own, grain, scale, light=light) if own.size else None
        if ink is not None:
            strength[part] |= ink.strength
            mask[part] |= ink.mask
    return Ink(strength, mask, scale, light, sheets) if mask.any() else None
