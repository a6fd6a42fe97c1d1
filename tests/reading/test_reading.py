"""Readings, as they print, export and draw themselves."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from digitnet.reading.reading import Digit, Line, Reading

DIGITS = (Digit(4, 0.998, (10, 12, 20, 30)), Digit(7, 0.62, (36, 12, 18, 30)))
LINE = Line(DIGITS, (10, 12, 44, 30))


def reading(*lines: Line, width: int = 120, height: int = 80, pages: int = 1) -> Reading:
    picture = Image.new("RGB", (width, height), "white")
    return Reading(lines, pages, (lambda: picture,) * pages)


def test_text_has_one_line_for_each_line() -> None:
    below = Line((Digit(0, 0.9, (10, 50, 20, 30)),), (10, 50, 20, 30))
    both = reading(LINE, below)
    assert both.text == "47\n0"
    assert str(both) == both.text
    assert [d.digit for d in both.digits] == [4, 7, 0]


def test_what_is_unsure_is_a_question_mark_and_keeps_its_digit() -> None:
    careful = reading(Line(DIGITS, (10, 12, 44, 30), min_confidence=0.9))
    assert careful.text == "4?"
    assert careful.digits[1].digit == 7


def test_the_dictionary_is_what_the_command_line_prints() -> None:
    exported = json.loads(json.dumps(reading(LINE).to_dict()))
    assert exported == {
        "text": "47",
        "lines": [
            {
                "text": "47",
                "box": [10, 12, 44, 30],
                "digits": [
                    {"digit": 4, "confidence": 0.998, "box": [10, 12, 20, 30]},
                    {"digit": 7, "confidence": 0.62, "box": [36, 12, 18, 30]},
                ],
            }
        ],
    }


def test_lines_name_their_page_where_there_are_several() -> None:
    second = Line(DIGITS, (10, 12, 44, 30), page=1)
    exported = reading(LINE, second, pages=2).to_dict()
    assert [line["page"] for line in exported["lines"]] == [0, 1]  # type: ignore[attr-defined]


def test_no_digit_is_an_empty_text() -> None:
    assert reading().to_dict() == {"text": "", "lines": []}


def test_annotate_draws_sure_digits_in_another_colour_than_doubtful_ones() -> None:
    drawn = np.asarray(reading(LINE, width=600, height=400).annotate(), np.int16)
    assert drawn.shape == (400, 600, 3)
    sure, doubtful = drawn[:, 5:33], drawn[:, 34:60]
    assert (sure[..., 2] - sure[..., 0]).max() > 100  # blue
    assert (doubtful[..., 0] - doubtful[..., 2]).max() > 100  # amber to red


@pytest.mark.parametrize("size", [(28, 28), (16, 40), (4000, 3000)])
def test_annotate_pictures_of_any_size(size: tuple[int, int]) -> None:
    width, height = size
    box = (0, 0, width, height)
    drawn = reading(Line((Digit(3, 0.4, box),), box), width=width, height=height).annotate()
    assert min(drawn.size) >= 280
    assert drawn.width / drawn.height == pytest.approx(width / height, rel=0.02)


def test_annotate_leaves_the_picture_alone() -> None:
    picture = Image.new("RGB", (300, 300), "white")
    Reading((LINE,), 1, (lambda: picture,)).annotate()
    assert picture.getextrema() == ((255, 255),) * 3


def test_annotated_pages_stand_one_below_the_other() -> None:
    assert reading(LINE, width=300, height=290, pages=3).annotate().size == (300, 870)
