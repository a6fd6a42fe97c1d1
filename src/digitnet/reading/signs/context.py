"""What a stroke is among its neighbours: a 1, or a slash, a bracket, a comma, half a letter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from digitnet.reading.jobs import Glyphs, Job, transcribed
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.rows.transcribe import ink_width, likeliest_near
from digitnet.reading.segment import PieceLine, union
from digitnet.strip import place_strip

ZERO, ONE = 0, 1
RING = 0.75  # of a stroke's height: so small a 0 beside it makes it look like a %
AROUND = 2  # digits on either side that the network sees, too
APART = 0.9  # of the digits' height: a wider gap parts a number from what stands beside it


def likely_ones(
    lines: list[PieceLine], paths: list[list[Candidate]]
) -> Job[list[dict[int, float]]]:
    """How likely the strokes of some lines are a 1, as the network that reads strips sees them.

    Each for itself, a slash is a 1. On a strip with its neighbours, that network says where there
    are digits, and which: it has learned from dates, sums and lists, too.

    Args:
        lines: of the page.
        paths: what is read as digits in each.

    Returns:
        For each path, by their places in it, the probabilities of what is read as a single 1 and
        has neighbours, but not the ring of a percent sign: of that others decide, see
        `digitnet.reading.signs.compounds`. Nothing where nobody reads strips.
    """
    asked = [
        (number, i, *_strip(line, path, i, group))
        for number, (line, path) in enumerate(zip(lines, paths, strict=True))
        for group in groups(path)
        for i in range(*group)
        if group[1] - group[0] > 1
        and path[i].way == "digit"
        and path[i].digit == ONE
        and not _is_beside_a_ring(path, i)
    ]
    likely: list[dict[int, float]] = [{} for _ in paths]
    answers = yield from transcribed([strip for _, _, strip, _ in asked])
    if answers is not None:
        for (number, i, strip, span), columns in zip(asked, answers, strict=True):
            likely[number][i] = likeliest_near(columns, ONE, span, ink_width(strip))
    return likely


def _is_beside_a_ring(path: list[Candidate], i: int) -> bool:
    """Whether a small 0 stands beside a stroke, or beside the stroke next to it."""
    around = path[max(0, i - AROUND) : i + AROUND + 1]
    return any(c.digit == ZERO and c.box[3] < RING * path[i].box[3] for c in around)


def _strip(
    line: PieceLine, path: list[Candidate], i: int, group: tuple[int, int]
) -> tuple[Glyphs, tuple[float, float]]:
    """A digit with its neighbours, and from where to where on the ink it stands, of 0 to 1."""
    first, last = path[max(group[0], i - AROUND)], path[min(group[1], i + AROUND + 1) - 1]
    (left, _, width, _), ink = union(line.pieces[first.first : last.last])
    x, _, wide, _ = path[i].box
    return place_strip(ink), ((x - left) / width, (x + wide - left) / width)


def groups(path: list[Candidate]) -> Iterator[tuple[int, int]]:
    """Digits with no wide gap between them, as (first, after the last)."""
    if not path:
        return
    height = float(np.median([candidate.box[3] for candidate in path]))
    first = 0
    for i in range(1, len(path)):
        x, _, width, _ = path[i - 1].box
        if path[i].box[0] - x - width > APART * height:
            yield first, i
            first = i
    yield first, len(path)
