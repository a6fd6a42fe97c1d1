"""From a page to its lines of digits: as it came, by its colours, with paper around, or turned."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PIL import Image

from digitnet.classes import NO_DIGIT
from digitnet.reading.arrays import Gray
from digitnet.reading.candidate import Candidate
from digitnet.reading.cropped import with_margin
from digitnet.reading.decode import Page
from digitnet.reading.faint import with_strong_ink
from digitnet.reading.flat import is_small, is_thumbnail
from digitnet.reading.hues import by_colour
from digitnet.reading.inks import by_ink
from digitnet.reading.jobs import Job
from digitnet.reading.lines import reading_order
from digitnet.reading.panels import with_panels_turned
from digitnet.reading.picture import ENOUGH, Read, are_ones, read_gray
from digitnet.reading.reading import Box, Digit, Line
from digitnet.reading.specks import without_specks
from digitnet.reading.upright import quarters_to_upright, turned_back

CLEAR = 0.93  # of the marks are read surely: there is one ink, or it was told from the other
RATHER = 0.3  # more worth is in a picture with a margin, or by colour, than as it came
MANY = 8  # digits: so many do not fill a picture
FILLING, AS_HIGH = 0.5, 0.65  # of the picture's height, and of the highest digit's
PLAINLY_UPRIGHT = 0.85  # a page of which this share was read lies as it should,
NO_STROKES = 3  # digits that are no 1: a turned page has at least,
MOSTLY_READ = 0.7  # and so much of it is read: words on their head look like a few digits,
PLAINLY_MORE = 0.1  # and that is so much more than is read on it as it lies
AT_EDGE = 0.02  # of a side: so near to its end a stroke reaches the edge of the picture,
LOWER = 0.8  # and digits of at most so much of the picture's height do not fill it
COLOUR_PIXELS = 30_000_000  # of larger pictures the colours would take too much memory
# What is left of the network's doubt whether a mark is one digit, once the page says so: the share
# with which confidence is truest on pages and single digits made of validation digits.
LEFT_DOUBT = 0.2


def read_page(page: Page, number: int, min_confidence: float) -> Job[list[Line]]:
    """Read a page, from the likelier of the inks that it may have.

    Args:
        page: decoded and upright.
        number: of the page in its picture, from 0.
        min_confidence: digits less sure than this, 0 to 1, are ``?`` in the text.

    Returns:
        The lines in reading order.
    """
    gray, read = yield from _read_likeliest(page)
    read, quarters = yield from _read_upright(gray, read)
    scale = read.scale * page.scale
    shape = (page.height, page.width) if quarters % 2 == 0 else (page.width, page.height)
    lines = [[_digit(candidate, scale, shape) for candidate in path] for path in read.paths]
    order = reading_order([np.array([d.box for d in line], np.float32) for line in lines])
    if quarters:
        lines = [
            [replace(d, box=turned_back(d.box, quarters, shape)) for d in line] for line in lines
        ]
    return [Line(tuple(lines[i]), _hull(lines[i]), min_confidence, number) for i in order]


def _read_likeliest(page: Page) -> Job[tuple[Gray, Read]]:
    """The picture of a page on which most is read, and what that is."""
    gray = page.gray
    read = yield from _read_whole(gray)
    if read.share >= CLEAR or is_small(gray):
        return gray, read
    rgb = _colours(page)
    in_colour = [] if rgb is None else [partial(by_colour, rgb)]
    for otherwise in (*in_colour, partial(with_strong_ink, page.gray)):
        if read.share < ENOUGH and (changed := otherwise()) is not None:
            other = yield from _read_whole(changed)
            if other.worth > read.worth + RATHER or _is_clearer(other, read):
                read, gray = other, changed
    if read.share < MOSTLY_READ and (changed := without_specks(page.gray)) is not None:
        other = yield from _read_whole(changed)
        if other.share > MOSTLY_READ and other.worth > read.worth + RATHER:
            read, gray = other, changed
    if rgb is not None and read.share < CLEAR:
        for ink in by_ink(rgb, page.gray):
            other = yield from _read_whole(ink)
            if other.share > CLEAR and other.worth > read.worth and not are_ones(other):
                return ink, other
    return gray, read


def _is_clearer(other: Read, read: Read) -> bool:
    """Whether all of one picture is read that is as much as the few pieces read of another."""
    return other.share > CLEAR and not are_ones(other) and other.worth > read.worth - RATHER


def _read_upright(gray: Gray, read: Read) -> Job[tuple[Read, int]]:
    """What is written on a picture, and how many quarters anticlockwise it is turned for that.

    Args:
        gray: the picture.
        read: what was read on it as it lies.
    """
    if read.share > PLAINLY_UPRIGHT:
        return read, 0
    quarters = yield from quarters_to_upright(read.marks)
    if quarters:
        turned = yield from _read_whole(np.ascontiguousarray(np.rot90(gray, quarters)))
        # The rules of paper that lies on its side are many a 1.
        no_strokes = sum(c.digit != 1 for path in turned.paths for c in path)
        is_more = turned.share > read.share + PLAINLY_MORE and turned.worth > read.worth + RATHER
        if is_more and turned.share > MOSTLY_READ and no_strokes >= NO_STROKES:
            return turned, quarters
    return read, 0


def _colours(page: Page) -> Image.Image | None:
    """A page in colour, as large as in grey; None where that would take too much memory."""
    if page.width * page.height > COLOUR_PIXELS:
        return None
    return page.rgb().reduce(page.scale)


def _read_whole(gray: Gray) -> Job[Read]:
    """What is written on a picture, on its dark panels too, and where its strokes are cut."""
    if not is_thumbnail(gray):
        gray = with_panels_turned(gray)
    read = _without_frame((yield from read_gray(gray)), gray.shape)
    digits = sum(map(len, read.paths))
    may_be_cut = digits == 0 or (digits < MANY and not is_small(gray))
    if may_be_cut and (wider := with_margin(gray)) is not None:
        whole = _without_frame(_moved((yield from read_gray(wider[0])), wider[1]), gray.shape)
        if whole.worth > read.worth + RATHER and _fill(whole, gray.shape[0]):
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


def _digit(candidate: Candidate, scale: float, shape: tuple[int, int]) -> Digit:
    value = candidate.digit
    x, y, w, h = candidate.box
    height, width = shape
    left = min(max(0, round(x * scale)), width - 1)
    top = min(max(0, round(y * scale)), height - 1)
    right = min(width, max(left + 1, round((x + w) * scale)))
    bottom = min(height, max(top + 1, round((y + h) * scale)))
    one_digit = float(candidate.scores[:NO_DIGIT].sum())
    confidence = float(candidate.scores[value]) / (one_digit + LEFT_DOUBT * (1 - one_digit))
    box = (left, top, right - left, bottom - top)
    return Digit(value, confidence, box, candidate.glyph)


def _hull(digits: list[Digit]) -> Box:
    left = min(d.box[0] for d in digits)
    top = min(d.box[1] for d in digits)
    right = max(d.box[0] + d.box[2] for d in digits)
    bottom = max(d.box[1] + d.box[3] for d in digits)
    return left, top, right - left, bottom - top
