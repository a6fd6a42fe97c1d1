"""The picture of a page on which most can be read: in grey, by its colours, cleaned or evened."""

from __future__ import annotations

from PIL import Image

from digitnet.reading.arrays import Gray
from digitnet.reading.decode import Page
from digitnet.reading.ink.flat import is_small
from digitnet.reading.ink.pressure import with_even_strokes
from digitnet.reading.jobs import Job
from digitnet.reading.paper.faint import with_strong_ink
from digitnet.reading.paper.hues import by_colour
from digitnet.reading.paper.inks import by_ink
from digitnet.reading.paper.specks import without_specks
from digitnet.reading.views.missed import with_missed
from digitnet.reading.views.read import (
    ENOUGH,
    Read,
    are_mostly_ones,
    are_ones,
    are_stripes_more,
    is_rather_writing,
)
from digitnet.reading.views.shadows import FEW, are_shadows, may_be_shaded
from digitnet.reading.views.sure import are_lines
from digitnet.reading.views.whole import read_whole

CLEAR = 0.93  # of the marks are read surely: there is one ink, or it was told from the other
RATHER = 0.3  # more worth is in another picture than in the page as it came
HALF = 0.5  # of the marks are read: what is seen is rather writing than its ground,
MOSTLY = 0.7  # and where so many are, what hid the writing is gone
HARDLY = 0.2  # of the marks are read: what is seen is rather the ground, as the grain of wood
SOME_DIGITS, SOME_WORTH = 3, 0.3  # and that share of what seems to be there: enough beside ground
MUCH = 1.65  # times as much worth: words of print that look like digits have less
COLOUR_PIXELS = 30_000_000  # of larger pictures the colours would take too much memory


def read_likeliest(page: Page, read: Read) -> Job[tuple[Gray, Read]]:
    """Read a page, decoded and upright, from the likeliest of its pictures.

    Args:
        page: the page.
        read: what is read on it in grey, as it came.

    Returns:
        That picture, and what is read on it.
    """
    is_clear = read.share >= CLEAR and not (are_mostly_ones(read) or are_ones(read))
    if is_clear and not may_be_shaded(read):
        return page.gray, read
    rgb = _colours(page)
    hues = yield from _read_hues(rgb, read)
    seen = (page.gray, read)
    if not is_clear:
        seen = yield from _read_doubtful(page, rgb, hues, read)
    if hues is not None and _is_clear(hues[1]) and are_shadows(seen[1], hues[1]):
        return hues
    return seen


def _read_hues(rgb: Image.Image | None, read: Read) -> Job[tuple[Gray, Read] | None]:
    """Read a page by its colours alone, if it has any and little was read on it in grey."""
    is_little = read.share < ENOUGH or are_ones(read) or read.digits <= FEW
    if rgb is None or not is_little or (coloured := by_colour(rgb)) is None:
        return None
    return coloured, (yield from read_whole(coloured))


def _read_doubtful(
    page: Page, rgb: Image.Image | None, hues: tuple[Gray, Read] | None, read: Read
) -> Job[tuple[Gray, Read]]:
    """Read a page, of which not all was read in grey, from a picture that shows more of it."""
    gray = page.gray
    if hues is not None and _is_writing(hues[1], read):
        gray, read = hues[0], with_missed(hues[1], read)
    if not is_small(page.gray):
        gray, read = yield from _read_otherwise(gray, page.gray, read)
    if rgb is not None and read.share < CLEAR:
        for ink in by_ink(rgb, page.gray):
            other = yield from read_whole(ink)
            if _is_writing(other, read):
                return ink, with_missed(other, read)
    return gray, read


def _read_otherwise(gray: Gray, plain: Gray, read: Read) -> Job[tuple[Gray, Read]]:
    """Read a page with faint or uneven ink, or specks, from a picture that shows it better."""
    if read.share < ENOUGH and (strong := with_strong_ink(plain)) is not None:
        other = yield from read_whole(strong)
        if _is_more(other, read) or _is_clearer(other, read):
            read, gray = other, strong
    for mended in (without_specks, with_even_strokes):
        is_doubtful = read.share < MOSTLY or are_mostly_ones(read)
        if is_doubtful and (changed := mended(plain)) is not None:
            other = yield from read_whole(changed)
            is_mended = other.share > MOSTLY and _is_worth_more(other, read)
            if is_mended or _is_rather_writing(other, read):
                read, gray = other, changed
    return gray, read


def _is_clearer(other: Read, read: Read) -> bool:
    """Whether all of one picture is read that is as much as the few pieces read of another.

    Strokes are not much, where next to nothing else is read: they are dashes, or grain; nor are a
    few digits among many marks.
    """
    is_hardly = read.share < HARDLY and (are_ones(read) or other.worth > SOME_WORTH * read.worth)
    is_as_much = is_hardly or other.worth > read.worth - RATHER
    return (_is_clear(other) and is_as_much) or _is_on_ground(other, read)


def _is_worth_more(other: Read, read: Read) -> bool:
    """Whether more is read on a picture without specks; where these were read, not even that."""
    least = read.worth + (-RATHER if read.share < ENOUGH else RATHER)
    return other.worth > least


def _is_writing(other: Read, read: Read) -> bool:
    """Whether the ink of one colour is what is written on a page, and no print or stain."""
    is_more = _is_more(other, read) and _is_mostly_read(other)
    return is_more or _is_rather_writing(other, read) or _is_clearer(other, read)


def _is_more(other: Read, read: Read) -> bool:
    """Whether more digits are read on one picture of a page than on another, and not only 1."""
    is_more = other.worth > read.worth + RATHER and other.no_strokes > read.no_strokes
    return is_more and not are_stripes_more(other, read)


def _is_rather_writing(other: Read, read: Read) -> bool:
    """Whether one picture shows digits in lines that are surely read, whatever else is seen."""
    is_much_more = other.worth > MUCH * read.worth and _is_more(other, read)
    return (is_much_more and are_lines(other.paths)) or is_rather_writing(other, read)


def _is_on_ground(other: Read, read: Read) -> bool:
    """Whether one picture shows digits, and another little but what they are written on."""
    are_some = other.digits >= SOME_DIGITS and other.worth > SOME_WORTH * read.worth
    # More strokes are the bars of a code, or what else was print.
    are_same = other.no_strokes == read.no_strokes and other.digits > read.digits
    return _is_mostly_read(other) and are_some and read.share < HARDLY and not are_same


def _is_mostly_read(read: Read) -> bool:
    """Whether most of a picture is read, and not only as strokes."""
    return read.share > HALF and not are_ones(read)


def _is_clear(read: Read) -> bool:
    """Whether all of a picture is read, and not only as strokes."""
    return read.share > CLEAR and not are_ones(read)


def _colours(page: Page) -> Image.Image | None:
    """A page in colour, as large as in grey; None where that would take too much memory."""
    if page.width * page.height > COLOUR_PIXELS:
        return None
    return page.rgb(page.scale)
