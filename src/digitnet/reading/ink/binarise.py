"""From the contrast against the paper to ink."""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Floats, Gray, Mask, as_bytes
from digitnet.reading.ink.ink import Ink, near_marks
from digitnet.reading.marks import Stats, find_marks, labels_at_edge, longer_sides
from digitnet.reading.rules.rules import without_rules

MIN_CONTRAST = 0.05  # of the paper's brightness; fainter marks are paper
NEARBY = 60  # pixels at least within which strong ink makes faint ink doubtful
THRESHOLD = 0.42  # of full ink: weaker pixels are the soft edge of a stroke, or paper
STRONG = 1.25  # times as strong as most ink: rules, and what reaches the edge, say nothing of it
CELLS = 160  # of the longer side: a grid on which the strength of ink and grain is found
RULE_CELLS = 15  # of these: lines at least so long are rules,
RULE_SLOPES = (-0.27, -0.18, -0.09, 0.0, 0.09, 0.18, 0.27)  # which may be tilted
LEAST_REST = 10  # cells that are no rules, from which on they say how strong ink is
WEAK = 0.45  # of the threshold: the weak parts of strokes that motion has blurred
SHREDS = 1.6  # marks for each that the weak parts hold together: then they were torn
MENDED_SIDE = 3.0  # of the longest shred: the longest mark that is mended
HELD = 1.8  # of its longest sure part: the longest mark that the weak parts of a stroke may make
LEAST_MARK = 6  # pixels: smaller ones are dust
NOISE_FACTOR = 4.0  # ink stands out from the paper's grain by this many standard deviations


def polarities(dark: Gray, light: Gray, pixels: int) -> list[tuple[Gray, float, bool]]:
    """The contrasts that hold ink, with the paper's grain and whether the ink is light.

    One of them, or both with the likelier first.

    Args:
        dark: by how much each pixel is darker than the paper, uint8 (h, w); 0 beside it.
        light: and by how much lighter.
        pixels: how many of them are paper.
    """
    dark_counts = cv2.calcHist([dark], [0], None, [256], [0, 256]).ravel()
    light_counts = cv2.calcHist([light], [0], None, [256], [0, 256]).ravel()
    # A pixel is darker or lighter, and 0 in the other map; beside the paper it is 0 in both.
    either = dark_counts + light_counts
    either[0] -= 2 * dark.size - pixels
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


def binarise(contrast: Gray, grain: float, scale: float, *, light: bool) -> Ink | None:
    """Keep what is strong against the ink around it."""
    height, width = contrast.shape
    floor = max(NOISE_FACTOR * grain, 255 * MIN_CONTRAST)
    cell = max(2, round(max(height, width) / CELLS))
    padded = _in_whole_cells(contrast, cell)
    level = _ink_level(padded, cell, floor, max(0.03 * max(height, width), NEARBY))
    if level is None:
        return None
    threshold = np.maximum(THRESHOLD * level, np.maximum(floor, _local_floor(padded, cell, floor)))
    low_end = np.minimum(0.2 * level, 0.6 * threshold)
    span = 0.85 * level - low_end

    def everywhere(cells: Floats) -> Gray:
        small = np.clip(np.rint(cells), 0, 255).astype(np.uint8)
        return as_bytes(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))

    mask = as_bytes(cv2.compare(contrast, everywhere(threshold), cv2.CMP_GT))
    sure = as_bytes(cv2.compare(contrast, everywhere(1.25 * threshold), cv2.CMP_GT))
    weak = as_bytes(
        cv2.compare(contrast, everywhere(np.maximum(WEAK * threshold, floor)), cv2.CMP_GT)
    )
    mask = without_rules(_strokes(mask, sure, weak), contrast)
    strength = cv2.divide(cv2.subtract(contrast, everywhere(low_end)), everywhere(span), scale=255)
    return Ink(near_marks(as_bytes(strength), mask), mask, scale, light)


def _strokes(mask: Mask, sure: Mask, weak: Mask) -> Mask:
    """The marks that somewhere are sure, with the weak parts that hold them together.

    A pen may skip, and motion blurs the strokes that lie across it. Faint rules would hold all
    the writing together, and not only each stroke. What is nowhere sure is grain.
    """
    labels, stats = find_marks(mask)
    weak_labels, weak_stats = find_marks(weak)
    # Ink is a small part of the page, and all of it lies in the weak marks: look at nothing else.
    ink = np.flatnonzero(weak > 0)
    label, weak_label = labels.ravel()[ink], weak_labels.ravel()[ink]
    is_sure = np.zeros(len(stats), bool)
    is_sure[label[sure.ravel()[ink] > 0]] = True
    is_sure[0] = False
    owner = np.zeros(len(stats), np.intp)
    owner[label] = weak_label
    longest = np.zeros(len(weak_stats), np.int64)
    np.maximum.at(longest, owner[is_sure], longer_sides(stats)[is_sure])
    sides = longer_sides(weak_stats)
    held = longest > 0
    torn, torn_side = _number(stats[is_sure])
    whole, whole_side = _number(weak_stats[held])
    if torn < SHREDS * whole or whole_side > MENDED_SIDE * torn_side:
        held &= sides <= HELD * longest + 2
    keep = np.where(is_sure, 255, 0).astype(np.uint8)
    keep_weak = np.where(held, 255, 0).astype(np.uint8)
    kept = np.zeros_like(mask)
    kept.ravel()[ink] = keep[label] | keep_weak[weak_label]
    return kept


def _number(stats: Stats) -> tuple[int, int]:
    """How many marks there are, dust apart, and the longest side of any."""
    marks = stats[stats[:, cv2.CC_STAT_AREA] >= LEAST_MARK]
    return len(marks), int(longer_sides(marks).max(initial=0))


def _in_whole_cells(contrast: Gray, cell: int) -> Gray:
    """A picture drawn out to the right and below, so that it has as many whole cells as parts."""
    below, right = (-side % cell for side in contrast.shape)
    return as_bytes(cv2.copyMakeBorder(contrast, 0, below, 0, right, cv2.BORDER_REPLICATE))


def _ink_level(padded: Gray, cell: int, floor: float, nearby: float) -> Floats | None:
    """How strong full ink is in each cell of a coarse grid that covers the page.

    Args:
        padded: the contrast, in whole cells.
        cell: their side, in pixels.
        floor: the contrast of the strongest grain.
        nearby: pixels within which strong ink makes faint ink doubtful.
    """
    spread = cv2.dilate(padded, np.ones((cell, cell), np.uint8), anchor=(0, 0))
    cells = spread[::cell, ::cell].astype(np.float32)
    least = 1.5 * floor
    cells[_strong_rules(cells, least)] = 0
    inked = cells[cells > least]
    if inked.size == 0:
        return None
    overall = float(np.percentile(inked, 75))
    # What is left of a table beside the page is no ink that others are faint beside.
    cells[_at_edge(cells > STRONG * overall)] = overall
    reach = nearby / cell
    size = 2 * math.ceil(reach) + 1
    around = cv2.dilate(cells, np.ones((size, size), np.uint8))
    around = cv2.GaussianBlur(around, (0, 0), reach / 2)
    # A faint line near strong ink is show-through; far from any it may be pencil.
    lowest = max(0.5 * overall, _above_rules(cells, inked) / THRESHOLD)
    return np.asarray(np.maximum(around, lowest), np.float32)


def _strong_rules(cells: Floats, least: float) -> NDArray[np.bool_]:
    """The cells of long straight lines, where these are stronger than all else that is there."""
    inked = cells > least
    bits = inked.astype(np.uint8)
    rules = np.zeros_like(bits)
    for kernel in _rule_kernels():
        rules |= as_bytes(cv2.morphologyEx(bits, cv2.MORPH_OPEN, kernel))
    is_rule = rules > 0
    rest = cells[inked & ~is_rule]
    if rest.size < LEAST_REST or not is_rule.any():
        return np.zeros_like(inked)
    is_stronger = float(np.median(cells[is_rule])) > STRONG * float(np.percentile(rest, 75))
    return is_rule if is_stronger else np.zeros_like(inked)


@cache
def _rule_kernels() -> list[Mask]:
    """Kernels in the shapes of nearly level lines and of nearly upright ones."""
    level = [_line(slope) for slope in RULE_SLOPES]
    return level + [kernel.T for kernel in level]


def _line(slope: float) -> Mask:
    """A kernel in the shape of a line."""
    kernel = np.zeros((RULE_CELLS, RULE_CELLS), np.uint8)
    half = (RULE_CELLS - 1) / 2
    x = np.arange(RULE_CELLS)
    kernel[np.rint(half + slope * (x - half)).astype(int), x] = 1
    rows = np.flatnonzero(kernel.any(axis=1))
    return kernel[rows[0] : rows[-1] + 1]


def _at_edge(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells of regions that reach the edge."""
    _, labels = cv2.connectedComponents(cells.astype(np.uint8))
    edge = labels_at_edge(labels)
    return np.isin(labels, edge[edge > 0])


def _local_floor(padded: Gray, cell: int, floor: float) -> Floats:
    """What the grain reaches in each cell of the grid: in the dark it is stronger."""
    _, grain = cv2.threshold(padded, 2 * floor, 0, cv2.THRESH_TOZERO_INV)
    size = grain.shape[1] // cell, grain.shape[0] // cell
    mean = cv2.resize(grain.astype(np.float32), size, interpolation=cv2.INTER_AREA)
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
        float(np.mean([inked.min() <= part.max() <= split for part in np.array_split(edge, 12)]))
        for edge in edges
        if len(edge) >= 12
    ]
    if sum(share > 0.7 for share in marked) < 2:
        return 0.0
    return float(np.sqrt(faint.mean() * strong.mean()))
