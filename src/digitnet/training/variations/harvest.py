"""The harvest: what the reader cuts out of composed pages, and what each piece is.

A glyph on its own does not tell what real segmentation does to ink: digits with a neighbour's
stroke, halves of digits, two in one, letters, signs, remains of rules. So the very stages that
read a page cut composed ones, whose digits are known, and every candidate becomes an example.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.classes import FIRST_PAIR, NO_DIGIT, pair
from digitnet.datasets import Digits
from digitnet.glyph import place
from digitnet.pages import CONDITIONS, Page, compose
from digitnet.reading.decode import decode
from digitnet.reading.page import Ink, find_ink
from digitnet.reading.paper.panels import with_panels_turned
from digitnet.reading.segment import PieceLine, candidates, cut_piece, find_pieces, union
from digitnet.training.variations.chunks import HARVESTED, Pool

Random = np.random.Generator
Boxes = NDArray[np.float64]  # (N, 4): x, y, width, height
Example = tuple[NDArray[np.uint8], int]

# Times as often as other conditions.
OFTEN = {"touching": 4.0, "clutter": 4.0, "mixed": 4.0, "signs": 2.0, "marks": 3.0}
PER_PAGE = 40  # examples of a page at most: many pages teach more than many pieces of one
DIGITS_PER_PAGE, PAIRS_PER_PAGE = 0.5, 0.2  # of them
SAME, SAME_PIXELS = 0.08, 2.0  # by so much (of its height, or pixels) edges may miss a digit's
APART = 0.6  # of intersection over union up to which a candidate is not that digit
WITHIN = 0.5  # of another digit's box inside the candidate's: then it is not one digit
WHOLE = 0.9  # the same, from which on it surely is more than one
A_THIRD = 0.25  # the same of further digits, up to which two are a pair
BESIDE = 0.25  # of their height: from so far apart on, two digits stand side by side
LETTER = 0.5  # of a letter's box inside the candidate's, or the other way round
ROOM = 0.06  # of a digit's height: by so much boxes are widened, as narrow ones hardly overlap
CUT_FROM = (0.45, 0.85)  # of the line's height: the width from which on pieces are cut
STEEP, SLENDER = 0.5, 0.09  # a stroke's direction, and its variance across over that along
OPEN, ROUND = 0.25, 0.9  # a ring's hole over its area, and its area over its hull's
LOW = 0.4  # of the line's height: lower pieces are not cut


def cut_glyphs(digits: Digits, count: int, rng: Random) -> Pool:
    """Return glyphs cut out of as many pages as it takes, composed of these digits.

    One core makes about 100 a second.
    """
    found: list[Example] = []
    pages = random_pages(digits, OFTEN, rng)
    while len(found) < count:
        found += _some(examples(next(pages), float(rng.uniform(*CUT_FROM))), rng)
    glyphs, labels = zip(*found[:count], strict=True)
    return Pool(np.stack(glyphs), np.array(labels, np.uint8), np.full(count, HARVESTED, np.uint8))


def random_pages(
    digits: Digits, often: dict[str, float], rng: Random, *, megapixels: float | None = None
) -> Iterator[Page]:
    """Yield composed pages without end.

    Args:
        digits: of which they are composed.
        often: how many times as often as others some conditions come.
        rng: decides on conditions and pages.
        megapixels: the size of the pages, as for `digitnet.pages.compose`.
    """
    weights = np.array([often.get(condition, 1.0) for condition in CONDITIONS])
    while True:
        condition = str(rng.choice(CONDITIONS, p=weights / weights.sum()))
        yield compose(digits, condition, int(rng.integers(2**31)), megapixels=megapixels)


def likeliest_ink(page: Page) -> tuple[Ink, float] | None:
    """Return the ink that the reader looks at first, and pixels of the page for one of its."""
    picture = decode(page.image)[0]
    ink = next(find_ink(with_panels_turned(picture.gray)), None)
    return None if ink is None else (ink, ink.scale * picture.scale)


def _some(found: list[Example], rng: Random) -> list[Example]:
    """A page's share: digits, pairs and others in proportion, where there are enough of each."""
    order = [found[k] for k in rng.permutation(len(found))]
    digits = [example for example in order if example[1] < NO_DIGIT]
    pairs = [example for example in order if example[1] >= FIRST_PAIR]
    others = [example for example in order if example[1] == NO_DIGIT]
    wanted, paired = round(PER_PAGE * DIGITS_PER_PAGE), round(PER_PAGE * PAIRS_PER_PAGE)
    return digits[:wanted] + pairs[:paired] + others[: PER_PAGE - wanted - paired]


def examples(page: Page, cut_from: float) -> list[Example]:
    """Return the glyphs that the reader would ask the classifier about, with their labels.

    Candidates that are neither clearly a digit or two nor clearly none are left out. So are
    strokes that belong to no 1, rings that belong to no 0, letters like S, and parts of signs like
    the hook of a ?: without their neighbours, they are digits. Whole signs are none, whatever they
    look like: a 日 has the outline of a 0, and a ! that of a 1.

    Args:
        page: composed, so that its digits are known.
        cut_from: how wide a piece is, in heights of its line, that is cut.
    """
    truth = np.array([box for line in page.boxes for box in line], np.float64)
    text = "".join(page.lines)
    letters = np.array(page.lookalikes, np.float64).reshape(-1, 4)
    signs = np.array(page.signs, np.float64).reshape(-1, 4)
    looked_at = likeliest_ink(page)
    if looked_at is None:
        return []
    ink_map, scale = looked_at
    found = []
    for line in find_pieces(ink_map):
        parts = [
            part
            for piece in line.pieces
            for part in (
                cut_piece(piece, line.height)
                if piece.width >= cut_from * line.height and piece.height >= LOW * line.height
                else [piece]
            )
        ]
        row = PieceLine(parts, line.height)
        for first, last in candidates(row):
            box, ink = union(parts[first:last])
            place_on_page = np.array(box, np.float64) * scale
            label = _label(place_on_page, truth, text)
            if label is None or (
                label == NO_DIGIT
                and not any(_is_same(place_on_page, sign) for sign in signs)
                and (_is_a_stroke(ink) or _is_a_ring(ink) or _is_among(place_on_page, letters))
            ):
                continue
            glyph = place(ink)
            if glyph.any():
                found.append((glyph, label))
    return found


def _label(box: NDArray[np.float64], truth: Boxes, text: str) -> int | None:
    """What a candidate is, by the digits whose boxes it shares; None if that is in doubt."""
    pad = ROOM * np.minimum(box[3], truth[:, 3])[:, None]
    low = np.maximum(truth[:, :2] - pad, box[:2] - pad)
    high = np.minimum((truth[:, :2] + truth[:, 2:]) + pad, (box[:2] + box[2:]) + pad)
    shared = np.clip(high - low, 0, None).prod(axis=1)
    theirs = (truth[:, 2:] + 2 * pad).prod(axis=1)
    overlap = shared / (theirs + (box[2:] + 2 * pad).prod(axis=1) - shared)
    nearest = int(overlap.argmax())
    within = np.sort(shared / theirs)[::-1]
    second, third = (*within[1:3], 0.0, 0.0)[:2]
    if second >= WHOLE and third <= A_THIRD:
        return _pair_label(box, truth, text, np.argsort(-shared / theirs)[:2])
    if overlap[nearest] <= APART or second >= WHOLE:
        return NO_DIGIT
    if _is_same(box, truth[nearest]) and second <= WITHIN:
        return int(text[nearest])
    return None


def _pair_label(
    box: NDArray[np.float64], truth: Boxes, text: str, both: NDArray[np.intp]
) -> int | None:
    """The class of two whole digits that are all there is in a candidate, side by side."""
    middle = truth[both, 0] + truth[both, 2] / 2
    first, second = both[np.argsort(middle)]
    low = truth[both, :2].min(axis=0)
    hull = np.concatenate([low, (truth[both, :2] + truth[both, 2:]).max(axis=0) - low])
    beside = np.ptp(middle) > BESIDE * truth[both, 3].max()
    if beside and _is_same(box, hull):
        return pair(int(text[first]), int(text[second]))
    return None


def _is_same(box: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether the edges of two boxes are next to each other."""
    miss = np.abs(np.concatenate([(box - other)[:2], (box - other)[:2] + (box - other)[2:]])).max()
    return bool(miss <= max(SAME_PIXELS, SAME * other[3]))


def _is_among(box: NDArray[np.float64], letters: Boxes) -> bool:
    """Whether the ink is one of the letters or parts of signs, or most of one."""
    low = np.maximum(letters[:, :2], box[:2])
    high = np.minimum(letters[:, :2] + letters[:, 2:], box[:2] + box[2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    area = box[2:].prod()
    return bool(((shared > LETTER * letters[:, 2:].prod(axis=1)) & (shared > LETTER * area)).any())


def _is_a_stroke(ink: NDArray[np.uint8]) -> bool:
    """Whether the ink is one more or less upright stroke, straight or a little bent."""
    m = cv2.moments(ink)
    spread = np.array([[m["mu20"], m["mu11"]], [m["mu11"], m["mu02"]]]) / max(m["m00"], 1e-9)
    (short, long), directions = np.linalg.eigh(spread)
    return bool(abs(directions[1, 1]) > STEEP and short < SLENDER * long)


def _is_a_ring(ink: NDArray[np.uint8]) -> bool:
    """Whether the ink is round about one large hole."""
    mask = (cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0) > 96).astype(np.uint8)
    outlines, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(outline) for outline in outlines]
    holes = [area for area, (*_, parent) in zip(areas, tree[0] if areas else [], strict=True)
             if parent >= 0]  # fmt: skip
    if not holes:
        return False
    largest = int(np.argmax(areas))
    hull = cv2.contourArea(cv2.convexHull(outlines[largest]))
    return bool(max(holes) > OPEN * areas[largest] and areas[largest] > ROUND * hull)
