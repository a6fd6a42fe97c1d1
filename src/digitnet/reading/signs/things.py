"""What is taken for digits of things that lie about a page, of bars, and of stray marks."""

from __future__ import annotations

import numpy as np

from digitnet.classes import NO_DIGIT
from digitnet.reading.rows.candidate import Candidate, is_at_edge

WRITING = 4  # digits in lines with others, from which on a page is writing
STROKES = (1, 7)  # digits that the straight sides of things look like
FENCE = 8  # 1 in a row and nothing else: nobody writes that
GRAIN = 0.3  # of the height of the writing: strokes that are no digits,
TOWERING = 2.0  # times as high as all of it: others that are none
STRAY_HEIGHT = 0.6  # of the writing's: a lone mark that is lower is no digit
BY_CHANCE = 0.1  # a line that is less surely digits on the mean is none,
DOUBTFUL_LINE = 0.6  # on a page of writing already one that is less sure than this
STRAY_PROBABILITY = 0.7  # a lone mark that is less surely one is no digit
PLAINLY_DIGITS = 0.97  # lines of one digit that is this sure


def likely_lines(paths: list[list[Candidate]]) -> list[list[Candidate]]:
    """Return those lines that are digits rather than chance or a fence."""
    return [path for path in paths if path and _sure(path) >= BY_CHANCE and not _is_fence(path)]


def without_things(paths: list[list[Candidate]], shape: tuple[int, ...]) -> list[list[Candidate]]:
    """Leave out what is taken for digits of things that lie about: pens, fingers, a wire binding.

    It reaches in from the edge of the picture, of which all writing keeps clear; or it is nothing
    but strokes that tower above the writing, or are grain beside it.
    """
    writing = [p for p in paths if not (_are_strokes(p) or _is_cut_off(p, shape))]
    if not writing or any(is_at_edge(c.box, shape) for path in writing for c in path):
        return paths
    heights = [c.box[3] for path in writing for c in path]
    least, most = GRAIN * float(np.median(heights)), TOWERING * max(heights)
    return [
        path
        for path in paths
        if not _is_cut_off(path, shape)
        and (not _are_strokes(path) or least < np.median([c.box[3] for c in path]) < most)
    ]


def _is_fence(path: list[Candidate]) -> bool:
    """Whether a line is nothing but many strokes, as the bars of a code, a blind or a fence are."""
    return len(path) >= FENCE and all(c.digit == 1 for c in path)


def _are_strokes(path: list[Candidate]) -> bool:
    return all(c.digit in STROKES for c in path)


def _is_cut_off(path: list[Candidate], shape: tuple[int, ...]) -> bool:
    """Whether a line reaches the edge of the picture: some of it, if it is strokes, else all."""
    at_edge = [is_at_edge(c.box, shape) for c in path]
    return any(at_edge) if _are_strokes(path) else all(at_edge)


def without_strays(paths: list[list[Candidate]], among_digits: bool) -> list[list[Candidate]]:
    """Leave out of a page of writing what stands alone and is small, and lines in much doubt.

    Where much else lies about, lines of nothing but 1 are strokes of that.
    """
    heights = [c.box[3] for path in paths for c in path if len(path) > 1]
    if len(heights) < WRITING:
        return paths
    least = STRAY_HEIGHT * float(np.median(heights))
    kept = [path for path in paths if not _is_stray(path, least)]
    strokes = [all(c.digit == 1 for c in path) for path in kept]
    if among_digits or all(strokes):
        return kept
    return [path for path, is_strokes in zip(kept, strokes, strict=True) if not is_strokes]


def _is_stray(path: list[Candidate], least: float) -> bool:
    if len(path) > 1:
        return _sure(path) < DOUBTFUL_LINE and _surest(path) < PLAINLY_DIGITS
    return path[0].box[3] < least or _sure(path) < STRAY_PROBABILITY


def _sure(path: list[Candidate]) -> float:
    """How surely a line is digits, on the mean."""
    return float(np.mean([c.scores[:NO_DIGIT].max() for c in path]))


def _surest(path: list[Candidate]) -> float:
    """How surely the plainest of a line's digits is one."""
    return max(float(c.scores[:NO_DIGIT].max()) for c in path)
