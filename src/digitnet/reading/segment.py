"""From ink to pieces of digits, in lines, in reading order; and to candidates made of pieces."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.marks import Labels, Stats, edges_reached, find_marks, soft_ink
from digitnet.reading.page import Ink
from digitnet.reading.pieces.between import Cutting, cut_between_lines
from digitnet.reading.pieces.cuts import find_cuts, split
from digitnet.reading.pieces.lines import find_lines
from digitnet.reading.pieces.stacks import find_stacks
from digitnet.reading.rules.rings import are_rings

Gray = NDArray[np.uint8]

LEAST_SIDE = 5  # smaller specks are dust, in pixels of the ink
DOT, LEAST_DOT = 0.25, 0.04  # of the line's height: the dot of a sign
MOST_DOTS = 1  # a piece of the line: where there are more, they are grain
MAX_PIECES = 4  # of one candidate
MAX_GAP = 0.35  # between the pieces of one digit, in heights of the line
MAX_WIDTH, MAX_HEIGHT = 1.6, 1.8  # of one digit, in heights of the line
MAX_PIECES_OF_TWO, MAX_WIDTH_OF_TWO = 8, 2.4  # of two digits in one mark
SIDE_WIDTH = 0.14  # of its height: the widest upright side of a box, a little tilted
SIDE_HEIGHT = 1.1  # of the highest digit: sides at least
SIDE_SPREAD = 0.06  # by how much the sides of a row of boxes differ in height
SEVERAL = 4  # marks clear of the edge, from which on they say how high the writing is
LITTLE = 0.3  # of the ink: most writing is higher than the marks in which that is
MANY, ALIKE = 8, 0.5  # marks of about one height beside a single large one: they are the writing,
LEAST_WRITTEN = 16  # pixels: if they are no dust
MAX_COMPONENTS = 40_000  # a page with more is grain, and only the largest are looked at


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of ink that belongs to one digit, or to none.

    Attributes:
        x: left edge on the ink map.
        y: upper edge.
        ink: uint8 (h, w), 0 where other pieces are.
        joined: whether this piece was cut from the one before it.
    """

    x: int
    y: int
    ink: Gray
    joined: bool = False

    @property
    def width(self) -> int:
        """In pixels of the ink map."""
        return int(self.ink.shape[1])

    @property
    def height(self) -> int:
        """In pixels of the ink map."""
        return int(self.ink.shape[0])


@dataclass(eq=False)
class PieceLine:
    """The pieces of one line of writing from left to right, and how high the writing is."""

    pieces: list[Piece]
    height: float
    dots: list[Piece] = field(default_factory=list)  # also such as are too small for pieces


def find_pieces(ink: Ink) -> list[PieceLine]:
    """Find the connected pieces of ink, in lines; what runs across lines is cut the first way."""
    cutting = cut_into_pieces(ink)
    try:
        crossings = next(cutting)
        while True:
            crossings = cutting.send([0] * len(crossings))
    except StopIteration as end:
        lines: list[PieceLine] = end.value
        return lines


def cut_into_pieces(ink: Ink) -> Cutting[list[PieceLine]]:
    """Find the pieces of ink, in lines; what runs across lines is cut as the caller says."""
    labels, stats = find_marks(ink.mask)
    kept = _not_dust(stats, ink.mask.shape)
    kept = kept[~are_rings(stats[kept])]
    if len(kept) == 0:
        return []
    stats, kept = yield from cut_between_lines(ink.strength, labels, stats, kept)
    return [
        line for marks in _by_sheet(ink, stats, kept) for line in _lines(ink, labels, stats, marks)
    ]


def _by_sheet(ink: Ink, stats: Stats, kept: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """The marks of each sheet."""
    if ink.sheets is None:
        return [kept]
    x, y, width, height, _ = stats[kept].T
    scale = np.array(ink.sheets.shape) / ink.mask.shape
    rows, columns = (y + height / 2) * scale[0], (x + width / 2) * scale[1]
    sheet = ink.sheets[rows.astype(np.intp), columns.astype(np.intp)]
    return [kept[sheet == number] for number in np.unique(sheet)]


def _lines(ink: Ink, labels: Labels, stats: Stats, kept: NDArray[np.intp]) -> list[PieceLine]:
    boxes = stats[kept, :4].astype(np.float32)
    stack = find_stacks(boxes)
    hulls = np.array([_hull(boxes[members]) for members in stack], np.float32)
    lines = []
    for line in find_lines(hulls):
        members = [int(m) for s in line.members for m in stack[s]]
        members.sort(key=lambda m: float(boxes[m, 0] + boxes[m, 2] / 2))
        members = _without_frame_sides(members, boxes)
        pieces = [_piece(ink, labels, stats[kept[m]], int(kept[m])) for m in members]
        dots = [_piece(ink, labels, stats[d], d) for d in _dots(stats, pieces, line.height)]
        lines.append(PieceLine(pieces, line.height, dots))
    return lines


def _without_frame_sides(members: list[int], boxes: NDArray[np.float32]) -> list[int]:
    """Leave out the upright sides of form boxes, of which there are two at least.

    They are straight, equally high, and higher than all that stands between them, which ones of a
    hand are not.
    """
    width, height = boxes[members, 2], boxes[members, 3]
    straight = width <= SIDE_WIDTH * height
    if np.count_nonzero(straight) < 2 or straight.all():
        return members
    high = straight & (height >= SIDE_HEIGHT * height[~straight].max())
    typical = float(np.median(height[high])) if high.any() else 0.0
    side = high & (np.abs(height - typical) <= SIDE_SPREAD * typical)
    if np.count_nonzero(side) < 2:
        return members
    return [m for m, is_side in zip(members, side, strict=True) if not is_side]


def _hull(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    low = boxes[:, :2].min(0)
    return np.concatenate([low, (boxes[:, :2] + boxes[:, 2:]).max(0) - low])


def _not_dust(stats: Stats, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Components large enough to be a digit or part of one."""
    side = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    area = stats[:, cv2.CC_STAT_AREA]
    large = (side >= LEAST_SIDE) & (area >= 2 * LEAST_SIDE)
    large[0] = False
    kept = np.flatnonzero(large)
    if len(kept) == 0:
        return kept
    # The writing is what most of the ink is in; dust is small beside it. A thing that reaches in
    # from the edge may be more ink than all writing.
    inside = edges_reached(stats[kept], shape) == 0
    writing = kept[inside] if np.count_nonzero(inside) >= SEVERAL else kept
    kept = kept[side[kept] >= 0.1 * _height_of_writing(stats[writing])]
    if len(kept) > MAX_COMPONENTS:
        kept = np.sort(kept[np.argsort(-area[kept])[:MAX_COMPONENTS]])
    return kept


def _height_of_writing(stats: Stats) -> int:
    """How high the marks are at least in which most of the ink is, a single large ring apart."""
    by_height = stats[np.argsort(stats[:, cv2.CC_STAT_HEIGHT])]
    heights, ink = by_height[:, cv2.CC_STAT_HEIGHT], np.cumsum(by_height[:, cv2.CC_STAT_AREA])
    typical = int(heights[np.searchsorted(ink, LITTLE * ink[-1])])
    if typical < heights[-1] or len(heights) <= MANY:
        return typical
    others = int(heights[np.searchsorted(ink, LITTLE * ink[-2])])
    are_many = np.count_nonzero(np.abs(heights / others - 1) < ALIKE) >= MANY
    return others if are_many and others >= LEAST_WRITTEN else typical


def _dots(stats: Stats, pieces: list[Piece], height: float) -> list[int]:
    """The marks that may be the dots of a line's signs."""
    x, y, *sides, _ = stats.T
    longer = np.maximum(*sides)
    left, right = min(p.x for p in pieces), max(p.x + p.width for p in pieces)
    top, bottom = min(p.y for p in pieces), max(p.y + p.height for p in pieces)
    dots = (longer >= LEAST_DOT * height) & (longer <= DOT * height)
    dots &= (x >= left - height) & (x <= right + height) & (y >= top) & (y <= bottom + height)
    dots[0] = False
    found = np.flatnonzero(dots).tolist()
    return found if len(found) <= MOST_DOTS * len(pieces) else []


def _piece(ink: Ink, labels: Labels, stat: Stats, label: int) -> Piece:
    return Piece(*soft_ink(ink.strength, labels, stat, label))


def cut_piece(piece: Piece, height: float) -> list[Piece]:
    """Cut a piece where digits may touch: the parts from left to right."""
    seams = find_cuts(piece.ink, height)
    parts = split(piece.ink, seams)
    return [
        Piece(piece.x + x, piece.y + y, np.ascontiguousarray(part), joined=i > 0)
        for i, (x, y, part) in enumerate(parts)
    ]


def candidates(line: PieceLine) -> list[tuple[int, int]]:
    """Runs of neighbouring pieces that could be a digit or two, as (first, after the last).

    All parts of a mark that was cut are a candidate in any case: it may be none as a whole.
    """
    pieces, height = line.pieces, line.height
    found = []
    for i, first in enumerate(pieces):
        left, right = first.x, first.x + first.width
        top, bottom = first.y, first.y + first.height
        found.append((i, i + 1))
        torn = not first.joined  # so far, all pieces are parts of one mark
        for j in range(i + 1, len(pieces)):
            piece = pieces[j]
            torn = torn and piece.joined
            gap = piece.x - right
            left, right = min(left, piece.x), max(right, piece.x + piece.width)
            top, bottom = min(top, piece.y), max(bottom, piece.y + piece.height)
            whole = torn and (j + 1 == len(pieces) or not pieces[j + 1].joined)
            fits = j < i + MAX_PIECES and gap <= MAX_GAP * height
            # The body of a 5 may be all that says how high its line is.
            tall = max(height, bottom - top)
            fits &= right - left <= MAX_WIDTH * tall and tall <= MAX_HEIGHT * height
            two = torn and j < i + MAX_PIECES_OF_TWO and right - left <= MAX_WIDTH_OF_TWO * height
            if fits or two or whole:
                found.append((i, j + 1))
            if not (fits or torn):
                break
    return found


def union(pieces: list[Piece]) -> tuple[tuple[int, int, int, int], Gray]:
    """The box (x, y, w, h) of some pieces and their ink together."""
    left, top = min(p.x for p in pieces), min(p.y for p in pieces)
    right = max(p.x + p.width for p in pieces)
    bottom = max(p.y + p.height for p in pieces)
    if len(pieces) == 1:
        return (left, top, right - left, bottom - top), pieces[0].ink
    canvas = np.zeros((bottom - top, right - left), np.uint8)
    for p in pieces:
        view = canvas[p.y - top : p.y - top + p.height, p.x - left : p.x - left + p.width]
        np.maximum(view, p.ink, out=view)
    return (left, top, right - left, bottom - top), canvas
