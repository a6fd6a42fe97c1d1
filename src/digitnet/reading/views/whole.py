"""All that is written on a grey picture, on dark panels too, and where its edge cuts strokes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digitnet.reading.arrays import Gray
from digitnet.reading.ink.flat import is_small, is_thumbnail
from digitnet.reading.jobs import Job
from digitnet.reading.paper.cropped import with_margin
from digitnet.reading.paper.panels import with_panels_turned
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.views.picture import read_gray
from digitnet.reading.views.read import Read

RATHER = 0.3  # more worth is in a picture with a margin than as it came,
AS_SURELY = 0.9  # of the share of its marks that are read
MANY = 8  # digits: so many do not fill a picture
FILLING, AS_HIGH = 0.5, 0.65  # of the picture's height, and of the highest digit's
AT_EDGE = 0.02  # of a side: so near to its end a stroke reaches the edge of the picture,
LOWER = 0.8  # and digits of at most so much of the picture's height do not fill it


def read_whole(gray: Gray) -> Job[Read]:
    """Read a grey page, uint8 (h, w), as it is and, if its edge cuts strokes, with paper around."""
    if not is_thumbnail(gray):
        gray = with_panels_turned(gray)
    read = _without_frame((yield from read_gray(gray)), gray.shape)
    may_be_cut = read.digits == 0 or (read.digits < MANY and not is_small(gray))
    if may_be_cut and (wider := with_margin(gray)) is not None:
        whole = _without_frame(_moved((yield from read_gray(wider[0])), wider[1]), gray.shape)
        is_more = whole.worth > read.worth + RATHER and whole.share > AS_SURELY * read.share
        if is_more and _fill(whole, gray.shape[0]):
            return whole
    return read


def _without_frame(read: Read, shape: tuple[int, ...]) -> Read:
    """Leave out the sides of a frame, or rules, in which a picture of lower digits ends.

    They are strokes from edge to edge, or from one into the corner.
    """
    height, width = shape

    def is_side(candidate: Candidate) -> bool:
        left, top, w, h = (side * read.scale for side in candidate.box)
        above, below = top <= AT_EDGE * height, top + h >= (1 - AT_EDGE) * height
        beside = left <= AT_EDGE * width or left + w >= (1 - AT_EDGE) * width
        return candidate.digit == 1 and (above or below) and ((above and below) or beside)

    others = [c.box[3] for path in read.paths for c in path if not is_side(c)]
    if not others or max(others) * read.scale > LOWER * height:
        return read
    left = [[c for c in path if not is_side(c)] for path in read.paths]
    return read._replace(paths=[path for path in left if path])


def _fill(read: Read, height: int) -> bool:
    """Whether digits are as high as a picture, and as one another: what else is cut are things."""
    if not read.paths:
        return False
    heights = np.array([c.box[3] for path in read.paths for c in path]) * read.scale
    is_one_row = float(np.median(heights)) >= FILLING * height
    return is_one_row and bool(heights.min() >= AS_HIGH * heights.max())


def _moved(read: Read, margin: int) -> Read:
    """What was read on a picture with a margin, of so many pixels, on the picture without it."""
    shift = margin / read.scale
    paths = [
        [replace(c, box=(round(c.box[0] - shift), round(c.box[1] - shift), *c.box[2:])) for c in p]
        for p in read.paths
    ]
    return read._replace(paths=paths)
