"""Which part of a picture is the page, where it shows a sheet on something darker."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Floats, Gray, Mask, as_bytes, square
from digitnet.reading.marks import edges_reached, find_marks, labels_at_edge, longer_sides
from digitnet.reading.paper.outline import WRITING_ON_SHEET, filled, is_convex, without_fingers

DEPTH = (0.2, 0.11)  # of the shorter and longer side: half the width of a sheet at least
BLOCK_DEPTH = 0.06  # of the longer side: the same, of several that lie side by side
MAX_DARK = 0.65  # of the sheet's brightness: what is lighter than that is no table
TABLE = 0.3  # of the sheet's brightness: no shadow is darker than that
THING = 0.012  # of the longer side: half the width of a thing that lies on the page, at least
BLOCK = 0.8  # of the narrowest box around it: what a thing fills at least that lies inside a page,
BLOCK_LENGTH = 3.0  # and it is at most so many times as long as wide
RIM = 9  # pixels of the low picture: of a thing and the shadow that it casts, on both sides
LEAST_SHEET = 0.08  # of the picture: the largest sheet at least,
LEAST_FURTHER = 0.02  # and others beside it,
LIKE_BRIGHT = 0.6  # which stand out of what they lie on by so much of what sheets do
SHARP = 0.5  # of the step at a sheet's edge is made within five pixels,
SHARP_PART, ALL_ROUND = 0.3, 15  # and so much of it at all but so many percent of its outline
LEAST_CONTRAST = 0.15  # of the sheet's brightness: strokes at least,
STRONGEST = 99.97  # percent: writing may be small on its sheet
STROKE = 0.7  # of the strongest contrast: strokes at least
STRAIGHT = 0.2  # of its length: how far a stroke leaves a straight line at least
STROKE_SIZES = (0.008, 0.3)  # of the longer side: the size of a stroke
LIKE_SIZE = 0.5  # of the size of the strokes on the sheet: others of the same hand at least
ALL_BESIDE = 4  # strokes, where there are none on the sheet
WRITTEN, FEW = 3, 6  # so many such strokes, or one where there are few, say it is written there too
ACROSS = 0.15, 0.85  # of a stroke is on the sheet: it goes beyond the edge
BESIDE = 0.75  # of a stroke is clear of the edge, where it is all beside the sheet
SAME, SAME_SIZE = 2, 0.15  # so many across, or whose sizes differ by less from those on it, say so


def is_wide(marks: Mask) -> bool:
    """Whether marks are so wide that they may be a sheet, and are no writing."""
    radius = _depth(marks)
    is_one = radius > DEPTH[0] * min(marks.shape) or radius > DEPTH[1] * max(marks.shape)
    return bool(is_one or (radius > BLOCK_DEPTH * max(marks.shape) and _are_blocks(marks)))


def _are_blocks(marks: Mask) -> bool:
    """Whether several of the marks are as full as sheets are: two strokes hardly ever are."""
    return sum(map(_is_block, _regions(marks, LEAST_FURTHER))) > 1


def _depth(marks: Mask) -> float:
    """How far the middle of the widest mark is from its edge; writing on a sheet is no edge."""
    closed = as_bytes(cv2.morphologyEx(marks, cv2.MORPH_CLOSE, square(WRITING_ON_SHEET)))
    if np.count_nonzero(closed) > 1.3 * np.count_nonzero(marks):
        closed = marks  # the inside of a loop, and not a sheet with a little ink on it
    return float(cv2.distanceTransform(closed, cv2.DIST_L2, 3).max())


def find_sheet(fine: Gray, low: Gray, marks: Mask) -> Mask | None:
    """Where a sheet, or several, lie on something darker: a mask like ``low``, or None.

    Args:
        fine: the picture in some detail.
        low: the same, small.
        marks: one of the two levels of ``low``.
    """
    if marks.all():
        return None  # They lie on one single grey.
    bright = brighter(low, marks)
    light, dark = float(np.median(low[bright > 0])), float(np.median(low[bright == 0]))
    if dark > MAX_DARK * light:
        return None  # a shadow: there may be writing in it
    like_bright = dark + LIKE_BRIGHT * (light - dark)
    sheets: Mask | None = None
    for region in _regions(bright, LEAST_FURTHER):
        level = float(np.median(low[region > 0]))
        if sheets is None and np.count_nonzero(region) < LEAST_SHEET * low.size:
            break
        if sheets is not None and level < like_bright:
            continue
        found = _sheet(fine, region, level - dark)
        if found is not None:
            sheets = found if sheets is None else as_bytes(cv2.bitwise_or(sheets, found))
        elif sheets is None:
            return None
    return sheets if sheets is None else _with_dimmer(fine, low, sheets)


def _with_dimmer(fine: Gray, low: Gray, sheets: Mask) -> Mask:
    """Sheets, and others beside them, on which there is less light."""
    rest = cv2.dilate(sheets, square(RIM)) == 0
    if np.count_nonzero(rest) < LEAST_FURTHER * low.size:
        return sheets
    split = _split(low[rest])
    darker = low[rest & (low <= split)]
    if darker.size == 0:
        return sheets  # They lie on one single grey.
    dark = float(np.median(darker))
    dimmer = np.where(rest & (low > split), 255, 0).astype(np.uint8)
    for region in _regions(dimmer, LEAST_FURTHER):
        level = float(np.median(low[region > 0]))
        if level < dark / MAX_DARK or not _is_block(region):
            continue
        if (found := _sheet(fine, region, level - dark)) is not None:
            sheets = as_bytes(cv2.bitwise_or(sheets, found))
    return sheets


def _regions(marks: Mask, least: float) -> Iterator[Mask]:
    """The marks that take so much of a picture, the largest first, as 0 and 1."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marks)
    areas = stats[:, cv2.CC_STAT_AREA]
    for label in (1 + np.argsort(-areas[1:])).tolist():
        if areas[label] < least * marks.size:
            break
        yield (labels == label).astype(np.uint8)


def _sheet(fine: Gray, region: Mask, step: float) -> Mask | None:
    """A bright region as a sheet that lies on something darker by ``step``, or None."""
    sheet = filled(region)
    if not is_convex(sheet):
        sheet = without_fingers(sheet)
        if not is_convex(sheet):
            return None  # no sheet has such an outline
    if not is_sharp_all_round(fine, sheet, step):
        return None  # light that falls off, with a thick stroke at its end or not
    # Let the blurred rim of the sheet go with the table.
    padded = cv2.copyMakeBorder(sheet, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    return as_bytes(cv2.erode(padded, np.ones((5, 5), np.uint8)))[1:-1, 1:-1]


def page_without_things(fine: Gray, low: Gray) -> Mask | None:
    """Where a page is that fills the picture, without what very dark things lie on it, as a pen.

    Such things are darker than shadows; and they reach in from the edge of the picture, which thick
    strokes hardly do, or are blocks, as a telephone is.

    Args:
        fine: the picture in some detail.
        low: the same, small.

    Returns:
        A mask like ``low``, or None where there are no such things.
    """
    paper = float(np.median(low))
    dark = np.where(low < TABLE * paper, 255, 0).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark)
    padded = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    edge = labels_at_edge(labels)
    things = np.zeros_like(dark)
    for label in np.unique(labels[depth > THING * max(low.shape)]):
        thing = np.where(labels == label, 255, 0).astype(np.uint8)
        step = paper - float(np.median(low[thing > 0]))
        if (label in edge or _is_block(thing)) and is_sharp(fine, thing, step):
            things |= thing
    if not things.any():
        return None
    # Their rim and their shadow go with them.
    return as_bytes(cv2.bitwise_not(cv2.dilate(things, square(RIM))))


def _is_block(thing: Mask) -> bool:
    """Whether a mark is as full as no digit, and wider than a 1."""
    contours, _ = cv2.findContours(thing, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    _, sides, _ = cv2.minAreaRect(np.concatenate(contours))
    full = np.count_nonzero(thing) > BLOCK * sides[0] * sides[1]
    return bool(full and max(sides) < BLOCK_LENGTH * min(sides))


def brighter(low: Gray, marks: Mask) -> Mask:
    """The brighter of the two levels of a picture, of which one is given."""
    inner, outer = low[marks > 0], low[marks == 0]
    return as_bytes(marks if np.median(inner) > np.median(outer) else cv2.bitwise_not(marks))


def with_shadow(low: Gray, lit: Mask) -> Mask:
    """A first guess at a sheet: its lit part, and what else is brighter than the rest.

    Args:
        low: the picture, small.
        lit: a mask like ``low``.
    """
    level = _split(low[lit == 0])
    return as_bytes(np.where((lit > 0) | (low > level), 255, 0).astype(np.uint8))


def _split(levels: Gray) -> float:
    """The grey level that parts the brighter of some pixels (n,) from the darker."""
    level, _ = cv2.threshold(levels[None], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(level)


def is_sharp(fine: Gray, region: Mask, step: float) -> bool:
    """Whether the brightness changes at once at the outline: many a shadow's edge is soft.

    And by more than it does everywhere, in the grain.
    """
    changes = _changes_at_outline(fine, region)
    return bool(changes.size) and float(np.median(changes)) > SHARP * step


def is_sharp_all_round(fine: Gray, region: Mask, step: float) -> bool:
    """Whether the brightness changes at once at nearly all of the outline, not only at most."""
    changes = _changes_at_outline(fine, region)
    if not changes.size:
        return False
    least, middle = np.percentile(changes, (ALL_ROUND, 50))
    return bool(middle > SHARP * step and least > SHARP_PART * step)


def _changes_at_outline(fine: Gray, region: Mask) -> Floats:
    """By how much more the brightness changes within five pixels than it does elsewhere."""
    rim = cv2.morphologyEx(region, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    rim[[0, -1]] = 0
    rim[:, [0, -1]] = 0
    change = cv2.morphologyEx(fine, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    # The outline is known to a pixel of the small mask.
    reach = 2 * -(-max(fine.shape) // max(region.shape)) + 1
    near = cv2.resize(
        cv2.dilate(change, np.ones((reach, reach), np.uint8)),
        region.shape[::-1],
        interpolation=cv2.INTER_NEAREST,
    )
    elsewhere = near[cv2.dilate(rim, square(7)) == 0]
    grain = np.float32(np.median(elsewhere) if elsewhere.size else 0.0)
    return np.asarray(near[rim > 0] - grain, np.float32)


def is_written_around(contrast: Gray, low: Gray, sheet: Mask) -> bool:
    """Whether there is writing beside a sheet like that on it: then the sheet is a patch of light.

    Args:
        contrast: of thin strokes against what is beside them, on the whole picture.
        low: the picture, small.
        sheet: a mask like ``low``.
    """
    size = contrast.shape[::-1]
    beside = cv2.resize(cv2.dilate(sheet, square(9)), size, interpolation=cv2.INTER_NEAREST) == 0
    on = cv2.resize(cv2.erode(sheet, square(5)), size, interpolation=cv2.INTER_NEAREST) > 0
    if not (on.any() and beside.any()):
        return False
    level = float(np.percentile(contrast[on], STRONGEST))
    if level < 255 * LEAST_CONTRAST:  # Nothing is written on it.
        level = float(np.percentile(contrast[beside], STRONGEST))
    if level < 255 * LEAST_CONTRAST:
        return False
    strokes = np.where(contrast > STROKE * level, 255, 0).astype(np.uint8)
    here = cv2.resize(sheet, size, interpolation=cv2.INTER_NEAREST) > 0
    sizes, (share_on, share_here, share_beside) = _strokes_in(strokes, on, here, beside)
    sizes_on = sizes[share_on == 1]
    if len(sizes_on) == 0:  # The edge goes through the writing, or all of it is beside the sheet.
        sizes_on = sizes[share_here >= ACROSS[0]]
    if len(sizes_on) == 0:
        return bool(np.count_nonzero(share_beside == 1) >= ALL_BESIDE)
    if np.median(low[sheet == 0]) < TABLE * np.median(low[sheet > 0]):
        return False  # the grain of wood, or what else lies there, also on the edge of the sheet
    usual = float(np.median(sizes_on))
    like = sizes >= LIKE_SIZE * usual
    across = (share_here >= ACROSS[0]) & (share_here <= ACROSS[1]) & (sizes <= sizes_on.max())
    written = like & (share_here == 0) & (share_beside > BESIDE)
    same = written & (np.abs(sizes / usual - 1) < SAME_SIZE)
    least = WRITTEN if len(sizes_on) > FEW else 1
    return bool(
        np.count_nonzero(written) >= least or np.count_nonzero(same | (across & like)) >= SAME
    )


def _strokes_in(
    mask: Mask, *areas: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """The longer sides of the marks that could be written, and the share of each in each area.

    The grain of wood is straight, and what reaches the edge of the picture is not all there.
    """
    labels, stats = find_marks(mask)
    count = len(stats)
    y, x = np.nonzero(mask)
    label = labels[y, x]
    side = longer_sides(stats)
    least, most = (share * max(mask.shape) for share in STROKE_SIZES)
    good = (edges_reached(stats, mask.shape) == 0) & (side >= least) & (side <= most)
    good[0] = False
    good &= _straightness(label, x, y, count) > STRAIGHT
    pixels = stats[good, cv2.CC_STAT_AREA]
    shares = [
        np.bincount(label, weights=area[y, x], minlength=count)[good] / pixels for area in areas
    ]
    return np.asarray(side[good], np.float64), shares


def _straightness(
    label: NDArray[np.int32], x: NDArray[np.intp], y: NDArray[np.intp], count: int
) -> NDArray[np.float64]:
    """For marks 0 to ``count``, the deviation across their axis over that along it."""
    area = np.maximum(np.bincount(label, minlength=count), 1)

    def mean(values: NDArray[np.float64] | NDArray[np.intp]) -> NDArray[np.float64]:
        total = np.zeros(count)
        np.add.at(total, label, values.astype(np.float64))
        return np.asarray(total / area)

    mean_x, mean_y = mean(x), mean(y)
    dx, dy = x - mean_x[label], y - mean_y[label]
    xx, yy, xy = mean(dx * dx), mean(dy * dy), mean(dx * dy)
    half, root = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return np.asarray(np.sqrt(np.maximum(half - root, 0) / np.maximum(half + root, 1e-6)))
