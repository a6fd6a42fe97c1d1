from __future__ import annotations

from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitnet.datasets import Digits, load_mnist
from digitnet.errors import UsageError
from digitnet.pages import CONDITIONS, SINGLE_KINDS, Box, Page, compose, compose_single
from digitnet.pages.clutter import scatter
from digitnet.pages.pen import Draughtsman, parts
from digitnet.pages.phrases import DIGIT, SPACE, phrases
from digitnet.pages.plan import Plan
from digitnet.pages.signs import FALL_APART, SIGNS, STOPS, Strokes
from digitnet.pages.strokes import dense
from digitnet.pages.trace import Glyph, trace


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_mnist().validation


def only(digits: Digits, digit: int) -> Digits:
    chosen = digits.labels == digit
    return Digits(digits.images[chosen], digits.labels[chosen])


def check_consistent(page: Page) -> None:
    height, width, colours = page.image.shape
    assert page.image.dtype == np.uint8
    assert colours == 3
    assert page.text == "\n".join(page.lines)
    assert page.lines
    assert all(line and set(line) <= set("0123456789") for line in page.lines)
    assert [len(line) for line in page.lines] == [len(boxes) for boxes in page.boxes]
    for boxes in page.boxes:
        for x, y, w, h in boxes:
            assert w > 0
            assert h > 0
            assert 0 <= x <= x + w <= width
            assert 0 <= y <= y + h <= height


@cache
def page_of(condition: str, seed: int) -> Page:
    return compose(load_mnist().validation, condition, seed)


def contrast(page: Page, box: Box) -> float:
    """How far the ink in a box is from the paper around it, in grey levels."""
    grey = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    x, y, w, h = box
    inside = np.sort(grey[y : y + h, x : x + w], axis=None)
    around = grey[max(y - 3, 0) : y + h + 3, max(x - 3, 0) : x + w + 3]
    paper = np.median(np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]]))
    some = max(len(inside) // 20, 2)
    return float(max(paper - inside[:some].mean(), inside[-some:].mean() - paper))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_page_is_what_it_says(condition: str) -> None:
    for seed in (0, 1):
        page = page_of(condition, seed)
        check_consistent(page)
        assert page.condition == condition
        assert all(max(h, w) >= 7 for line in page.boxes for _, _, w, h in line)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_seed_decides_the_page(digits: Digits, condition: str) -> None:
    first, other = page_of(condition, 0), page_of(condition, 1)
    again = compose(digits, condition, 0)
    assert np.array_equal(first.image, again.image)
    assert (first.lines, first.boxes) == (again.lines, again.boxes)
    assert first.image.shape != other.image.shape or not np.array_equal(first.image, other.image)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_ink_stands_out_in_every_box(condition: str) -> None:
    for seed in (0, 1):
        page = page_of(condition, seed)
        contrasts = [contrast(page, box) for line in page.boxes for box in line]
        assert min(contrasts) > 12
        assert np.median(contrasts) > 25


@pytest.mark.parametrize("digit", range(10))
def test_the_text_is_what_the_labels_say(digits: Digits, digit: int) -> None:
    page = compose(only(digits, digit), "columns", seed=1)
    assert set(page.text) - {"\n"} == {str(digit)}


def test_lines_run_from_top_to_bottom_and_digits_from_left_to_right() -> None:
    page = page_of("ruled", 0)
    tops = [min(y for _, y, _, _ in line) for line in page.boxes]
    assert tops == sorted(tops)
    for line in page.boxes:
        middles = [x + w / 2 for x, _, w, _ in line]
        assert middles == sorted(middles)


def gaps(page: Page) -> list[int]:
    return [right[0] - (left[0] + left[2]) for line in page.boxes for left, right in pairwise(line)]


def test_digits_touch_only_where_they_are_meant_to() -> None:
    touching = [gap for seed in range(4) for gap in gaps(page_of("touching", seed))]
    apart = [gap for seed in range(4) for gap in gaps(page_of("clean", seed))]
    assert np.mean(np.array(touching) <= 1) > 0.3
    assert np.mean(np.array(apart) <= 1) < 0.1


def test_clutter_keeps_off_the_writing() -> None:
    picture = np.full((600, 800, 3), 255, np.uint8)
    taken = np.zeros((600, 800), np.uint8)
    for left in range(0, 800, 160):
        taken[100:500, left : left + 60] = 1
    writing = taken.copy()
    brush = Draughtsman(picture, np.random.default_rng(1))
    scatter(Plan(clutter=60), taken, 40.0, brush, np.random.default_rng(2))
    drawn = (picture < 255).any(axis=2)
    assert drawn.sum() > 1000
    assert not (drawn & (writing == 1)).any()
    assert (taken >= drawn).all()  # the next thing will keep off this one


def test_a_page_has_the_size_asked_for(digits: Digits) -> None:
    small = page_of("clean", 4)
    large = compose(digits, "clean", seed=4, megapixels=4.0)
    assert large.image.shape[0] * large.image.shape[1] == pytest.approx(4e6, rel=0.01)
    assert large.image.shape[1] > small.image.shape[1]
    check_consistent(large)


@pytest.mark.parametrize("kind", SINGLE_KINDS)
def test_a_single_digit_is_what_it_says(digits: Digits, kind: str) -> None:
    for seed in range(5):
        page = compose_single(digits, kind, seed)
        check_consistent(page)
        assert len(page.text) == 1
        assert page.condition == kind
        assert np.array_equal(page.image, compose_single(digits, kind, seed).image)


@pytest.mark.parametrize("kind", SINGLE_KINDS)
def test_a_single_digit_has_its_label(digits: Digits, kind: str) -> None:
    assert compose_single(only(digits, 8), kind, seed=0).text == "8"


def test_kinds_have_the_sizes_that_people_have(digits: Digits) -> None:
    assert compose_single(digits, "mnist", 0).image.shape == (28, 28, 3)
    assert compose_single(digits, "thumbnail", 0).image.shape == (16, 16, 3)
    for kind in ("coarse-nearest", "coarse-bilinear", "coarse-bicubic", "binary"):
        side = compose_single(digits, kind, 0).image.shape[0]
        assert 176 <= side <= 192


def test_an_unknown_condition_is_named(digits: Digits) -> None:
    with pytest.raises(UsageError, match="There is no condition fog: use one of clean, light"):
        compose(digits, "fog", 0)
    with pytest.raises(UsageError, match="There is no kind of picture stamp: use one of coarse"):
        compose_single(digits, "stamp", 0)


def redrawn(glyph: Glyph) -> NDArray[np.uint8]:
    """A glyph's strokes, drawn with their own widths on MNIST's grid."""
    canvas = np.zeros((280, 280), np.uint8)
    for path, radius in zip(glyph.paths, glyph.radii, strict=True):
        points = np.round(path * 200 + 140).astype(np.int32)
        width = max(round(400 * float(np.median(radius))), 1)
        cv2.polylines(canvas, [points], False, 255, width)
    return np.asarray(cv2.resize(canvas, (28, 28), interpolation=cv2.INTER_AREA), np.uint8)


def test_strokes_lie_where_the_ink_is(digits: Digits) -> None:
    images = digits.images[:200]
    glyphs = list(trace(images))
    faithful = [glyph.faithful for glyph in glyphs]
    assert np.mean(faithful) > 0.75
    for image, glyph in zip(images, glyphs, strict=True):
        if glyph.faithful:
            drawn, ink = redrawn(glyph) > 127, image > 127
            assert (drawn & ink).sum() > 0.6 * (drawn | ink).sum()


def test_an_image_without_ink_has_no_strokes() -> None:
    (glyph,) = trace(np.zeros((1, 28, 28), np.uint8))
    assert glyph.paths == ()
    assert not glyph.faithful


def pieces(strokes: Strokes) -> int:
    """Into how many pieces the ink falls where a pen of usual width writes 60 pixels high."""
    return len(parts([((60 * dense(stroke, 0.03)).astype(np.float32),
                       np.full(len(dense(stroke, 0.03)), 1.8, np.float32))
                      for stroke in strokes]))  # fmt: skip


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_signs_stand_in_the_frame_of_a_digit_and_differ_each_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for write in (SIGNS | STOPS).values():
        points = np.concatenate(write(rng))
        assert np.isfinite(points).all()
        assert points.min() > -0.5
        assert points.max() < 1.5
        assert not np.array_equal(points, np.concatenate(write(rng)))


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_makes_a_sign_of_a_digit_is_never_left_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for name, count in {"!": 2, "?": 2, "÷": 3, "=": 2}.items():
        assert pieces(SIGNS[name](rng)) == count
    for name in "$¢":  # The bar stands out, above and below.
        bow, bar = SIGNS[name](rng)[:2]
        assert bar[:, 1].min() < bow[:, 1].min()
        assert bar[:, 1].max() > bow[:, 1].max()


@settings(max_examples=40)
@given(
    points=st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=2, max_size=6),
    step=st.floats(0.01, 1),
)
def test_points_are_put_between_others_as_densely_as_asked_for(
    points: list[tuple[float, float]], step: float
) -> None:
    stroke = np.array(points)
    finer = dense(stroke, step)
    assert np.hypot(*np.diff(finer, axis=0).T).max() <= step * (1 + 1e-9)
    distances = np.abs(finer[None] - stroke[:, None]).max(axis=2).min(axis=1)
    assert distances.max() < 1e-9


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), digits=st.integers(1, 20))
def test_phrases_have_the_digits_asked_for_and_known_signs(seed: int, digits: int) -> None:
    tokens = list(phrases(digits, np.random.default_rng(seed)))
    assert digits <= tokens.count(DIGIT) < digits + 20
    assert set(tokens) <= {DIGIT, SPACE, *SIGNS, *STOPS}
    assert (SPACE, SPACE) not in pairwise(tokens)
    assert tokens[0] != SPACE != tokens[-1]


def test_every_sign_is_written_somewhere() -> None:
    tokens = set(phrases(4000, np.random.default_rng(0)))
    assert tokens == {DIGIT, SPACE, *SIGNS, *STOPS}


def test_signs_are_written_among_the_digits_in_the_same_ink() -> None:
    pages = [page_of("signs", seed) for seed in range(6)]
    assert sum(len(page.signs) for page in pages) > 20
    for page in pages:
        digits = [box for line in page.boxes for box in line]
        assert len(digits) == len(page.text.replace("\n", ""))
        usual = np.median([contrast(page, box) for box in digits])
        for box in page.signs:
            x, y, w, h = box
            assert 0 <= x < x + w <= page.image.shape[1]
            assert 0 <= y < y + h <= page.image.shape[0]
            assert contrast(page, box) > 0.4 * usual
            assert not any(
                min(x + w, left + width) - max(x, left) > 0.3 * min(w, width)
                and min(y + h, top + height) - max(y, top) > 0.3 * min(h, height)
                for left, top, width, height in digits
            )


def test_parts_of_signs_that_look_like_digits_are_named() -> None:
    pages = [page_of("signs", seed) for seed in range(6)]
    assert any(page.lookalikes for page in pages)
    for page in pages:
        for x, y, w, h in page.lookalikes:
            assert any(
                left - 2 <= x <= x + w <= left + width + 2
                and top - 2 <= y <= y + h <= top + height + 2
                for left, top, width, height in page.signs
            )


def test_signs_that_fall_apart_are_signs() -> None:
    assert set(FALL_APART) <= set(SIGNS)


def test_a_page_without_signs_has_none() -> None:
    assert page_of("clean", 0).signs == ()
