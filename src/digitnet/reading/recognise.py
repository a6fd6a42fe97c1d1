"""From a page to its lines of digits, and which way up the page is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.reading.arrays import Gray
from digitnet.reading.decode import Page
from digitnet.reading.jobs import Job
from digitnet.reading.pieces.order import reading_order
from digitnet.reading.reading import Box, Digit, Line
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.views.detail import read_in_detail
from digitnet.reading.views.likeliest import read_likeliest
from digitnet.reading.views.read import Read
from digitnet.reading.views.upright import quarters_to_upright, turned_back
from digitnet.reading.views.whole import read_whole

RATHER = 0.3  # more worth is in a turned page than in the page as it lies
PLAINLY_UPRIGHT = 0.85  # a page of which this share was read lies as it should,
NO_STROKES, MOSTLY_DIGITS = (
    3,
    0.5,
)  # digits that are no 1: so many, and that share, a turned page has,
MOSTLY_READ = 0.7  # and so much of it is read: words on their head look like a few digits,
PLAINLY_MORE = 0.1  # and that is so much more than is read on it as it lies
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
    page, read = yield from read_in_detail(page)
    gray, read = yield from read_likeliest(page, read)
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
        turned = yield from read_whole(np.ascontiguousarray(np.rot90(gray, quarters)))
        is_more = turned.share > read.share + PLAINLY_MORE and turned.worth > read.worth + RATHER
        least = max(NO_STROKES, MOSTLY_DIGITS * turned.digits)
        if is_more and turned.share > MOSTLY_READ and turned.no_strokes >= least:
            return turned, quarters
    return read, 0


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
