"""Whole pages, from the picture to the text, with the model that ships."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks._scoring import digits_right, edit_distance
from digitnet.datasets import Digits
from digitnet.evaluation import calibration_error
from digitnet.pages import compose, compose_single
from digitnet.reading import Reader


# What is allowed is about twice what was measured, so that chance does not fail the test.
@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ("clean", 0.06),
        ("shadow", 0.15),
        ("ruled", 0.2),
        ("tilt", 0.06),
        ("dark", 0.05),
        ("small", 0.1),
    ],
)
def test_composed_pages(reader: Reader, validation: Digits, condition: str, allowed: float) -> None:
    wrong = total = 0
    for seed in range(4):
        page = compose(validation, condition, seed)
        wrong += edit_distance(
            page.text.replace("\n", ""), reader.read(page.image).text.replace("\n", "")
        )
        total += len(page.text.replace("\n", ""))
    assert wrong <= allowed * total, f"{wrong} of {total} digits wrong"


def test_boxes_stand_where_the_digits_are(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "clean", 0)
    reading = reader.read(page.image)
    assert reading.text == page.text
    for line, boxes in zip(reading.lines, page.boxes, strict=True):
        for digit, (x, y, w, h) in zip(line.digits, boxes, strict=True):
            assert np.abs(np.subtract(digit.box, (x, y, w, h))).max() <= 5
            assert 0.3 < digit.confidence <= 1


@pytest.mark.parametrize("seed", [120001, 120007])
def test_words_are_not_read(reader: Reader, validation: Digits, seed: int) -> None:
    page = compose(validation, "clutter", seed)
    read = "".join(reader.read(page.image).text.split())
    assert len(read) <= len("".join(page.lines)) + 1, read


# Each was mostly lost once: sheets on a table, a shadow with a hard edge and a soft one, strokes on
# the rules of squared paper, a column that looks like a 1, small writing below large, a pencil on
# a table of wood, a sheet on which the sun shines where nothing is written, light that falls off, a
# small picture with a shadow across it, small writing below digits six times as high, a pair that
# touches beside one digit, a rest of a dark table beside faint ink, a pencil above dark rules,
# digits across the hard edge of a shadow, dark writing in a shadow that looked like a panel, small
# pictures: the edge of a shadow through all that is written, all of it in the shadow (twice), a
# shadow that looks like a 0; leaning strokes below one another that looked like a rule.
@pytest.mark.parametrize(
    ("condition", "seed"),
    [
        ("table", 5022),
        ("table", 5031),
        ("mixed", 5005),
        ("shadow", 5022),
        ("grid", 3),
        ("touching", 5027),
        ("sizes", 5008),
        ("mixed", 5033),
        ("mixed", 140016),
        ("mixed", 140068),
        ("mixed", 140069),
        ("shadow", 931049),
        ("sizes", 931038),
        ("touching", 931005),
        ("mixed", 941034),
        ("mixed", 941009),
        ("mixed", 931040),
        ("shadow", 1600030),
        ("small", 1600013),
        ("small", 1600042),
        ("small", 1600056),
        ("small", 1600006),
        ("ruled", 1600014),
    ],
)
def test_pages_that_were_lost(
    reader: Reader, validation: Digits, condition: str, seed: int
) -> None:
    page = compose(validation, condition, seed)
    assert edit_distance(page.text, reader.read(page.image).text) <= max(1, len(page.text) // 10)


# The side of a frame was read as a 1, or specks of it hid the digit.
@pytest.mark.parametrize("seed", [1700024, 1700073, 1700126, 1700140, 1700209, 1700266])
def test_a_frame_around_a_digit_is_no_1(reader: Reader, validation: Digits, seed: int) -> None:
    page = compose_single(validation, "close-up", seed)
    assert reader.read(page.image).text == page.text


def test_a_page_without_digits_reads_as_nothing(reader: Reader) -> None:
    rng = np.random.default_rng(0)
    paper = np.clip(rng.normal(215, 4, (500, 700)), 0, 255).astype(np.uint8)
    assert reader.read(paper).to_dict() == {"text": "", "lines": []}
    assert reader.read(np.full((28, 28), 255, np.uint8)).text == ""


def test_confidence_is_how_often_it_is_right(reader: Reader, validation: Digits) -> None:
    pages = [compose(validation, name, 500) for name in ("clean", "light", "pencil", "tiny")]
    confidences: list[float] = []
    right: list[bool] = []
    for page in pages:
        reading = reader.read(page.image)
        confidences += [digit.confidence for digit in reading.digits]
        right += digits_right(page.lines, reading.text)
    assert calibration_error(np.array(confidences), np.array(right)) < 0.03
    assert min(confidences) < 0.9 < np.median(confidences)
