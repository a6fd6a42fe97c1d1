"""What a grey picture shows: one digit that fills it, or writing in the likelier of its inks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.glyph import place
from digitnet.reading.alone import are_several, is_close_together
from digitnet.reading.arrays import Floats, Gray, Mask
from digitnet.reading.ink.closeup import close_up_inks, only_digit
from digitnet.reading.ink.flat import is_small, is_thumbnail, tight_inks
from digitnet.reading.ink.ink import Ink
from digitnet.reading.jobs import Job, classified
from digitnet.reading.page import find_ink
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.views.read import (
    ENOUGH,
    NO_MARKS,
    Read,
    are_digits,
    are_ones,
    are_stripes,
    are_stripes_more,
    is_rather_writing,
    share_of,
)
from digitnet.reading.writing import read_ink

SECOND_INK = 0.3  # against the less likely polarity, in digits
CROWDED, ALIKE = 400, 0.8  # marks; the share of their pixels that two inks have in common
FILLS = 0.85  # a small picture that is this surely one digit is nothing else
ONE_MARK_FILLS = 0.5  # if it has one mark and no more, which is sooner one digit than anything else
HALVES = 2  # digits into which one may be cut
AROUND = 0.5  # a digit beside what seems to fill a picture that is this surely one, or FILLS,
AROUND_HEIGHT = 0.4  # if it is lower than this share of that
MANY_MORE = 0.9  # worth of what a page has more than a close-up: two sure digits
FILLS_RATHER = 0.35  # what is surer than this is one digit rather than pieces that are less sure
SHRED = 0.5  # of a digit's height: what is lower is part of it
SCRAP, MOST_SCRAPS = 0.02, 3  # of the ink: parts of a broken digit, and how many at most
ONE_RATHER = 4.0  # times as often, a small picture's only mark is one digit, not several or none


@dataclass(frozen=True, eq=False)
class _Alone:
    """All of an ink read as one digit."""

    read: Read
    mark: Mask  # cropped
    is_all_over: bool  # from edge to edge of the picture, both ways
    is_cut: bool  # by an edge of the picture

    @property
    def share(self) -> float:
        """How surely it is one."""
        return self.read.share

    @cached_property
    def is_one_mark(self) -> bool:
        """Whether the ink is all one."""
        return len(self._areas) == 1

    @cached_property
    def is_together(self) -> bool:
        """Whether the ink is all one, or in scraps that lie close together."""
        if self.is_one_mark:
            return True
        scraps = np.count_nonzero(self._areas > SCRAP * self._areas.sum())
        return bool(scraps <= MOST_SCRAPS) and is_close_together(self.mark)

    @property
    def is_sure(self) -> bool:
        """Whether it looks like one so surely that it is hardly anything else."""
        return self.share > FILLS and not (self.may_be_else or self.may_be_shadow)

    @property
    def may_be_else(self) -> bool:
        """Whether several marks may be no digit.

        Digits below one another look like a 1 together, and a digit like a 0 with the dark around.
        """
        return not self.is_one_mark and (are_ones(self.read) or self.is_all_over)

    @property
    def may_be_shadow(self) -> bool:
        """Whether it may be light, or shadow, that falls across the picture, and no 1."""
        return are_ones(self.read) and self.is_cut

    @cached_property
    def _areas(self) -> NDArray[np.int32]:
        """Of its marks, in pixels."""
        stats = cv2.connectedComponentsWithStats(self.mark)[2]
        return np.asarray(stats[1:, cv2.CC_STAT_AREA], np.int32)  # The first is the paper.


def read_gray(gray: Gray) -> Job[Read]:
    """The one digit that fills a picture, or what is written on a page."""
    tight = yield from _likeliest(tight_inks(gray))
    if tight is not None and tight.is_sure:
        if tight.is_one_mark:
            return tight.read
        # A shadow and the digits that reach out of it may look like one digit together.
        page = yield from _read_written(gray, [])
        is_more = are_several(page.paths) and _is_plainly_more(page, tight.read)
        return page if is_more else tight.read
    # Where the light is uneven, or the picture larger than its digit, it is seen as a close-up.
    close_up = list(close_up_inks(gray))
    single = yield from _likeliest([ink] for each in close_up if (ink := only_digit(each)))
    alone = max(filter(None, (tight, single)), key=attrgetter("share"), default=None)
    if alone is None:
        return (yield from _read_written(gray, close_up))
    is_tight = alone is tight
    if is_tight and alone.is_one_mark and alone.share > ONE_MARK_FILLS and not alone.may_be_shadow:
        return alone.read
    page = yield from _read_written(gray, close_up)
    is_one = _fills_its_picture(alone, page) if is_tight else _is_close(alone, page)
    return alone.read if is_one else page


def _fills_its_picture(tight: _Alone, page: Read) -> bool:
    """Whether a small picture is one digit, rather than what was read in it as on a page."""
    is_several = are_several(page.paths)
    if is_several and (not tight.is_together or _is_plainly_more(page, tight.read)):
        return False
    # Shreds of a broken digit, a few of which look like a 1, are more pieces than they are digits.
    needed = max(FILLS_RATHER, page.share)
    if tight.is_one_mark and not is_several and not _is_one_as_high(page, tight.read):
        needed /= ONE_RATHER
    return tight.share > needed


def _is_close(single: _Alone, page: Read) -> bool:
    """Whether a picture shows one digit closely, rather than what was read in it as on a page."""
    if _is_more_around(single.read, page):
        return False
    # A picture's only mark is sooner one digit than the two, or the scraps, that are cut from it.
    if are_several(page.paths):
        are_halves = single.is_one_mark and page.digits == HALVES
        if are_halves and single.share > ONE_MARK_FILLS:
            return True
        # The edge of a shadow around them may look like a 0.
        if _is_plainly_more(page, single.read):
            return False
        return single.share > max(FILLS, page.share) and not are_ones(single.read)
    if single.share > FILLS and not are_ones(single.read):
        return True
    is_only = single.is_one_mark and not _is_one_as_high(page, single.read)
    return single.share > (FILLS_RATHER if is_only else max(FILLS_RATHER, page.share))


def _is_plainly_more(page: Read, alone: Read) -> bool:
    """Whether nearly all of a page is surely read, and is more than one digit."""
    return page.share > FILLS and page.worth - alone.worth > MANY_MORE


def _is_more_around(large: Read, page: Read) -> bool:
    """Whether a page has digits, not only strokes or grain, beside those that seem to fill it."""
    if page.share < ENOUGH:
        return False
    boxes = np.array([c.box for path in large.paths for c in path]) * large.scale
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    for digit in (c for path in page.paths for c in path if c.digit != 1):
        box = np.array(digit.box) * page.scale
        middle = box[:2] + box[2:] / 2
        needed = AROUND if box[3] > AROUND_HEIGHT * (high[1] - low[1]) else FILLS
        if np.any((middle < low) | (middle > high)) and digit.scores[digit.digit] > needed:
            return True
    return False


def _is_one_as_high(page: Read, alone: Read) -> bool:
    """Whether one digit was read, and not in a shred of the one that fills the picture."""
    heights = [digit.box[3] * page.scale for path in page.paths for digit in path]
    filled = alone.paths[0][0].box[3] * alone.scale
    return len(heights) == 1 and heights[0] > SHRED * filled


def _likeliest(groups: Iterable[list[Ink]]) -> Job[_Alone | None]:
    """The ink that looks most like one digit, of the first group in which one surely does.

    Where a digit is cropped tightly and coarse, its counters are as wide as its strokes, reach the
    edge as they do, and are no darker or lighter: only its shape says which of them is the ink.
    """
    found: list[_Alone] = []
    for inks in groups:
        glyphs = np.stack([place(ink.strength) for ink in inks])
        scores = yield from classified(glyphs)
        found += [_alone(*each) for each in zip(inks, glyphs, scores, strict=True)]
        if max(each.share for each in found) > FILLS:
            break
    return max(found, key=attrgetter("share"), default=None)


def _alone(ink: Ink, glyph: Gray, scores: Floats) -> _Alone:
    """All of an ink as one digit."""
    x, y, width, height = (int(side) for side in cv2.boundingRect(ink.mask))
    digit = Candidate(0, 1, (x, y, width, height), scores, glyph)
    mark = ink.mask[y : y + height, x : x + width]
    rows, columns = ink.mask.shape
    is_cut = x == 0 or y == 0 or x + width == columns or y + height == rows
    read = Read([[digit]], ink.scale, share_of([[digit]], 1), glyph[None])
    return _Alone(read, mark, mark.shape == ink.mask.shape, is_cut)


def _read_written(gray: Gray, close_up: list[Ink]) -> Job[Read]:
    """What is written on a page, or in large digits on a close-up."""
    # Shadows, seen as ink, leave enough of the writing on a small picture to be read alone.
    may_be_shaded = is_small(gray) and not is_thumbnail(gray)
    page = yield from _read_inks(find_ink(gray), at_least=2 if may_be_shaded else 1)
    large = yield from _read_inks(iter(close_up))
    if not large.paths or _is_more_around(large, page):
        return page
    if is_rather_writing(large, page):
        return large
    if large.share > FILLS and not are_ones(large):
        more = page.worth - large.worth
        is_more = more > (0 if page.share > large.share else MANY_MORE)
        return page if is_more and not are_ones(page) else large
    return large if large.share > page.share and not are_several(page.paths) else page


def _read_inks(inks: Iterator[Ink], at_least: int = 1) -> Job[Read]:
    """What is written in the likelier of the inks that a page may have.

    Args:
        inks: the likeliest first; they are looked at until one has enough digits.
        at_least: how many are looked at in any case.
    """
    best, best_worth = Read([], 1.0, 0.0, NO_MARKS), -np.inf
    crowded: list[Ink] = []
    for rank, ink in enumerate(inks):
        if any(_are_alike(ink, other) for other in crowded):
            continue
        paths, marks = yield from read_ink(ink)
        if len(marks) > CROWDED:
            crowded.append(ink)
        read = Read(paths, ink.scale, share_of(paths, len(marks)), marks)
        worth = read.worth - rank * SECOND_INK
        # Stripes, grain and the meshes of a cloth are read as many 1; digits on it say more.
        is_pattern = are_stripes(read) or are_stripes_more(read, best)
        is_better = worth > best_worth and not (is_pattern and are_digits(best))
        if is_better or is_rather_writing(read, best):
            best, best_worth = read, worth
        if rank + 1 >= at_least and worth >= ENOUGH * max(1, len(marks)):
            break
    return best


def _are_alike(ink: Ink, other: Ink) -> bool:
    """Whether two inks are all but the same: a page of print takes seconds to be read once."""
    if ink.light != other.light or ink.mask.shape != other.mask.shape:
        return False
    both = np.count_nonzero(cv2.bitwise_and(ink.mask, other.mask))
    return bool(both > ALIKE * np.count_nonzero(cv2.bitwise_or(ink.mask, other.mask)))
