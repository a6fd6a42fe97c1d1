"""In how much detail a page is read: large writing is seen as well from further away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digitnet.reading.decode import Page
from digitnet.reading.gray import reduce
from digitnet.reading.ink.flat import is_bilevel
from digitnet.reading.jobs import Job
from digitnet.reading.paper.dither import with_shades
from digitnet.reading.views.read import ENOUGH, Read
from digitnet.reading.views.whole import read_whole

LARGE = 2_400_000  # pixels: a quarter of fewer would be too few
RATHER = 1.0  # more worth is seen from afar than from near by, where little is read there
HIGH = 32  # pixels: most digits are that high, seen from twice as far


def read_in_detail(page: Page) -> Job[tuple[Page, Read]]:
    """Read a page in grey, from as far away as its writing allows.

    A quarter of the pixels take a quarter of the time, and the grain of a photo is gone from them.

    Returns:
        The page, and what is read on it: of half the sides where its writing is large, or hidden by
        finer things.
    """
    # Seen from further away, dots are shades, too, but other ones.
    page = replace(page, gray=with_shades(page.gray, page.scale))
    if page.gray.size <= LARGE or is_bilevel(page.gray):
        return page, (yield from read_whole(page.gray))
    far = replace(page, gray=reduce(page.gray, 2), scale=2 * page.scale)
    from_afar = yield from read_whole(far.gray)
    if _is_large(from_afar):
        return far, from_afar
    read = yield from read_whole(page.gray)
    # Grain may hide from near by what is plain from afar.
    is_hidden = read.share < ENOUGH and from_afar.worth > read.worth + RATHER
    return (far, from_afar) if is_hidden else (page, read)


def _is_large(read: Read) -> bool:
    """Whether most digits are high."""
    heights = [c.box[3] * read.scale for path in read.paths for c in path]
    return bool(heights) and float(np.median(heights)) >= HIGH
