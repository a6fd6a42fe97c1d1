"""Large marks, and a single large digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.reading.ink.closeup import SIDE, close_up_inks, only_digit
from digitnet.reading.ink.ink import Ink

Gray = NDArray[np.uint8]


def paper(width: int, height: int, falling: float = 0.0, noise: float = 3.0) -> Gray:
    """Paper on which so much of the light is lost from left to right, with a camera's grain."""
    light = 200 * np.linspace(1, 1 - falling, width)[None].repeat(height, axis=0)
    grain = np.random.default_rng(0).normal(0, noise, light.shape)
    return np.asarray(np.clip(light + grain, 0, 255), np.uint8)


def darkened(picture: Gray, mark: Gray) -> Gray:
    return np.where(mark > 0, picture // 3, picture)


def three(shape: tuple[int, ...], middle: tuple[int, int], height: int, width: int) -> Gray:
    """Two bows, one above the other."""
    mark = np.zeros(shape, np.uint8)
    x, y = middle
    for side in (-1, 1):
        centre = (x - height // 8, y + side * height // 4)
        cv2.ellipse(mark, centre, (height // 3, height // 4), 0, -120, 120, 255, width)
    return mark


def agreement(mark: Gray, mask: Gray) -> float:
    """Intersection over union of what is there, and what was found."""
    there, found = mark > 0, mask > 0
    return float((there & found).sum() / (there | found).sum())


def dark_ink(picture: Gray) -> Ink | None:
    return next((ink for ink in close_up_inks(picture) if not ink.light), None)


@pytest.mark.parametrize("scale", [1, 2, 5, 12])
@pytest.mark.parametrize("falling", [0.0, 0.6])
def test_the_ink_is_that_of_the_digit_at_any_size_and_in_any_light(
    scale: int, falling: float
) -> None:
    mark = three((200 * scale, 160 * scale), (80 * scale, 100 * scale), 120 * scale, 18 * scale)
    picture = darkened(paper(160 * scale, 200 * scale, falling), mark)
    ink = dark_ink(picture)
    assert ink is not None
    assert ink.scale == pytest.approx(max(1, 200 * scale / SIDE))
    expected = cv2.resize(mark, ink.mask.shape[::-1], interpolation=cv2.INTER_AREA) > 127
    both = np.count_nonzero(expected & (ink.mask > 0))
    assert both > 0.85 * np.count_nonzero(expected | (ink.mask > 0))
    only = only_digit(ink)
    assert only is not None
    assert np.array_equal(only.mask, ink.mask)


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param([(0, 70), (80, 110), (110, 200), (0, 200)], id="a phone's, from a corner"),
        pytest.param([(80, 0), (160, 0), (160, 200), (95, 200)], id="half of the picture"),
        pytest.param([(0, 85), (160, 115), (160, 200), (0, 200)], id="the lower half"),
    ],
)
@pytest.mark.parametrize("level", [0.45, 0.7])
def test_a_shadow_across_the_digit_is_paper(corners: list[tuple[int, int]], level: float) -> None:
    mark = three((200, 160), (80, 100), 120, 18)
    shadow = np.ones((200, 160), np.float32)
    cv2.fillPoly(shadow, [np.array(corners, np.int32)], level)
    picture = darkened(paper(160, 200), mark)
    ink = next(close_up_inks(np.asarray(picture * shadow, np.uint8)))
    assert not ink.light
    assert agreement(mark, ink.mask) > 0.8


def test_the_shadow_of_a_finger_is_told_from_the_digit_that_it_touches() -> None:
    mark = three((200, 160), (80, 100), 120, 18)
    finger = np.ones((200, 160), np.float32)
    cv2.line(finger, (160, 200), (95, 120), 0.65, 22)
    picture = darkened(paper(160, 200), mark)
    ink = next(close_up_inks(np.asarray(picture * finger, np.uint8)))
    assert agreement(mark, ink.mask) > 0.8


def test_a_blot_wider_than_a_pen_is_no_shadow() -> None:
    blot = np.zeros((200, 160), np.uint8)
    cv2.circle(blot, (80, 100), 55, 255, -1)
    ink = next(close_up_inks(darkened(paper(160, 200), blot)))
    assert np.count_nonzero((blot > 0) & (ink.mask > 0)) > 0.9 * np.count_nonzero(blot)


def test_light_ink_comes_first_on_a_dark_ground() -> None:
    picture = darkened(paper(300, 300), three((300, 300), (150, 150), 180, 24))
    first = next(close_up_inks(255 - picture))
    assert first.light


def test_rules_at_the_edges_are_left_out() -> None:
    mark = three((400, 400), (200, 200), 220, 30)
    lines = np.zeros_like(mark)
    cv2.line(lines, (0, 380), (399, 372), 255, 6)
    cv2.line(lines, (15, 0), (12, 399), 255, 6)
    ink = dark_ink(darkened(paper(400, 400), mark | lines))
    assert ink is not None
    assert only_digit(ink) is not None
    below = ink.mask[round(360 / ink.scale) :]
    assert not below.any()


def test_two_digits_are_large_marks_and_not_one_digit() -> None:
    mark = three((300, 500), (130, 150), 180, 24) | three((300, 500), (370, 150), 180, 24)
    ink = dark_ink(darkened(paper(500, 300), mark))
    assert ink is not None
    assert cv2.connectedComponents(ink.mask)[0] == 3
    assert only_digit(ink) is None


def test_a_digit_may_be_broken() -> None:
    mark = three((300, 300), (150, 150), 200, 24)
    mark[145:152] = 0
    ink = dark_ink(darkened(paper(300, 300), mark))
    assert ink is not None
    only = only_digit(ink)
    assert only is not None
    assert cv2.connectedComponents(only.mask)[0] == 3


def test_a_page_of_writing_is_no_close_up() -> None:
    mark = np.zeros((600, 800), np.uint8)
    for y in range(80, 560, 80):
        for x in range(60, 760, 70):
            mark |= three(mark.shape, (x, y), 40, 5)
    assert not list(close_up_inks(darkened(paper(800, 600), mark)))


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_picture_has_no_ink(grey: int) -> None:
    assert not list(close_up_inks(np.full((50, 70), grey, np.uint8)))


def test_on_a_sheet_that_lies_on_a_table_only_the_sheet_counts() -> None:
    mark = three((400, 400), (200, 200), 160, 22)
    picture = np.asarray(darkened(paper(400, 400), mark) // 4, np.uint8)
    sheet = slice(60, 340), slice(50, 350)
    picture[sheet] = darkened(paper(400, 400), mark)[sheet]
    ink = dark_ink(picture)
    assert ink is not None
    assert only_digit(ink) is not None
    expected = cv2.resize(mark, ink.mask.shape[::-1], interpolation=cv2.INTER_AREA) > 127
    assert np.count_nonzero(expected & (ink.mask > 0)) > 0.85 * np.count_nonzero(ink.mask)
