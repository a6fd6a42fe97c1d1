"""Pages as messengers, cameras and scanners leave them, and with what else lies or stands on them.

Each was mostly lost once; what is allowed is little more than what is wrong without the spoiling.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks._scoring import digits_wrong
from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.pages.spoiling import spoil
from digitnet.reading import Reader
from tests.reading.readings import wrong


@pytest.mark.parametrize(
    ("condition", "seed", "quality", "allowed"),
    [
        ("table", 3000003, 18, 0),
        ("table", 3000005, 18, 2),
        ("table", 3000007, 18, 2),
        ("grid", 3000006, 14, 5),
    ],
)
def test_sent_on_again_and_again(
    reader: Reader, validation: Digits, condition: str, seed: int, quality: int, allowed: int
) -> None:
    page = compose(validation, condition, seed)
    picture = page.image
    for each in (60, 35, quality):
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, each])
        picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    assert wrong(reader, page, picture) <= allowed


def test_sharpened(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "table", 3000007)
    soft = cv2.GaussianBlur(page.image, (0, 0), 2.5)
    sharp = np.asarray(cv2.addWeighted(page.image, 2.5, soft, -1.5, 0), np.uint8)
    assert wrong(reader, page, sharp) <= 2


def test_a_scanner_s_lid_around_squared_paper(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "grid", 3000100)
    framed = cv2.copyMakeBorder(page.image, 9, 106, 135, 142, cv2.BORDER_CONSTANT, value=(40,) * 3)
    assert wrong(reader, page, np.asarray(framed, np.uint8)) <= 1


@pytest.mark.parametrize(("seed", "allowed"), [(3000102, 1), (3000103, 1)])
def test_dust_beside_a_pencil(reader: Reader, validation: Digits, seed: int, allowed: int) -> None:
    page = compose(validation, "pencil", seed)
    rng = np.random.default_rng(seed)
    dusty = page.image.copy()
    for x, y in rng.uniform((0, 0), dusty.shape[1::-1], (70, 2)).astype(int).tolist():
        cv2.circle(dusty, (x, y), int(rng.integers(1, 3)), (int(rng.integers(20, 140)),) * 3, -1)
    assert wrong(reader, page, dusty) <= allowed


def test_a_lamp_on_one_side_of_a_table(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "table", 3000201)
    height, width = page.image.shape[:2]
    y, x = np.mgrid[:height, :width]
    away = np.hypot(x / width - 0.62, y / height + 0.19)
    light = 1.15 * np.exp(-1.6 * away)[:, :, None] * (1, 0.9, 0.72)
    assert wrong(reader, page, np.clip(page.image * light, 0, 255).astype(np.uint8)) == 0


def test_lines_under_short_numbers(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "tilt", 3000204)
    picture = page.image.copy()
    for boxes in page.boxes:
        left, right = boxes[0][0], boxes[-1][0] + boxes[-1][2]
        y = max(top + height for _, top, _, height in boxes) + 5
        cv2.line(picture, (left - 6, y), (right + 6, y), (150, 45, 50), 3)
    assert wrong(reader, page, picture) <= 1


@pytest.mark.parametrize(
    ("condition", "seed", "scale"),
    [("light", 3000100, 1), ("pencil", 3000102, 1), ("table", 3000102, 1), ("grid", 3000100, 2)],
)
def test_dithered(
    reader: Reader, validation: Digits, condition: str, seed: int, scale: int
) -> None:
    page = compose(validation, condition, seed)
    large = Image.fromarray(page.image).resize(
        (scale * page.image.shape[1], scale * page.image.shape[0])
    )
    assert digits_wrong(page.lines, reader.read(large.convert("1")).text) == 0


def test_a_pale_marker(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "marker", 3000610)
    pale = np.clip(0.33 * page.image + 140, 0, 255).astype(np.uint8)
    assert wrong(reader, page, pale) == 0


def test_the_ring_that_a_cup_left(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "marker", 3000518)
    picture = page.image.copy()
    cv2.circle(picture, (750, 360), 300, (150, 120, 100), 22)
    assert wrong(reader, page, picture) <= 1  # the ring is read as a 0


def test_the_ring_that_a_cup_left_away_from_small_digits(
    reader: Reader, validation: Digits
) -> None:
    page = spoil(compose(validation, "marker", 3100075), "stained", 3100075)
    assert wrong(reader, page, page.image) <= 2


@pytest.mark.parametrize(
    ("spoiling", "condition", "seed"),
    [("stamped", "light", 3100000), ("stamped", "table", 3100006), ("security", "pencil", 3100002)],
)
def test_print_of_another_colour_over_the_writing(
    reader: Reader, validation: Digits, spoiling: str, condition: str, seed: int
) -> None:
    page = spoil(compose(validation, condition, seed), spoiling, seed)
    assert wrong(reader, page, page.image) == 0


def test_grain_on_ruled_paper_whose_writing_hangs_on_a_rule(
    reader: Reader, validation: Digits
) -> None:
    page = spoil(compose(validation, "ruled", 3100100), "equalised", 3100100)
    assert wrong(reader, page, page.image) == 0


@pytest.mark.parametrize(
    ("condition", "spoiling", "seed"),
    [
        ("dark", "lidded", 3730468),  # a board in a frame of one single grey
        ("sheets", "flash", 3730867),  # two sheets in the light, and one beside it
        ("table", "scanned", 3700102),  # grain that looks like many a 1, above all on its side
    ],
)
def test_what_is_around_the_page(
    reader: Reader, validation: Digits, condition: str, spoiling: str, seed: int
) -> None:
    page = spoil(compose(validation, condition, seed), spoiling, seed)
    assert wrong(reader, page, page.image) == 0
