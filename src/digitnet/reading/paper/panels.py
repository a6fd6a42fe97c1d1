"""Dark panels with light writing in a lighter picture: a canvas on a web page, a dark banner.

One page has one kind of ink. So such a panel is turned light, and its writing dark, before the page
is read as a whole.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.reading.arrays import Gray, Mask, as_bytes, square
from digitnet.reading.paper.sheet import is_sharp_all_round

LOW_SIDE = 480  # pixels of the longer side of the picture on which panels are sought
DARK = 0.55  # of the brightness around it: a panel at most
LEAST_PANEL, MOST_PANEL = 0.01, 0.95  # of the picture
LEAST_WINDOW, LIKE = 0.0015, 0.15  # the same of several, of which the heights differ by less,
LEAST_SIDE = 18  # pixels, of the small picture: and which are no rings of a digit
RECTANGULAR = 0.88, 0.95  # of the narrowest box around it: a panel fills at least, and a window
FULL = 0.3  # of the upright box around it, though it may be tilted, and written on
WRITTEN = (0.003, 0.45)  # of a panel: how much is light writing,
HARDLY_WRITTEN = 0.0005  # or so much of what has a sharp edge,
FROM_EDGE = 5  # if most of it is so many pixels from that: loops at the edge of a shadow are not
STRONGEST = 0.25  # of light writing: seen from afar, the rest of thin strokes is pale,
WRITING_CONTRAST = 0.4  # of the step at the panel's edge: so strong they are at least
THICKEST = 0.15  # of the panel's shorter side: what is light and thicker is no stroke
FAINTEST = 0.25  # of it: the soft edge of light writing
LARGEST_HOLE = 0.3  # of a panel: what is light and larger is a sheet that lies on something dark
NEAR = 15  # pixels of the small picture: a neighbourhood of which thin strokes are the lesser part
RIM = 0.004  # of the longer side: how far a panel's edge is soft,
RIM_OF_SMALL = 0.05  # and at most of the panel's shorter one: digits stand near the edge of windows


def with_panels_turned(gray: Gray) -> Gray:
    """Return a page (h, w) with its dark panels light and their light writing dark."""
    pool = max(1, max(gray.shape) // LOW_SIDE)  # Whole numbers are shrunk by much faster.
    size = (max(1, gray.shape[1] // pool), max(1, gray.shape[0] // pool))
    low = as_bytes(cv2.resize(gray, size, interpolation=cv2.INTER_AREA))
    level, _ = cv2.threshold(low, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    panels = _find_panels(low, level)
    if not panels:
        return gray
    turned = gray.copy()
    for panel in panels:
        _turn(turned, low, panel, level)
    return turned


def _find_panels(low: Gray, level: float) -> list[Mask]:
    """The panels of a picture, as masks of it."""
    dark = as_bytes(cv2.threshold(low, level, 255, cv2.THRESH_BINARY_INV)[1])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    panels: list[Mask] = []
    others: list[Mask] = []
    for label, is_large in _large_or_alike(np.asarray(stats, np.int32), low.size):
        mark = (labels == label).astype(np.uint8)
        contours, _ = cv2.findContours(mark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        panel = as_bytes(cv2.fillPoly(np.zeros_like(low), list(contours), 255))
        sides = cv2.minAreaRect(np.concatenate(contours))[1]
        least = RECTANGULAR[0] if is_large else RECTANGULAR[1]
        is_full = np.count_nonzero(panel) >= least * sides[0] * sides[1]
        if is_full:
            (panels if _is_panel(low, dark, panel) else others).append(panel)
    # A window of several may be empty, or what is written there too thin to be seen from afar.
    heights = np.array([cv2.boundingRect(panel)[3] for panel in panels])
    for other in others:
        if _count_alike(cv2.boundingRect(other)[3], heights) > 1:
            panels.append(other)
    return panels


def _large_or_alike(stats: NDArray[np.int32], picture: int) -> list[tuple[int, bool]]:
    """The marks that are large enough for panels, or may be several windows; and which it is."""
    _, _, width, height, area = stats.T
    is_full = area >= FULL * width * height
    is_full[0] = False  # The ground.
    box = width * height
    is_window = (box >= LEAST_WINDOW * picture) & (np.minimum(width, height) >= LEAST_SIDE)
    found = np.flatnonzero(is_full & (is_window | (box >= LEAST_PANEL * picture)))
    is_large = box[found] >= LEAST_PANEL * picture
    is_one_of = np.array([_count_alike(one, height[found]) > 1 for one in height[found]], np.bool_)
    may_be = is_large | is_one_of
    return list(zip(found[may_be].tolist(), is_large[may_be].tolist(), strict=True))


def _count_alike(height: int, heights: NDArray[np.int32]) -> int:
    """How many of some heights are about the same as one."""
    return int(np.count_nonzero(np.abs(height / heights - 1) < LIKE))


def _is_panel(low: Gray, dark: Mask, panel: Mask) -> bool:
    """Whether a dark mark, with all that is in it, is a panel with light writing."""
    area = np.count_nonzero(panel)
    around = _around(panel)
    if area > MOST_PANEL * low.size or not around.any():
        return False
    ground = float(np.median(low[(panel > 0) & (dark > 0)]))
    paper = float(np.median(low[around]))
    writing = (panel > 0) & (dark == 0)
    writing |= _strokes_within(low > ground + FAINTEST * (paper - ground), panel)
    share = np.count_nonzero(writing) / area
    if ground > DARK * paper or not HARDLY_WRITTEN <= share <= WRITTEN[1]:
        return False
    if share < WRITTEN[0] and not _is_on_board(low, panel, writing, paper - ground):
        return False
    holes = cv2.connectedComponentsWithStats(writing.astype(np.uint8))[2][1:, cv2.CC_STAT_AREA]
    contrast = float(np.quantile(low[writing], 1 - STRONGEST)) - ground
    return bool(
        holes.max() < LARGEST_HOLE * area
        and contrast > WRITING_CONTRAST * (paper - ground)
        and not _is_written_on_darkly(low, panel, writing)
    )


def _is_on_board(low: Gray, panel: Mask, writing: NDArray[np.bool_], step: float) -> bool:
    """Whether a little light writing stands inside a sharp outline, not in the edge of a shadow."""
    inside = cv2.erode(panel, square(2 * FROM_EDGE + 1)) > 0
    return bool(inside[writing].mean() > 0.5) and is_sharp_all_round(low, panel, step)


def _strokes_within(light: NDArray[np.bool_], panel: Mask) -> NDArray[np.bool_]:
    """What is light on a panel and free of its edge, which is soft.

    On so small a picture thin strokes are hardly lighter than the middle between both.
    """
    inside = light & (panel > 0)
    labels = cv2.connectedComponents(inside.astype(np.uint8))[1]
    at_edge = np.unique(labels[(panel > 0) & (cv2.erode(panel, np.ones((3, 3), np.uint8)) == 0)])
    return inside & ~np.isin(labels, at_edge)


def _is_written_on_darkly(low: Gray, panel: Mask, writing: NDArray[np.bool_]) -> bool:
    """Whether the strokes on a dark mark are darker than it, as in a shadow on a page."""
    inside = as_bytes(cv2.erode(panel, square(NEAR)))
    light = writing.astype(np.uint8)
    side = min(cv2.boundingRect(panel)[2:])
    away = inside
    if not cv2.erode(light, square(THICKEST * side)).any():
        # In the corners of light strokes, if a thick pen drew them, the panel itself seems dark.
        away = as_bytes(cv2.subtract(inside, 255 * cv2.dilate(light, square(NEAR))))
    middle = cv2.medianBlur(low, NEAR)
    darker = cv2.norm(cv2.subtract(middle, low), cv2.NORM_L2, away)
    return darker > cv2.norm(cv2.subtract(low, middle), cv2.NORM_L2, inside)


def _around(panel: Mask) -> NDArray[np.bool_]:
    """What lies next to a panel."""
    grown = cv2.dilate(panel, np.ones((9, 9), np.uint8))
    return np.asarray((grown > 0) & (panel == 0), np.bool_)


def _turn(gray: Gray, low: Gray, panel: Mask, level: float) -> None:
    """Make a panel light in place, with the paper of what is around it."""
    around = _around(panel)
    paper = float(np.median(low[around]))
    ground = float(np.median(low[(panel > 0) & (low <= level)]))
    size = gray.shape[::-1]
    near = cv2.resize(cv2.dilate(panel, np.ones((5, 5), np.uint8)), size) > 0
    dark = (near & (gray <= level)).astype(np.uint8)
    contours, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    contours = [max(contours, key=cv2.contourArea)]
    whole = cv2.fillPoly(np.zeros_like(gray), contours, 255)
    side = min(cv2.boundingRect(whole)[2:])
    reach = 2 * max(1, round(min(RIM * max(gray.shape), RIM_OF_SMALL * side))) + 1
    kernel = np.ones((reach, reach), np.uint8)
    inside = cv2.erode(whole, kernel) > 0
    rim = (cv2.dilate(whole, kernel) > 0) & ~inside
    gray[inside] = np.clip(paper + ground - gray[inside].astype(np.float32), 0, 255)
    gray[rim] = paper
