"""From a grey page to its ink: the light flattened, the polarity found, rules and frames removed.

The steps are those of document binarisation: estimate the paper under the ink, divide by it, and
keep what stands out against the ink nearby (compare Lu, Su and Tan, "Document image binarization
using background estimation and stroke edges", IJDAR 2010).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.rules import without_rules

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]  # 0 or 255

FLAT_SIDE = 400  # pictures up to this size may be a single digit that fills them
FLAT_SEPARATION = 0.78
WRITING_ON_SHEET = 9  # pixels of the low picture: the widest strokes on a sheet
LOW_SIDE = 320  # the paper is estimated on a picture this long
FINE_SIDE = 1000  # thin strokes are measured on a picture of about this size
SHARP = 0.5  # of the step at a sheet's edge is made within five pixels
STROKE_ROOM = 0.022  # of the longer side: thin strokes are well below this wide
MAX_WIDE = 8  # wide marks that are looked at
THICK_CONTRAST = 0.25  # of the paper's brightness: thick strokes at least
FINE_CONTRAST = 0.15  # of the paper's brightness: thin strokes at least
EDGE_WIDE = 0.03  # of the longer side: half the width of what is no stroke, at the edge
WIDE = 0.011  # of the page's longer side: half the width of thick strokes
SMALL_SIDE = 112  # smaller pictures are enlarged to this, so that strokes are some pixels wide
LEAST_SPREAD = 8  # grey levels; a picture with fewer is blank
MIN_CONTRAST = 0.05  # of the paper's brightness; fainter marks are paper
NEARBY = 60  # pixels at least within which strong ink makes faint ink doubtful
THRESHOLD = 0.42  # of full ink: weaker pixels are the soft edge of a stroke, or paper
WEAK = 0.55  # of the threshold: the weak parts of strokes that motion has blurred
SHREDS = 1.6  # marks for each that the weak parts hold together: then they were torn
MENDED_SIDE = 3.0  # of the longest shred: the longest mark that is mended
LEAST_MARK = 6  # pixels: smaller ones are dust
NOISE_FACTOR = 4.0  # ink stands out from the paper's grain by this many standard deviations


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a page.

    Attributes:
        strength: uint8 (h, w), 0 paper … 255 ink, soft at the edges of strokes.
        mask: uint8 (h, w), 255 where there is ink.
        scale: pixels of the grey page for one pixel of ``strength``.
        light: True for light ink on a dark page.
    """

    strength: Gray
    mask: Mask
    scale: float
    light: bool


def find_ink(gray: Gray) -> list[Ink]:
    """Find the ink of a page.

    Args:
        gray: uint8 (h, w), 0 black … 255 white, upright.

    Returns:
        The ink seen as dark on light, as light on dark, or both, the likelier first, where the
        picture alone does not decide. Empty where there is no contrast.
    """
    gray, scale = _enlarge(gray)
    flat = _flat_inks(gray, scale)
    if flat:
        return flat
    paper_low, valid_low = _paper(gray)
    if paper_low is None:
        return []
    height, width = gray.shape
    paper = _bytes(cv2.resize(paper_low, (width, height), interpolation=cv2.INTER_LINEAR))
    if scale == 1:
        gray = _bytes(cv2.GaussianBlur(gray, (3, 3), 0))
    dark, light = _contrasts(gray, paper)
    if valid_low is not None:
        outside = cv2.resize(valid_low, (width, height), interpolation=cv2.INTER_NEAREST) == 0
        dark[outside] = 0
        light[outside] = 0
    inks = []
    for contrast, grain, is_light in _polarities(dark, light):
        ink = _binarise(contrast, grain, scale, light=is_light)
        if ink is not None:
            inks.append(ink)
    return inks


def _contrasts(gray: Gray, paper: Gray) -> tuple[Gray, Gray]:
    """How much darker, and how much lighter, than the paper, as a share of its brightness.

    255 for all of it. Light ink on a dark board is not limited by the board's brightness; the
    constants keep noise in the dark small.
    """
    dark = cv2.divide(cv2.subtract(paper, gray), cv2.convertScaleAbs(paper, beta=10), scale=255)
    light = cv2.divide(cv2.subtract(gray, paper), cv2.convertScaleAbs(paper, beta=40), scale=255)
    return _bytes(dark), _bytes(light)


def _flat_inks(gray: Gray, scale: float) -> list[Ink]:
    """The ink of a small picture that has two levels and even light, seen both ways.

    Such are thumbnails and tightly cropped digits, where no neighbourhood is mostly paper, and
    where even the edge of the picture may be mostly ink. Empty for any other picture.
    """
    if max(gray.shape) > FLAT_SIDE:
        return []
    upper = _above_otsu(gray)
    above, below = gray[upper > 0], gray[upper == 0]
    if len(above) == 0 or len(below) == 0:
        return []
    high, low = float(np.median(above)), float(np.median(below))
    if high - low < 16 or _separation(gray, upper) < FLAT_SEPARATION:
        return []
    border = np.concatenate([upper[0], upper[-1], upper[:, 0], upper[:, -1]])
    light_first = bool(np.count_nonzero(border) * 2 < border.size)
    inks = []
    for light in (light_first, not light_first):
        ground, level = (below, high - low) if light else (above, high - low)
        quarter, three_quarters = np.percentile(ground, [25, 75])
        if three_quarters - quarter > 0.3 * level:
            continue
        values = gray.astype(np.float32) - low if light else high - gray.astype(np.float32)
        mask = cv2.bitwise_not(upper) if not light else upper
        strength = np.clip((values / level - 0.15) / 0.75, 0, 1) * 255
        near = cv2.dilate(mask, np.ones((3, 3), np.uint8))
        strength[near == 0] = 0
        inks.append(Ink(strength.astype(np.uint8), _bytes(mask), scale, light))
    return inks


def _above_otsu(gray: Gray) -> Mask:
    _, upper = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return _bytes(upper)


def _separation(gray: Gray, upper: Mask) -> float:
    """The share of the variance that is between two classes: 1 for two levels, 0.75 for a ramp."""
    above, below = gray[upper > 0], gray[upper == 0]
    share = len(above) / gray.size
    step = float(above.mean() - below.mean())
    return share * (1 - share) * step * step / max(float(gray.var()), 1e-6)


def _enlarge(gray: Gray) -> tuple[Gray, float]:
    height, width = gray.shape
    factor = SMALL_SIDE / min(height, width)
    if factor <= 1:
        return gray, 1.0
    factor = float(np.ceil(factor))
    if max(height, width) * factor > 16 * SMALL_SIDE:
        factor = max(1.0, 16 * SMALL_SIDE / max(height, width))
    size = (round(width * factor), round(height * factor))
    return cv2.resize(gray, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8), 1.0 / factor


# ---------------------------------------------------------------- the paper under the ink


def _paper(gray: Gray) -> tuple[Gray | None, Mask | None]:
    """Estimate the paper's brightness on a small picture.

    Returns:
        The paper uint8, or None where there is no contrast; and a mask of what belongs to the page
        where something else lies around it (a table around a sheet), else None.
    """
    height, width = gray.shape
    shrink = max(1.0, max(height, width) / LOW_SIDE)
    size = (max(8, round(width / shrink)), max(8, round(height / shrink)))
    low = _bytes(cv2.resize(gray, size, interpolation=cv2.INTER_AREA))
    if int(gray.max()) - int(gray.min()) < LEAST_SPREAD:
        return None, None
    valid = np.full(low.shape, 255, np.uint8)
    around = False
    marks = _two_levels(low)
    if marks is not None:
        radius = _depth(marks)
        if radius > 0.2 * min(low.shape) or radius > 0.11 * max(low.shape):
            valid, around = _sheet(gray, low, marks)
            marks = None
    if marks is None:
        marks = _local_marks(low, valid)
    level = low.astype(np.float32)
    if max(gray.shape) > LOW_SIDE and not _has_thick_strokes(gray, low, marks, valid):
        paper = _paper_beside_thin_strokes(gray)
        if paper is not None:
            return paper, valid if around else None
    for window in (0.30, 0.16, 0.10):
        marks = _without_edges(marks)
        paper_level = _smooth_without(level, marks, valid, window * max(low.shape))
        marks = _refine(level, paper_level, valid)
    marks = _without_edges(marks)
    filled = np.where((marks > 0) | (valid == 0), paper_level, level)
    kernel = max(3, round(0.035 * max(low.shape)) // 2 * 2 + 1)
    smooth = cv2.medianBlur(np.clip(filled, 0, 255).astype(np.uint8), kernel)
    return _bytes(cv2.GaussianBlur(smooth, (0, 0), 1.0)), valid if around else None


def _without_edges(marks: Mask) -> Mask:
    """Leave out wide marks that reach the edge: the light falls off there."""
    _, labels = cv2.connectedComponents(marks, connectivity=4)
    padded = cv2.copyMakeBorder(marks, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    shadows = np.intersect1d(edge[edge > 0], labels[depth > EDGE_WIDE * max(marks.shape)])
    if len(shadows) == 0:
        return marks
    keep = np.full(int(labels.max()) + 1, 255, np.uint8)
    keep[shadows] = 0
    return _bytes(cv2.bitwise_and(marks, keep[labels]))


def _has_thick_strokes(gray: Gray, low: Gray, marks: Mask, valid: Mask) -> bool:
    """Whether there are wide marks with hard outlines that keep clear of the edge.

    Shadows and patches of light are soft, or reach the edge.
    """
    _, labels = cv2.connectedComponents(cv2.bitwise_and(marks, valid), connectivity=4)
    depth = cv2.distanceTransform(marks, cv2.DIST_L2, 3)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    wide = labels[depth > WIDE * max(marks.shape)]
    for label in np.setdiff1d(wide[wide > 0], edge)[:MAX_WIDE]:
        region = np.where(labels == label, 255, 0).astype(np.uint8)
        around = (cv2.dilate(region, _square(7)) > 0) & (marks == 0)
        core = (region > 0) & (depth > 0.5 * WIDE * max(marks.shape))
        if around.any() and core.any():
            ground, level = float(np.median(low[around])), float(np.median(low[core]))
            strong = abs(ground - level) > THICK_CONTRAST * (ground + 10)
            if strong and _is_sharp(gray, region, abs(ground - level)):
                return True
    return False


def _paper_beside_thin_strokes(gray: Gray) -> Gray | None:
    """The brightness next to each stroke, where strokes are thin: it follows the hardest shadow.

    None where there are no thin strokes to speak of.
    """
    small = _at_fine_size(gray)
    side = max(5, round(STROKE_ROOM * max(small.shape)) // 2 * 2 + 1)
    # Ink is the lesser part of every neighbourhood, so it moves the median little.
    middle = _bytes(cv2.medianBlur(small, side))
    dark, light = cv2.subtract(middle, small), cv2.subtract(small, middle)
    is_dark = cv2.norm(dark) >= cv2.norm(light)
    operation = cv2.MORPH_CLOSE if is_dark else cv2.MORPH_OPEN
    beside = _bytes(cv2.morphologyEx(small, operation, _square(side)))
    contrast = _contrasts(small, beside)[0 if is_dark else 1]
    if float(np.percentile(contrast, 99.9)) < 255 * FINE_CONTRAST:
        return None
    # The highest and lowest of the grain is not yet the paper.
    offset = float(np.median(small.astype(np.int16) - beside))
    shifted = np.clip(beside + offset, 0, 255).astype(np.uint8)
    return _bytes(cv2.medianBlur(shifted, 5))


def _at_fine_size(gray: Gray) -> Gray:
    pool = max(1, max(gray.shape) // FINE_SIDE)
    size = (max(8, gray.shape[1] // pool), max(8, gray.shape[0] // pool))
    return _bytes(cv2.resize(gray, size, interpolation=cv2.INTER_AREA)) if pool > 1 else gray


def _square(side: float) -> NDArray[np.uint8]:
    return np.ones((max(5, round(side)),) * 2, np.uint8)


def _depth(marks: Mask) -> float:
    """How far the middle of the widest mark is from its edge; writing on a sheet is no edge."""
    closed = _bytes(cv2.morphologyEx(marks, cv2.MORPH_CLOSE, _square(WRITING_ON_SHEET)))
    if np.count_nonzero(closed) > 1.3 * np.count_nonzero(marks):
        closed = marks  # the inside of a loop, and not a sheet with a little ink on it
    return float(cv2.distanceTransform(closed, cv2.DIST_L2, 3).max())


def _two_levels(low: Gray) -> Mask | None:
    """The marks of a picture that has two levels with sharp edges between them, else None.

    The level to which most of the border belongs is the ground.
    """
    upper = _above_otsu(low)
    if not 0 < np.count_nonzero(upper) < upper.size:
        return None
    step = float(low[upper > 0].mean() - low[upper == 0].mean())
    if _separation(low, upper) < 0.72 or step < 16:
        return None
    # A light gradient has two levels as well, but no edge between them.
    gx = cv2.Sobel(low, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(low, cv2.CV_32F, 0, 1, scale=1 / 8)
    edge = cv2.morphologyEx(upper, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    slope = float(np.hypot(gx, gy)[edge].mean())
    if slope * max(low.shape) / 12 < step:
        return None
    border = np.concatenate([upper[0], upper[-1], upper[:, 0], upper[:, -1]])
    ground_is_light = np.count_nonzero(border) * 2 > border.size
    return _bytes(cv2.bitwise_not(upper)) if ground_is_light else upper


def _sheet(gray: Gray, low: Gray, marks: Mask) -> tuple[Mask, bool]:
    """The page where a sheet and what lies around it differ in brightness, and whether they do."""
    inner, outer = low[marks > 0], low[marks == 0]
    sheet = marks if np.median(inner) > np.median(outer) else cv2.bitwise_not(marks)
    light, dark = float(np.median(low[sheet > 0])), float(np.median(low[sheet == 0]))
    everything = np.full(low.shape, 255, np.uint8)
    if dark > 0.65 * light:
        return everything, False  # a shadow: there may be writing in it
    count, labels, stats, _ = cv2.connectedComponentsWithStats(sheet)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0
    if largest == 0 or stats[largest, cv2.CC_STAT_AREA] < 0.08 * low.size:
        return everything, False
    contours, _ = cv2.findContours(
        (labels == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    filled = _bytes(cv2.fillPoly(np.zeros_like(low), list(contours), 255))
    if cv2.contourArea(hull) > 1.25 * np.count_nonzero(filled):
        return everything, False  # no sheet has such an outline
    if not _is_sharp(gray, filled, light - dark):
        return everything, False  # light that falls off
    # Let the blurred rim of the sheet go with the table.
    padded = cv2.copyMakeBorder(filled, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    return _bytes(cv2.erode(padded, np.ones((5, 5), np.uint8)))[1:-1, 1:-1], True


def _is_sharp(gray: Gray, region: Mask, step: float) -> bool:
    """Whether the brightness changes at once at the outline: a shadow's edge is soft."""
    small = _at_fine_size(gray)
    rim = cv2.morphologyEx(region, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    rim[[0, -1]] = 0
    rim[:, [0, -1]] = 0
    if not rim.any():
        return False
    change = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    # The outline is known to a pixel of the small mask.
    reach = 2 * -(-max(small.shape) // max(region.shape)) + 1
    near = cv2.resize(
        cv2.dilate(change, np.ones((reach, reach), np.uint8)),
        region.shape[::-1],
        interpolation=cv2.INTER_NEAREST,
    )
    return float(np.median(near[rim > 0])) > SHARP * step


def _local_marks(low: Gray, valid: Mask) -> Mask:
    """A first guess at the ink: what differs from the median of a wide neighbourhood."""
    kernel = min(127, max(5, round(0.2 * max(low.shape)) // 2 * 2 + 1))
    if np.any(valid == 0):
        low = low.copy()
        low[valid == 0] = np.uint8(np.median(low[valid > 0]))
    median = cv2.medianBlur(low, kernel).astype(np.float32)
    return _refine(low.astype(np.float32), median, valid)


def _refine(low: Floats, paper: Floats, valid: Mask) -> Mask:
    """What differs from the paper by more than the grain, with a rim of one pixel."""
    difference = np.abs(low - paper)
    grain = 1.4826 * float(np.median(difference[valid > 0])) if np.any(valid) else 0.0
    marks = (difference > np.maximum(3.0 * grain, 0.06 * paper + 2.0)).astype(np.uint8) * 255
    return _bytes(cv2.dilate(marks, np.ones((3, 3), np.uint8)))


def _smooth_without(low: Floats, marks: Mask, valid: Mask, window: float) -> Floats:
    """A weighted mean of the neighbourhood that leaves the ink out (normalised convolution)."""
    weight = ((marks == 0) & (valid > 0)).astype(np.float32)
    sigma = max(1.0, window / 2)
    total = cv2.GaussianBlur(low * weight, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    share = cv2.GaussianBlur(weight, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    mean = float((low * weight).sum() / max(float(weight.sum()), 1.0))
    return np.asarray((total + 1e-3 * mean) / (share + 1e-3), np.float32)


# ---------------------------------------------------------------- ink


def _polarities(dark: Gray, light: Gray) -> list[tuple[Gray, float, bool]]:
    """The contrasts that hold ink, with the paper's grain and whether the ink is light.

    One of them, or both with the likelier first.
    """
    dark_counts = cv2.calcHist([dark], [0], None, [256], [0, 256]).ravel()
    light_counts = cv2.calcHist([light], [0], None, [256], [0, 256]).ravel()
    # A pixel is darker or lighter, and 0 in the other map.
    either = dark_counts + light_counts
    either[0] -= dark.size
    grain = 1.4826 * _median(either)
    above = np.maximum(np.arange(256) - max(5 * grain, 255 * MIN_CONTRAST), 0)
    darker, lighter = float(dark_counts @ above), float(light_counts @ above)
    both = [(dark, grain, False), (light, grain, True)]
    if lighter > darker:
        both.reverse()
    clear = min(darker, lighter) < 0.25 * (darker + lighter)
    return both[:1] if clear else both


def _median(counts: NDArray[np.float32]) -> float:
    """The median of a histogram of whole numbers, interpolated."""
    share = np.cumsum(counts, dtype=np.float64)
    half = share[-1] / 2
    index = int(np.searchsorted(share, half))
    before = share[index - 1] if index else 0.0
    return float(max(0.0, index - 0.5 + (half - before) / max(counts[index], 1.0)))


def _binarise(contrast: Gray, grain: float, scale: float, *, light: bool) -> Ink | None:
    """Keep what is strong against the ink around it."""
    height, width = contrast.shape
    floor = max(NOISE_FACTOR * grain, 255 * MIN_CONTRAST)
    level = _ink_level(contrast, floor)
    if level is None:
        return None
    threshold = np.maximum(
        THRESHOLD * level, np.maximum(floor, _local_floor(contrast, floor, level.shape))
    )
    low_end = np.minimum(0.2 * level, 0.6 * threshold)
    span = 0.85 * level - low_end

    def everywhere(cells: Floats) -> Gray:
        small = np.clip(np.rint(cells), 0, 255).astype(np.uint8)
        return _bytes(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))

    mask = _bytes(cv2.compare(contrast, everywhere(threshold), cv2.CMP_GT))
    sure = _bytes(cv2.compare(contrast, everywhere(1.25 * threshold), cv2.CMP_GT))
    weak = _bytes(
        cv2.compare(contrast, everywhere(np.maximum(WEAK * threshold, floor)), cv2.CMP_GT)
    )
    mask = without_rules(_without_faint(_mended(mask, weak), sure))
    strength = cv2.divide(cv2.subtract(contrast, everywhere(low_end)), everywhere(span), scale=255)
    near = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return Ink(_bytes(cv2.bitwise_and(strength, near)), mask, scale, light)


def _mended(mask: Mask, weak: Mask) -> Mask:
    """The mask, or where its strokes lie in shreds, what holds them together.

    Motion blurs the strokes that lie across it, and leaves those along it strong.
    """
    held = _without_faint(weak, mask)
    (torn, torn_side), (whole, whole_side) = _marks(mask), _marks(held)
    # Faint rules would hold all the writing together, and not only each stroke.
    if torn < SHREDS * whole or whole_side > MENDED_SIDE * torn_side:
        return mask
    return held


def _marks(mask: Mask) -> tuple[int, int]:
    """How many marks there are, dust apart, and the longest side of any."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    marks = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= LEAST_MARK]
    sides = marks[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return len(marks), int(sides.max(initial=0))


def _ink_level(contrast: Gray, floor: float) -> Floats | None:
    """How strong full ink is at each place, on a coarse grid that covers the page."""
    height, width = contrast.shape
    cell = max(2, round(max(height, width) / 160))
    rows, columns = -(-height // cell), -(-width // cell)
    padded = cv2.copyMakeBorder(
        contrast, 0, rows * cell - height, 0, columns * cell - width, cv2.BORDER_CONSTANT, value=0
    )
    spread = cv2.dilate(padded, np.ones((cell, cell), np.uint8), anchor=(0, 0))
    cells = spread[::cell, ::cell].astype(np.float32)
    inked = cells[cells > 1.5 * floor]
    if inked.size == 0:
        return None
    overall = float(np.percentile(inked, 75))
    reach = max(0.03 * max(height, width), NEARBY) / cell
    size = 2 * math.ceil(reach) + 1
    nearby = cv2.dilate(cells, np.ones((size, size), np.uint8))
    nearby = cv2.GaussianBlur(nearby, (0, 0), reach / 2)
    # A faint line near strong ink is show-through; far from any it may be pencil.
    lowest = max(0.5 * overall, _above_rules(cells, inked) / THRESHOLD)
    return np.asarray(np.maximum(nearby, lowest), np.float32)


def _local_floor(contrast: Gray, floor: float, cells: tuple[int, ...]) -> Floats:
    """What the grain reaches at each place: in the dark it is stronger."""
    _, grain = cv2.threshold(contrast, 2 * floor, 0, cv2.THRESH_TOZERO_INV)
    mean = cv2.resize(grain.astype(np.float32), cells[::-1], interpolation=cv2.INTER_AREA)
    quiet = cv2.erode(mean, np.ones((5, 5), np.uint8))
    # The mean of the positive half of a normal distribution is 0.4 of its deviation.
    return np.asarray(cv2.GaussianBlur(quiet, (0, 0), 3) * (NOISE_FACTOR / 0.4), np.float32)


def _above_rules(cells: Floats, inked: Floats) -> float:
    """A contrast between faint rules and strong writing, or 0 where there is not that choice.

    Writing keeps clear of the page's edges. Faint marks all along them, beside much stronger ones
    elsewhere, are printed rules or the paper's own texture.
    """
    values = np.clip(inked, 1, 255).astype(np.uint8)[None]
    split, _ = cv2.threshold(values, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    faint, strong = inked[inked <= split], inked[inked > split]
    if len(faint) == 0 or len(strong) == 0 or strong.mean() < 2 * faint.mean():
        return 0.0
    edges = [cells[:6].max(0), cells[-6:].max(0), cells[:, :6].max(1), cells[:, -6:].max(1)]
    # Rules come in intervals: a stretch of the edge is marked if there is one within it.
    marked = [
        float(np.mean([part.max() >= inked.min() for part in np.array_split(edge, 12)]))
        for edge in edges
        if len(edge) >= 12
    ]
    if sum(share > 0.7 for share in marked) < 2:
        return 0.0
    return float(np.sqrt(faint.mean() * strong.mean()))


def _without_faint(mask: Mask, sure: Mask) -> Mask:
    """Drop connected marks that nowhere reach ``sure``: grain just over the threshold."""
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    keep = np.zeros(count, np.uint8)
    keep[labels[sure > 0]] = 255
    keep[0] = 0
    if keep[1:].all():
        return mask
    return _bytes(keep[labels])


def _bytes(array: object) -> Gray:
    return np.asarray(array, np.uint8)
