"""Lines that are surely read, and those of them that another picture of the page has lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digitnet.reading.arrays import Floats
from digitnet.reading.candidate import Candidate
from digitnet.reading.picture import Read

SURE = 0.8  # of every digit of a line: words and patterns are read less surely,
LEAST = 3  # or have fewer digits
MOST = 0.6  # of the digits that were read are in lines of which all are sure


def are_lines(read: Read) -> bool:
    """Whether most of what was read is in lines that are surely read, as no ground is."""
    digits = sum(map(len, read.paths))
    return sum(len(path) for path in read.paths if _is_sure(path)) > MOST * digits


def with_missed(read: Read, other: Read) -> Read:
    """Add the lines that were surely read on another picture, away from what is read on this one.

    A picture of one ink shows a pen apart from the print around it; on a form filled in with two
    pens it hides what the second one wrote.
    """
    taken = _boxes([c for path in read.paths for c in path], read.scale)
    missed = [
        [_moved(c, other.scale / read.scale) for c in path]
        for path in other.paths
        if _is_sure(path) and not _overlap(_boxes(path, other.scale), taken)
    ]
    return read._replace(paths=[*read.paths, *missed])


def _is_sure(path: list[Candidate]) -> bool:
    """Whether a line has several digits, not all of them strokes, and each of them is sure."""
    are_some = len(path) >= LEAST and any(c.digit != 1 for c in path)
    return are_some and min(c.one for c in path) > SURE


def _boxes(candidates: list[Candidate], scale: float) -> Floats:
    """Left, top, right and lower edges, (N, 4), in pixels of the page."""
    boxes = np.array([c.box for c in candidates], np.float32).reshape(-1, 4) * scale
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def _overlap(some: Floats, others: Floats) -> bool:
    """Whether any of some boxes, (N, 4), has anything in common with any of others, (M, 4)."""
    first, second = some[:, None], others[None]
    is_apart = (first[..., :2] >= second[..., 2:]) | (second[..., :2] >= first[..., 2:])
    return not bool(is_apart.any(axis=-1).all())


def _moved(candidate: Candidate, factor: float) -> Candidate:
    """The same on a picture of which the pixels are smaller by a factor."""
    x, y, w, h = (round(side * factor) for side in candidate.box)
    return replace(candidate, box=(x, y, w, h))
