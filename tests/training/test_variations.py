from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from digitnet.classes import CLASSES, FIRST_PAIR, NO_DIGIT, pair
from digitnet.datasets import Digits, load_mnist
from digitnet.glyph import place, stroke_width
from digitnet.pages import compose
from digitnet.pages.strokes import smooth
from digitnet.training.variations import (
    HARVESTED,
    SOURCES,
    Pool,
    make_examples,
)
from digitnet.training.variations.hand import rewrite
from digitnet.training.variations.harvest import examples
from digitnet.training.variations.nodigit import looks_like_a_bar, part, printed
from digitnet.training.variations.numerals import NUMERALS
from digitnet.training.variations.pen import Ink, draw, with_width
from digitnet.training.variations.pool import make_ink, vary
from digitnet.training.variations.scan import coarse_binary
from digitnet.training.variations.surroundings import touching

DIGIT_SOURCES = ("mnist", "rewritten", "drawn", "printed")
EMPTY = 20  # Grey levels up to which a pixel counts as paper.


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_mnist().train


@pytest.fixture(scope="module")
def pool(digits: Digits) -> Pool:
    return make_examples(digits, 2500, 0, seed=3)


def pieces(ink: Ink) -> int:
    return int(cv2.connectedComponents((ink > EMPTY).astype(np.uint8))[0]) - 1


def areas_of_paper(ink: Ink) -> int:
    paper = (ink <= EMPTY).astype(np.uint8)
    return int(cv2.connectedComponents(paper, connectivity=4)[0]) - 1


def ring(width: int) -> Ink:
    ink = np.zeros((120, 120), np.uint8)
    cv2.circle(ink, (60, 60), 40, 255, width)
    return ink


def test_a_pool_holds_placed_glyphs_and_their_labels(pool: Pool) -> None:
    assert pool.glyphs.shape == (2500, 28, 28)
    assert pool.glyphs.dtype == np.uint8
    assert (pool.glyphs.max(axis=(1, 2)) == 255).all()
    assert pool.labels.shape == pool.sources.shape == (2500,)
    assert set(range(FIRST_PAIR)) <= set(pool.labels) <= set(range(CLASSES))


def test_the_same_seed_gives_the_same_pool(digits: Digits, pool: Pool) -> None:
    again = make_examples(digits, 2500, 0, seed=3)
    assert np.array_equal(again.glyphs, pool.glyphs)
    assert np.array_equal(again.labels, pool.labels)
    other = make_examples(digits, 100, 0, seed=4)
    assert not np.array_equal(other.glyphs, pool.glyphs[:100])


def test_every_source_has_its_share(pool: Pool) -> None:
    shares = np.bincount(pool.sources, minlength=len(SOURCES)) / len(pool.sources)
    assert np.allclose(shares, list(SOURCES.values()), atol=0.03)
    assert sum(SOURCES.values()) == pytest.approx(1)


def test_no_digit_is_the_label_of_exactly_what_is_no_digit(pool: Pool) -> None:
    are_digits = np.isin(pool.sources, [list(SOURCES).index(name) for name in DIGIT_SOURCES])
    assert np.array_equal(pool.labels < NO_DIGIT, are_digits)
    are_pairs = pool.sources == list(SOURCES).index("pair")
    assert np.array_equal(pool.labels >= FIRST_PAIR, are_pairs)


def test_of_two_digits_the_first_stands_on_the_left() -> None:
    rng = np.random.default_rng(9)
    bar = np.full((80, 12), 255, np.uint8)
    for _ in range(30):
        ink = touching(bar, ring(8), rng)
        holes = cv2.connectedComponentsWithStats((ink <= EMPTY).astype(np.uint8), connectivity=4)[3]
        assert holes[:, 0].max() >= ink.shape[1] / 2  # The ring's middle lies to the right.
        assert ink[:, :4].max() == 255


def test_rewritten_digits_keep_their_labels(digits: Digits) -> None:
    # Nearest neighbours among MNIST's own digits: a third party that knows nothing of networks.
    rng = np.random.default_rng(0)
    ways = [make_ink(digits, "rewritten", rng) for _ in range(300)]
    queries = np.stack([place(ink) for ink, _ in ways]).reshape(300, -1).astype(np.float32)
    known = digits.images[:10_000].reshape(10_000, -1).astype(np.float32)
    distances = (known**2).sum(1) - 2 * queries @ known.T
    nearest = digits.labels[distances.argmin(1)]
    assert np.mean(nearest == [label for _, label in ways]) > 0.85


def test_pens_and_scanners_leave_something_to_read(digits: Digits) -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        ink, label = make_ink(digits, "rewritten", rng)
        varied = vary(digits, ink, label, rng)
        assert varied.dtype == np.uint8
        assert varied.max() > 0


def test_rewriting_with_no_strength_only_enlarges(digits: Digits) -> None:
    rng = np.random.default_rng(2)
    differences = [
        np.abs(place(rewrite(d, rng, strength=0)).astype(int) - d).mean()
        for d in digits.images[:50]
    ]
    assert np.mean(differences) < 14


@pytest.mark.parametrize("before", [4, 9, 20])
@pytest.mark.parametrize("after", [1.5, 4.0, 12.0, 25.0])
def test_a_pen_of_another_width_neither_breaks_nor_joins_strokes(before: int, after: float) -> None:
    ink = with_width(ring(before), after)
    assert pieces(ink) == 1
    assert areas_of_paper(ink) == 2  # Inside the ring and around it.
    assert stroke_width(ink) == pytest.approx(after, rel=0.35, abs=1.2)


def test_a_curve_passes_through_its_points() -> None:
    points = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    curve = smooth(points)
    for point in points:
        assert np.linalg.norm(curve - point, axis=1).min() < 1e-9


def test_drawn_ones_have_their_upstroke_and_sevens_their_cross() -> None:
    rng = np.random.default_rng(3)
    ones = [draw(NUMERALS[1](rng), 4) for _ in range(100)]
    sevens = [draw(NUMERALS[7](rng), 4) for _ in range(100)]
    # An upstroke makes a 1 much wider than its stem; a bar alone is thin.
    assert 50 < sum(not looks_like_a_bar(ink) for ink in ones) < 100
    # Halfway down, a crossed 7 is far wider than its stroke.
    crossed = [(ink[ink.shape[0] * 3 // 10 : -25] > EMPTY).sum(1).max() > 14 for ink in sevens]
    assert 50 < sum(crossed) < 100


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_can_be_drawn_in_endless_ways(digit: int) -> None:
    rng = np.random.default_rng(digit)
    glyphs = {place(draw(NUMERALS[digit](rng), 4)).tobytes() for _ in range(30)}
    assert len(glyphs) == 30


def test_a_bar_is_a_one_and_its_parts_are_left_out() -> None:
    rng = np.random.default_rng(5)
    bar = np.zeros((80, 60), np.uint8)
    cv2.line(bar, (35, 8), (25, 70), 255, 5)
    assert looks_like_a_bar(bar)
    assert not looks_like_a_bar(bar.T.copy())  # Level: a dash.
    assert not looks_like_a_bar(ring(5))
    assert all(part(bar, 1, rng) is None for _ in range(20))


def test_parts_show_half_a_digit_at_most(digits: Digits) -> None:
    rng = np.random.default_rng(6)
    zeros = digits.images[digits.labels == 0][:100]
    parts = [part(zero, 0, rng) for zero in zeros]
    shares = [
        np.count_nonzero(piece) / np.count_nonzero(zero)
        for piece, zero in zip(parts, zeros, strict=True)
        if piece is not None
    ]
    assert len(shares) > 50
    assert max(shares) < 0.65


def test_a_coarse_binary_scan_has_blocks_of_black_and_white(digits: Digits) -> None:
    rng = np.random.default_rng(7)
    scan = coarse_binary(rewrite(digits.images[0], rng, strength=0), rng, side=16)
    assert min(scan.shape) > 0
    assert max(scan.shape) <= 18 * 4
    assert np.mean((scan == 0) | (scan == 255)) > 0.4


def test_fonts_come_with_the_packages() -> None:
    assert printed("Rx", np.random.default_rng(8)).max() == 255


def test_a_clean_page_is_harvested_digit_by_digit(digits: Digits) -> None:
    page = compose(digits, "clean", seed=5)
    found = [label for _, label in examples(page, cut_from=0.85)]
    read = [label for label in found if label != NO_DIGIT]
    written = [int(digit) for line in page.lines for digit in line]
    for digit in range(10):
        # A digit may be cut out in several ways, and one or another be in doubt.
        assert read.count(digit) >= 0.7 * written.count(digit)
        assert (read.count(digit) > 0) <= (digit in written)


def test_light_digits_on_dark_panels_are_harvested(digits: Digits) -> None:
    pages = [compose(digits, "panels", seed) for seed in range(6)]
    found = [label for page in pages for _, label in examples(page, cut_from=0.85)]
    written = sum(len(page.text.replace("\n", "")) for page in pages)
    assert sum(label < NO_DIGIT for label in found) > 0.6 * written


def test_touching_digits_are_harvested_as_pairs(digits: Digits) -> None:
    written, found = set(), set()
    for seed in range(4):
        page = compose(digits, "touching", seed)
        written |= {pair(int(a), int(b)) for line in page.lines for a, b in pairwise(line)}
        found |= {label for _, label in examples(page, cut_from=0.45) if label >= FIRST_PAIR}
    assert len(found) > 5
    assert found <= written


def test_letters_that_look_like_digits_are_no_examples(digits: Digits) -> None:
    page = next(
        page for page in (compose(digits, "clutter", n) for n in range(20)) if page.lookalikes
    )
    labels = [label for _, label in examples(page, cut_from=0.85)]
    among_digits = replace(page, lookalikes=())
    assert labels.count(NO_DIGIT) < [
        label for _, label in examples(among_digits, cut_from=0.85)
    ].count(NO_DIGIT)


def test_signs_on_pages_are_harvested_whole_and_as_none(digits: Digits) -> None:
    pages = [compose(digits, "signs", seed) for seed in range(4)]
    for page in pages:
        found = [label for _, label in examples(page, cut_from=0.85)]
        written = [int(digit) for digit in page.text.replace("\n", "")]
        for digit in range(10):
            assert (found.count(digit) > 0) <= (digit in written)
    # Their parts are in doubt, as letters that look like digits are.
    with_parts = next(page for page in pages if page.lookalikes)
    all_parts = examples(replace(with_parts, lookalikes=()), cut_from=0.85)
    known = examples(with_parts, cut_from=0.85)
    assert len(known) < len(all_parts)
    # Whole signs are not, or none of these would be left.
    unknown = examples(replace(with_parts, signs=()), cut_from=0.85)
    assert [label for _, label in unknown].count(NO_DIGIT) < [label for _, label in known].count(
        NO_DIGIT
    )


def test_signs_keep_what_stands_apart_in_them(digits: Digits) -> None:
    rng = np.random.default_rng(10)
    for _ in range(300):
        ink, label = make_ink(digits, "sign", rng)
        assert label == NO_DIGIT
        assert ink.max() == 255
    source = list(SOURCES).index("sign")
    glyphs = make_examples(digits, 2000, 0, seed=11)
    signs = glyphs.glyphs[glyphs.sources == source]
    # Of all signs a ! alone is as slender as a bar, and it has its dot.
    assert all(pieces(glyph) > 1 for glyph in signs if looks_like_a_bar(glyph))


def test_halves_of_digits_are_harvested_as_none(digits: Digits) -> None:
    page = compose(digits, "touching", seed=2)
    labels = [label for _, label in examples(page, cut_from=0.45)]
    assert 0.2 < labels.count(NO_DIGIT) / len(labels) < 0.97


def test_a_harvest_is_the_same_each_time_and_follows_the_variations(digits: Digits) -> None:
    harvest = make_examples(digits, 0, 60, seed=1)
    assert harvest.glyphs.shape == (60, 28, 28)
    assert (harvest.glyphs.max(axis=(1, 2)) > 0).all()
    both = make_examples(digits, 40, 60, seed=1)
    assert np.array_equal(both.glyphs[40:], harvest.glyphs)
    assert np.array_equal(both.labels[40:], harvest.labels)
    assert set(both.sources[40:]) == {HARVESTED}
