"""All ink of a page as one digit, which may be broken, or the only thing on it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.classes import NO_DIGIT
from digitnet.glyph import place
from digitnet.reading.jobs import Job, classified
from digitnet.reading.rows.asked import SURE, WIDE
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.segment import PieceLine, union
from digitnet.reading.signs.crosses import is_cross

MAX_SCRAPS = 12  # pieces that may be one broken digit when they are all there is
DIGITS_IN_SCRAPS = 2  # that one broken digit may fall into, as an 8 into its loops
SCRAP_GAP = 0.12  # of its height: the widest gap in a broken digit
ALONE_WIDTH = 1.3  # of its height: the widest single digit


def as_one(lines: list[PieceLine]) -> Job[Candidate | None]:
    """All ink of the page as one digit, where it is not wider than one."""
    pieces = [piece for line in lines for piece in line.pieces]
    if len(pieces) > MAX_SCRAPS:
        return None
    box, ink = union(pieces)
    if box[2] > ALONE_WIDTH * box[3] or not is_close_together(ink):
        return None
    glyph = place(ink)
    if is_cross(glyph):
        return None
    scores = yield from classified(glyph[None])
    return Candidate(0, len(pieces), box, scores[0], glyph)


def is_plainly_one(only: Candidate, line: PieceLine) -> bool:
    """Whether the only piece of a page is a digit that nothing more could be made of: no cut.

    A network that knows pairs would have said so of two digits that touch, however wide they are.
    """
    if only.scores[:NO_DIGIT].max() <= SURE:
        return False
    knows_pairs = bool(only.scores[NO_DIGIT + 1 :].any())
    return knows_pairs or only.box[2] < WIDE * line.height


def are_several(paths: list[list[Candidate]]) -> bool:
    """Whether there are more digits than a broken one falls into, which lie above one another.

    A broken stroke is many ones.
    """
    sure = [sum(c.digit != 1 and c.scores[c.digit] > SURE for c in path) for path in paths]
    return sum(sure) > DIGITS_IN_SCRAPS or max(sure, default=0) > 1


def is_close_together(ink: NDArray[np.uint8]) -> bool:
    """Whether scraps of ink would run together if the strokes were a little thicker."""
    reach = max(3, round(SCRAP_GAP * ink.shape[0])) | 1
    room = reach // 2
    mask = cv2.copyMakeBorder(ink, room, room, room, room, cv2.BORDER_CONSTANT, value=0) > 64
    near = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8))
    return cv2.connectedComponents(near)[0] == 2
