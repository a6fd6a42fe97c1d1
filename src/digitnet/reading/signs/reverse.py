"""Writing that shows through from the other side of the sheet: fainter, and in a mirror."""

from __future__ import annotations

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.reading.jobs import Job, classified
from digitnet.reading.rows.candidate import Candidate, left_out
from digitnet.reading.segment import PieceLine

FAINT = 0.6  # of the strength of most digits: what shows through is fainter,
RATHER = 0.2  # and so many digits more are seen in it in a mirror
INK = 64  # of 255: from this strength on, a pixel is ink
WELL_INKED = 75  # percent of a piece's ink are no stronger: its edges are soft


def without_other_side(
    lines: list[PieceLine], rows: list[list[Candidate]], paths: list[list[Candidate]]
) -> Job[list[list[Candidate]]]:
    """Leave out lines that are much fainter than others, and more like digits in a mirror.

    Args:
        lines: of the page.
        rows: the candidates of each.
        paths: what is read as digits in each.

    Returns:
        The paths, empty where a line is of the other side.
    """
    if sum(map(bool, paths)) < 2:
        return paths  # There is nothing that one line could be fainter than.
    strengths = np.array([_strength(line) for line in lines])
    usual = np.median(np.repeat(strengths, [len(path) for path in paths]))
    faint = (strengths < FAINT * usual).tolist()
    if not any(path for path, is_faint in zip(paths, faint, strict=True) if is_faint):
        return paths
    marks = [
        candidate
        for row, path, is_faint in zip(rows, paths, faint, strict=True)
        if is_faint
        for candidate in (*path, *left_out(row, path))
    ]
    mirrored = yield from classified(np.stack([c.glyph[:, ::-1] for c in marks]))
    in_mirror = float(mirrored[:, :NO_DIGIT].max(axis=1).sum())
    if in_mirror < sum(c.one for c in marks) + RATHER:
        return paths
    return [[] if is_faint else path for path, is_faint in zip(paths, faint, strict=True)]


def _strength(line: PieceLine) -> float:
    """How strong the ink of a line's pieces is: 0 … 255."""
    inked = [piece.ink[piece.ink >= INK] for piece in line.pieces]
    strengths = [float(np.percentile(ink, WELL_INKED)) for ink in inked if ink.size]
    return float(np.median(strengths)) if strengths else 0.0
