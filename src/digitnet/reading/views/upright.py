"""Pages that lie on their side or upside down, as their marks show, each for itself."""

from __future__ import annotations

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.reading.jobs import Glyphs, Job, classified
from digitnet.reading.rows.candidate import Box

LEAST_MARKS, MOST_MARKS = 6, 12  # fewer may look like digits by chance; more say nothing new
PLAINLY = 0.12  # more sure the marks are digits, on the mean, on a page that lies like that


def quarters_to_upright(marks: Glyphs) -> Job[int]:
    """How many quarters anticlockwise a page is to be turned, so that its marks look like digits.

    Args:
        marks: uint8 (n, 28, 28), the glyphs of its marks as they lie.

    Returns:
        0 to 3; 0 where there are few marks, or they look no more like digits if they are turned.
    """
    if len(marks) < LEAST_MARKS:
        return 0
    some = marks[np.linspace(0, len(marks) - 1, min(len(marks), MOST_MARKS)).astype(np.intp)]
    glyphs = np.concatenate([np.rot90(some, turn, axes=(1, 2)) for turn in range(4)])
    scores = yield from classified(np.ascontiguousarray(glyphs))
    sure = scores[:, :NO_DIGIT].max(axis=1).reshape(4, -1).mean(axis=1)
    turn = int(sure.argmax())
    return turn if sure[turn] > sure[0] + PLAINLY else 0


def turned_back(box: Box, turn: int, shape: tuple[int, int]) -> Box:
    """Return where a box of a turned picture lies on the picture as it came.

    Args:
        box: x, y, width, height on the picture turned ``turn`` quarters anticlockwise.
        turn: 0 to 3.
        shape: height and width of the turned picture, in the units of the box.
    """
    x, y, width, height = box
    for _ in range(turn):
        # A quarter clockwise: what was at the bottom is now at the left.
        x, y, width, height = shape[0] - y - height, x, height, width
        shape = shape[::-1]
    return x, y, width, height
