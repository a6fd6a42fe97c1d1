"""Composed pages and single digits are what they say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.errors import UsageError
from digitnet.pages import CONDITIONS, SINGLE_KINDS, Page, compose, compose_single
from digitnet.pages.clutter import scatter
from digitnet.pages.pen import Draughtsman
from digitnet.pages.plan import Plan
from tests.pages.composed import check_consistent, contrast, page_of


def only(digits: Digits, digit: int) -> Digits:
    chosen = digits.labels == digit
    return Digits(digits.images[chosen], digits.labels[chosen])


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


def test_close_lines_reach_into_each_other() -> None:
    def meeting(condition: str) -> int:
        pages = [page_of(condition, seed) for seed in range(4)]
        return sum(
            any(x < left + width and left < x + w and y < top + height
                for x, y, w, _ in below for left, top, width, height in above)
            for page in pages for above, below in pairwise(page.boxes)
        )  # fmt: skip

    assert meeting("clean") == 0
    assert meeting("tight") > 8
