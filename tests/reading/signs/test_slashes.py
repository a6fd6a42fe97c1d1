"""Slashes and brackets among the digits of a line."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.glyph import place
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.signs.slashes import without_slashes
from tests.reading.lines import line, text_of
from tests.reading.readings import wrong


@pytest.mark.parametrize(("top", "height"), [(94, 32), (80, 60), (95, 30)])
def test_a_stroke_that_stands_out_above_and_below_is_a_sign(top: int, height: int) -> None:
    assert text_of(without_slashes(line("24107", at2=(40, top, 14, height)))) == "2407"


def test_less_is_enough_for_one_that_leans_further_than_the_others() -> None:
    assert text_of(without_slashes(line("24107", 0.3, at2=(40, 97, 14, 26)))) == "2407"
    assert text_of(without_slashes(line("24107", -0.3, at2=(40, 97, 14, 26)))) == "24107"


@pytest.mark.parametrize(("top", "height"), [(100, 20), (98, 24), (70, 50), (100, 60), (98, 23)])
def test_a_1_that_is_tall_or_low_or_out_of_line_is_one(top: int, height: int) -> None:
    assert text_of(without_slashes(line("24107", 0.3, at2=(40, top, 14, height)))) == "24107"


def test_where_digits_differ_in_height_a_1_may_stand_out() -> None:
    """As beside small 2, where an 8 is as high as the 1."""
    one, eight = (0, 96, 14, 28), (60, 96, 14, 28)
    assert text_of(without_slashes(line("12287", at0=one))) == "2287"
    assert text_of(without_slashes(line("12287", at0=one, at3=eight))) == "12287"


def test_a_stroke_that_leans_to_the_left_is_no_slash() -> None:
    assert text_of(without_slashes(line("24107", -0.2, at2=(40, 97, 14, 26)))) == "24107"


def test_only_strokes_are_slashes() -> None:
    assert text_of(without_slashes(line("24807", at2=(40, 80, 14, 60)))) == "24807"


def test_among_ones_too_a_stroke_may_stand_out() -> None:
    assert text_of(without_slashes(line("11111", at2=(40, 80, 4, 60)))) == "1111"


def test_one_digit_is_not_enough_to_stand_out_of() -> None:
    assert text_of(without_slashes(line("21", at1=(20, 80, 4, 60)))) == "21"


def test_what_is_no_1_among_its_neighbours_is_left_out() -> None:
    assert text_of(without_slashes(line("24107"), {2: 0.005})) == "2407"
    assert text_of(without_slashes(line("24107"), {2: 0.03})) == "24107"
    assert text_of(without_slashes(line("21"), {1: 0.005})) == "2"


def test_in_doubt_less_is_enough_to_stand_out() -> None:
    stroke = (40, 97, 14, 26)
    assert text_of(without_slashes(line("24107", -0.2, at2=stroke), {2: 0.2})) == "2407"
    assert text_of(without_slashes(line("24107", -0.2, at2=stroke), {2: 0.6})) == "24107"
    assert text_of(without_slashes(line("24107"), {2: 0.4})) == "24107"


def test_the_first_may_be_a_bracket() -> None:
    assert text_of(without_slashes(line("1243", at0=(0, 90, 6, 40)))) == "243"


def dated(text: str, out: int) -> list[Candidate]:
    """Digits with leaning slashes, read as 1, that stand out so many pixels of 20."""
    slashes = [i for i, sign in enumerate(text) if sign == "/"]
    boxes = {f"at{i}": (20 * i, 100 - out, 14, 20 + 2 * out) for i in slashes}
    return line(text.replace("/", "1"), 0.3, **boxes)


@pytest.mark.parametrize(
    ("date", "out"),
    [
        ("24/12/2026", 0),
        ("1/1/2026", 1),
        ("2026/1/31", 1),
        ("12/24/2026", 0),
        ("4/2/2026", 0),
        ("2026/4/25", 0),
        ("2026/4/5", 0),
        ("11/11/1911", 1),
        ("24/12/26", 1),
        ("4/2/26", 2),
    ],
)
def test_the_slashes_of_a_date_hardly_stand_out(date: str, out: int) -> None:
    assert text_of(without_slashes(dated(date, out))) == date.replace("/", "")


@pytest.mark.parametrize(
    ("number", "out"),
    [
        ("24/12/26", 0),  # as high as the digits: a number of eight digits
        ("4/2/26", 1),
        ("2/1/2021", 0),  # as is 21-11-2021, whose dashes are gone
        ("2021/2/4", 0),  # and 2021-12-14
        ("24/13/2026", 0),  # no month
        ("24/12/3026", 0),  # no year
        ("0/12/2026", 0),
        ("124/12/2026", 0),
        ("24/122026", 0),
    ],
)
def test_numbers_that_are_no_dates_keep_their_ones(number: str, out: int) -> None:
    assert text_of(without_slashes(dated(number, out))) == number.replace("/", "1")


def test_upright_ones_that_do_not_stand_out_are_no_slashes_of_a_date() -> None:
    upright = line("2411212026", at2=(40, 100, 14, 20), at5=(100, 100, 14, 20))
    assert text_of(without_slashes(upright)) == "2411212026"
    taller = line("2411212026", at2=(40, 98, 14, 24), at5=(100, 99, 14, 22))
    assert text_of(without_slashes(taller)) == "24122026"


def bent(path: list[Candidate], i: int, bend: int, sure: float = 0.7) -> list[Candidate]:
    """The line with a stroke that bends to the right, by a share of 40, and is so sure."""
    ink = np.zeros((100, 100), np.uint8)
    points = [(50 + round(bend * (1 - (y / 20) ** 2)), 50 + y) for y in range(-20, 21)]
    cv2.polylines(ink, [np.array(points, np.int32)], False, 255, 4, cv2.LINE_AA)
    changed = replace(path[i], glyph=place(ink), scores=path[i].scores * np.float32(sure))
    return [*path[:i], changed, *path[i + 1 :]]


def test_a_stroke_that_bends_to_the_right_closes_a_bracket() -> None:
    assert text_of(without_slashes(bent(line("21407"), 1, 8))) == "2407"
    assert text_of(without_slashes(bent(line("21407"), 1, 2))) == "21407"


def test_one_that_bends_to_the_left_is_a_bracket_where_another_closes_it() -> None:
    opening = bent(line("1206156"), 0, -8)
    assert text_of(without_slashes(opening)) == "1206156"
    assert text_of(without_slashes(bent(opening, 4, 8))) == "20656"


def test_a_pair_that_bends_around_a_few_digits_may_be_surely_1_each() -> None:
    pair = bent(bent(line("1206156"), 0, -4, sure=0.99), 4, 4, sure=0.99)
    assert text_of(without_slashes(pair)) == "20656"
    apart = bent(bent(line("12060156"), 0, -4, sure=0.99), 6, 4, sure=0.99)
    assert text_of(without_slashes(apart)) == "12060156"


@pytest.mark.parametrize("seed", [4000528, 4000551, 4000554, 4000573])
def test_an_opening_bracket_is_told_by_the_closing_one(
    reader: Reader, validation: Digits, seed: int
) -> None:
    """Each was read as a 1, the closing one, mostly, as no digit."""
    page = compose(validation, "dates", seed)
    assert wrong(reader, page, page.image) == 0
