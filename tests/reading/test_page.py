"""The ink of a page, under every light, on every paper."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.reading.page import find_ink

Gray = NDArray[np.uint8]
HEIGHT, WIDTH = 360, 640


def writing(thickness: int = 5) -> Gray:
    """255 where there is ink: a ring, a slanted stroke and a hook, one after the other."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(ink, (130, 180), (36, 52), 0, 0, 360, 255, thickness)
    cv2.line(ink, (300, 125), (270, 235), 255, thickness)
    cv2.polylines(
        ink, [np.array([[430, 130], [500, 130], [455, 235]], np.int32)], False, 255, thickness
    )
    return ink


def photo(ink: Gray, paper: object = 205.0, strength: float = 0.6, seed: int = 0) -> Gray:
    """Ink on paper (a level or levels), with the grain of a camera."""
    rng = np.random.default_rng(seed)
    levels = np.broadcast_to(np.asarray(paper, np.float64), ink.shape)
    image = levels * (1 - strength * ink / 255.0) + rng.normal(0, 2.0, ink.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def agreement(gray: Gray, ink: Gray) -> float:
    """Intersection over union of the ink that was found, and the ink that is there."""
    found = next(find_ink(gray)).mask > 0
    there = ink > 0
    return float((found & there).sum() / (found | there).sum())


GRADIENT = np.linspace(230, 70, WIDTH)[None]
DIAGONAL = np.arange(WIDTH)[None] + np.arange(HEIGHT)[:, None]
SHADOW = cv2.GaussianBlur(np.where(DIAGONAL < 480, 210.0, 110.0), (0, 0), 6)
VIGNETTE = 215 - 0.0011 * ((np.arange(WIDTH) - 320) ** 2 + (np.arange(HEIGHT)[:, None] - 180) ** 2)


HARD_SHADOW = np.where(DIAGONAL < 480, 210.0, 140.0)


@pytest.mark.parametrize("paper", [205.0, 90.0, GRADIENT, SHADOW, HARD_SHADOW, VIGNETTE])
def test_ink_under_uneven_light(paper: object) -> None:
    ink = writing()
    assert agreement(photo(ink, paper), ink) > 0.7


@pytest.mark.parametrize(("thickness", "strength"), [(2, 0.18), (3, 0.5), (9, 0.7), (22, 0.7)])
def test_thin_pencil_and_thick_marker(thickness: int, strength: float) -> None:
    ink = writing(thickness)
    assert agreement(photo(ink, strength=strength), ink) > 0.55


def test_light_ink_on_a_dark_board() -> None:
    ink = writing()
    board = 255 - photo(ink)
    (first, *_) = find_ink(board)
    assert first.light
    assert agreement(board, ink) > 0.7


@pytest.mark.parametrize("tilt", [0.0, 7.0, -13.0])
def test_ruled_lines_go_and_the_strokes_on_them_stay(tilt: float) -> None:
    ink = writing()
    rules = np.zeros_like(ink)
    slope = np.tan(np.radians(tilt))
    for y in range(-188, HEIGHT + 200, 55):
        cv2.line(rules, (0, y), (WIDTH, round(y + slope * WIDTH)), 255, 2)
    gray = photo(np.maximum(ink, rules))
    found = next(find_ink(gray)).mask > 0
    assert (found & (rules > 0) & (ink == 0)).sum() < 0.1 * (rules > 0).sum()
    assert (found & (ink > 0)).sum() > 0.85 * (ink > 0).sum()


def test_frames_round_digits_go() -> None:
    ink = writing()
    frames = np.zeros_like(ink)
    for x in (60, 210, 360):
        cv2.rectangle(frames, (x, 100), (x + 150, 260), 255, 2)
    found = next(find_ink(photo(np.maximum(ink, frames)))).mask > 0
    assert (found & (frames > 0) & (ink == 0)).sum() < 0.1 * (frames > 0).sum()
    assert (found & (ink > 0)).sum() > 0.85 * (ink > 0).sum()


def test_a_long_one_is_no_rule() -> None:
    ink = np.zeros((300, 200), np.uint8)
    cv2.line(ink, (110, 20), (90, 280), 255, 5)
    assert agreement(photo(ink), ink) > 0.7


def test_the_table_round_a_sheet_is_left_out() -> None:
    ink = writing()
    paper = np.full((HEIGHT, WIDTH), 205.0)
    rng = np.random.default_rng(1)
    table = np.full((HEIGHT + 160, WIDTH + 200), 45.0)
    table += cv2.GaussianBlur(rng.normal(0, 30, table.shape), (0, 0), 1.5)
    table[80:-80, 100:-100] = paper
    around = np.zeros(table.shape, np.uint8)
    around[80:-80, 100:-100] = ink
    gray = photo(around, table)
    found = next(find_ink(gray)).mask > 0
    assert (found & (around > 0)).sum() > 0.8 * (around > 0).sum()
    assert (found & (around == 0)).sum() < 0.5 * (around > 0).sum()


def test_writing_that_reaches_out_of_a_soft_shadow_does_not_make_it_a_table() -> None:
    ink = writing()
    shadow = np.full(ink.shape, 210.0)
    shadow[170:, 60:540] = 95.0
    gray = photo(ink, cv2.GaussianBlur(shadow, (0, 0), 7))
    (first, *_) = find_ink(gray)
    assert not first.light
    assert agreement(gray, ink) > 0.7


def test_light_beside_a_sharp_shadow_in_which_all_the_writing_stands_is_no_sheet() -> None:
    ink = writing()
    paper = np.where(np.arange(WIDTH) < 520, 100.0, 190.0)
    inks = [found.mask > 0 for found in find_ink(photo(ink, paper, 0.7))]
    shares = [(mask & (ink > 0)).sum() / (mask | (ink > 0)).sum() for mask in inks]
    assert max(shares, default=0.0) > 0.7


def test_a_sharp_shadow_that_ends_across_a_line_of_writing_is_no_table() -> None:
    ink = writing()
    ink[260:] = ink[110:210]
    in_shadow = np.arange(WIDTH) > 0.9 * np.arange(HEIGHT)[:, None] + 270
    gray = photo(ink, np.where(in_shadow, 95.0, 200.0))
    assert agreement(gray, ink) > 0.7


@pytest.mark.parametrize(
    ("width", "level", "slant"),
    [(26, 100, -0.4), (26, 100, 0.8), (30, 100, -0.4), (40, 130, 0.8)],
)
def test_bars_of_shadow_across_the_writing_are_paper(width: int, level: int, slant: float) -> None:
    """A window's, wider than a pen and narrower than a digit."""
    ink = writing()
    along = np.arange(WIDTH) + slant * np.arange(HEIGHT)[:, None] + 40
    gray = photo(ink, np.where(along % 190 < width, float(level), 205.0))
    assert agreement(gray, ink) > 0.7


def test_a_sheet_of_which_the_light_leaves_less_than_half_bright_is_found() -> None:
    left, right, top, bottom = 110, 530, 40, 330
    away = np.hypot(np.arange(WIDTH) - 300, np.arange(HEIGHT)[:, None] - 60)
    sheet = 215 - 125 * np.exp(-((away / 150) ** 2))
    place = np.full((HEIGHT, WIDTH), 45.0)
    place[top:bottom, left:right] = sheet[top:bottom, left:right]
    ink = writing(3)
    page = photo(ink, place)
    cv2.ellipse(page, (50, 100), (15, 25), 0, 0, 360, 15, 4)  # the grain of wood
    assert not next(find_ink(page)).mask[:, :left].any()
    assert agreement(page, ink) > 0.6


def test_tightly_cropped_thumbnails_of_either_polarity() -> None:
    ring = np.zeros((16, 16), np.uint8)
    cv2.ellipse(ring, (7, 7), (6, 6), 0, 0, 360, 255, 3)
    for light in (True, False):
        first = next(find_ink(ring if light else 255 - ring))
        assert first.light is light
        # Enlarged: the hole in the ring must still be one.
        contours, tree = cv2.findContours(first.mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        assert len(contours) == 2
        assert tree is not None


def test_specks_beside_a_digit_do_not_make_its_strokes_rules() -> None:
    ink = np.zeros((140, 140), np.uint8)
    cv2.ellipse(ink, (68, 70), (26, 44), 35, 0, 360, 255, 10)
    specks = ink.copy()
    for x, y in ((1, 20), (2, 60), (1, 64), (2, 115), (130, 64)):
        cv2.rectangle(specks, (x, y), (x + 3, y + 5), 255, -1)
    kept = [((found.mask > 0) & (ink > 0)).sum() for found in find_ink(photo(specks, 110.0))]
    assert max(kept) > 0.9 * (ink > 0).sum()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_page_has_no_ink(level: int) -> None:
    assert list(find_ink(np.full((200, 300), level, np.uint8))) == []
