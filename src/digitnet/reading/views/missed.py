"""Lines that one picture of a page has lost and another one shows: writing in a second pen."""

from __future__ import annotations

from dataclasses import replace

from digitnet.reading.arrays import Floats
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.views.read import Read, edges
from digitnet.reading.views.sure import NEARLY_ALL, is_sure


def with_missed(read: Read, other: Read) -> Read:
    """Add the lines that were surely read on another picture, away from what is read on this one.

    A picture of one ink shows a pen apart from the print around it; on a form filled in with two
    pens it hides what the second one wrote.
    """
    taken = edges([c for path in read.paths for c in path], read.scale)
    missed = [
        [_moved(c, other.scale / read.scale) for c in path]
        for path in other.paths
        if is_sure(path, NEARLY_ALL) and not _overlap(edges(path, other.scale), taken)
    ]
    return read._replace(paths=[*read.paths, *missed])


def _overlap(some: Floats, others: Floats) -> bool:
    """Whether any of some boxes, (N, 4), has anything in common with any of others, (M, 4)."""
    first, second = some[:, None], others[None]
    is_apart = (first[..., :2] >= second[..., 2:]) | (second[..., :2] >= first[..., 2:])
    return not bool(is_apart.any(axis=-1).all())


def _moved(candidate: Candidate, factor: float) -> Candidate:
    """The same on a picture of which the pixels are smaller by a factor."""
    x, y, w, h = (round(side * factor) for side in candidate.box)
    return replace(candidate, box=(x, y, w, h))
