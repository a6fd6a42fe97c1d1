"""Photos in which other things lie about, and digits that are large beside what is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import get_data_path
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks._scoring import edit_distance
from digitnet.datasets import Digits
from digitnet.pages.signs.arithmetic import plus
from digitnet.pages.signs.hand import Strokes
from digitnet.pages.signs.marks import arrow, face, tick
from digitnet.reading import Reader
from digitnet.reading.paper.sheet import is_wide, page_without_things
from digitnet.reading.rules.rings import without_rings
from tests.reading.marks import ink_of

Gray = NDArray[np.uint8]

HEIGHT, WIDTH = 900, 1200
LEFT, TOP = 250, 360  # of the writing
SMALL, LARGE = 110, 260  # digits


def photo(digits: Digits, first: int, size: int = SMALL) -> tuple[str, Gray]:
    """Three digits on paper in fading light, large ones as with a thinner pen."""
    picture = np.linspace(215, 150, WIDTH)[None].repeat(HEIGHT, axis=0)
    for number in range(3):
        ink = cv2.resize(digits.images[first + number], (size, size), interpolation=cv2.INTER_CUBIC)
        if size == LARGE:
            ink = cv2.erode(ink, np.ones((9, 9), np.uint8))
        left = LEFT + number * round(1.1 * size)
        picture[TOP : TOP + size, left : left + size] *= 1 - 0.75 / 255 * ink
    grain = np.random.default_rng(first).normal(0, 2, picture.shape)
    written = "".join(map(str, digits.labels[first : first + 3]))
    return written, np.clip(picture + grain, 0, 255).astype(np.uint8)


def lay(picture: Gray, mask: Gray, grey: int) -> None:
    """Lay a thing on a page: it casts a shadow, and has a grain of its own."""
    shadow = cv2.GaussianBlur(np.roll(mask, (8, 8), (0, 1)), (0, 0), 6) / 255
    grain = np.random.default_rng(0).normal(grey, 4, picture.shape)
    shaded = picture * (1 - 0.4 * shadow)
    picture[:] = np.clip(np.where(mask > 0, grain, shaded), 0, 255).astype(np.uint8)


def pen(picture: Gray) -> None:
    mask = np.zeros_like(picture)
    cv2.line(mask, (700, 980), (1100, 420), 255, 50)
    lay(picture, mask, 30)


def telephone(picture: Gray) -> None:
    mask = np.zeros_like(picture)
    corners = cv2.boxPoints(((1130.0, 150.0), (260.0, 480.0), 20.0)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255)
    lay(picture, mask, 22)


def finger(picture: Gray) -> None:
    mask = np.zeros_like(picture)
    cv2.line(mask, (150, 980), (170, 780), 255, 110)
    lay(picture, mask, 120)


def binding(picture: Gray) -> None:
    for x in range(30, WIDTH, 60):
        cv2.circle(picture, (x, 40), 12, 50, -1, cv2.LINE_AA)
        cv2.line(picture, (x, 40), (x, 0), 120, 6, cv2.LINE_AA)


def hard_shadow(picture: Gray) -> None:
    corners = np.array([[0, 0], [500, 0], [620, HEIGHT], [0, HEIGHT]], np.int32)
    light = cv2.fillPoly(np.ones_like(picture, np.float32), [corners], 0.5)
    picture[:] = (picture * cv2.GaussianBlur(light, (0, 0), 5)).astype(np.uint8)


def ruled(picture: Gray) -> None:
    """Lines a third of a digit apart, and a margin that they all cross."""
    printed = np.full_like(picture, 255)
    for y in range(60, HEIGHT, 80):
        cv2.line(printed, (0, y), (WIDTH, y), 130, 2)
    cv2.line(printed, (90, 0), (90, HEIGHT), 130, 2)
    np.minimum(picture, printed, out=picture)


def words(picture: Gray) -> None:
    """Print a third as high as the digits."""
    for number, word in enumerate(("Please write clearly", "Account", "Department", "Homework")):
        place = (120, 150 + 90 * number + 400 * (number > 1))
        cv2.putText(picture, word, place, cv2.FONT_HERSHEY_TRIPLEX, 1.5, 40, 4, cv2.LINE_AA)


def ring(picture: Gray) -> None:
    cv2.ellipse(picture, (560, 415), (480, 120), 2, 0, 360, 60, 7, cv2.LINE_AA)


@pytest.mark.parametrize(
    ("thing", "size"),
    [
        (pen, SMALL),
        (telephone, SMALL),
        (finger, SMALL),
        (binding, SMALL),
        (ring, SMALL),
        (hard_shadow, LARGE),
        (ruled, LARGE),
        (words, LARGE),
    ],
)
def test_what_lies_about_is_not_read(
    reader: Reader, validation: Digits, thing: Callable[[Gray], None], size: int
) -> None:
    wrong = 0
    for first in range(0, 30, 3):
        written, picture = photo(validation, first, size)
        thing(picture)
        wrong += edit_distance(written, "".join(reader.read(picture).text.split()))
    assert wrong <= 3  # of 30


def test_a_single_digit_in_a_frame(reader: Reader, validation: Digits) -> None:
    wrong = 0
    for image, label in zip(validation.images[:20], validation.labels[:20], strict=True):
        ink = np.pad(cv2.resize(image, (280, 280), interpolation=cv2.INTER_CUBIC), 300)
        cv2.rectangle(ink, (290, 290), (590, 590), 255, 8)
        wrong += reader.read(255 - ink).text != str(label)
    assert wrong <= 1


def ringed(touching: int = 0) -> tuple[Gray, Gray]:
    """A ring around strokes, one of which may reach so far out; and the ring alone."""
    ring_alone = np.zeros((200, 400), np.uint8)
    cv2.ellipse(ring_alone, (200, 100), (150, 70), 0, 0, 360, 255, 5)
    mask = ring_alone.copy()
    for x in (140, 200, 260):
        cv2.line(mask, (x, 70), (x, 130), 255, 7)
    cv2.line(mask, (200, 70), (200, 70 - touching), 255, 7)
    return mask, ring_alone


def test_a_ring_goes_as_a_whole() -> None:
    mask, ring_alone = ringed()
    assert np.array_equal(without_rings(mask), mask & ~ring_alone)


def test_a_ring_that_writing_touches_stays() -> None:
    mask, _ = ringed(touching=50)
    assert np.array_equal(without_rings(mask), mask)


def test_an_open_line_and_a_zero_are_no_rings() -> None:
    mask = np.zeros((200, 400), np.uint8)
    cv2.polylines(mask, [np.array([[20, 20], [380, 30], [370, 190]], np.int32)], False, 255, 5)
    cv2.ellipse(mask, (200, 100), (40, 60), 0, 0, 360, 255, 8)
    assert np.array_equal(without_rings(mask), mask)


def phone_inside(picture: Gray) -> None:
    mask = np.zeros_like(picture)
    cv2.rectangle(mask, (900, 200), (1050, 500), 255, -1)
    lay(picture, mask, 22)


@pytest.mark.parametrize("thing", [pen, phone_inside])
def test_dark_things_are_no_part_of_the_page(
    validation: Digits, thing: Callable[[Gray], None]
) -> None:
    _, picture = photo(validation, 0)
    before = picture.copy()
    thing(picture)
    low = np.asarray(cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)
    page = page_without_things(picture, low)
    assert page is not None
    large = cv2.resize(page, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    assert not large[(picture < 40) & (before > 100)].any()
    assert np.count_nonzero(large == 0) < 2 * np.count_nonzero((picture < 60) & (before > 100))


def test_digits_and_a_thick_one_are_no_things(validation: Digits) -> None:
    _, picture = photo(validation, 0)
    cv2.line(picture, (950, 200), (900, 600), 20, 70)
    low = np.asarray(cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)
    assert page_without_things(picture, low) is None


def test_small_sheets_side_by_side_are_no_strokes() -> None:
    marks = np.zeros((150, 320), np.uint8)
    marks[10:60, 20:120] = marks[80:130, 190:290] = 255
    assert is_wide(marks)
    marks[:, 160:] = 0  # One may be a thick minus.
    assert not is_wide(marks)
    strokes = np.zeros((150, 320), np.uint8)  # 1 and 7, by a thick pen
    cv2.line(strokes, (80, 20), (70, 130), 255, 40)
    cv2.polylines(strokes, [np.array([(180, 25), (280, 25), (220, 125)])], False, 255, 40)
    assert not is_wide(strokes)


def sheet_of(digits: Digits, first: int) -> tuple[list[str], Gray]:
    """A sheet with two lines of four digits."""
    sheet = np.full((300, 420), 235, np.uint8)
    for number in range(2):
        images = digits.images[first + 4 * number :][:4]
        ink = cv2.resize(np.hstack(list(images)), (320, 80), interpolation=cv2.INTER_CUBIC)
        sheet[50 + 110 * number : 130 + 110 * number, 50:370] -= (ink * 0.8).astype(np.uint8)
    labels = "".join(map(str, digits.labels[first : first + 8]))
    return [labels[:4], labels[4:]], sheet


@pytest.mark.parametrize(
    "places", [[(90, 80), (130, 650)], [(40, 80), (370, 60), (60, 640), (400, 660)]]
)
def test_every_sheet_on_a_table_is_read_in_lines_of_its_own(
    reader: Reader, validation: Digits, places: list[tuple[int, int]]
) -> None:
    wrong = 0
    for start in range(3):
        rng = np.random.default_rng(start)
        table = rng.normal(50, 5, (740, 1200))
        lines = []
        for number, (top, left) in enumerate(places):
            written, sheet = sheet_of(validation, 40 * start + 8 * number)
            table[top : top + 300, left : left + 420] = sheet
            lines += written
        read = reader.read(np.clip(table, 0, 255).astype(np.uint8)).text.splitlines()
        assert len(read) == len(lines)
        wrong += sum(min(edit_distance(line, one) for one in read) for line in lines)
    assert wrong <= 2  # of 48, or of 96


def test_a_pencil_on_one_sheet_is_read_beside_a_pen_on_another(
    reader: Reader, validation: Digits
) -> None:
    table = np.full((740, 1200), 50, np.uint8)
    lines = []
    for number, (top, left) in enumerate([(40, 80), (370, 650)]):
        written, sheet = sheet_of(validation, 8 * number)
        if number:
            sheet = (235 - (235 - sheet.astype(np.float32)) * 0.25).astype(np.uint8)
        table[top : top + 300, left : left + 420] = sheet
        lines += written
    read = reader.read(table).text.splitlines()
    assert len(read) == len(lines)
    assert sum(edit_distance(*two) for two in zip(lines, read, strict=True)) <= 1


def test_a_pen_across_a_sheet_does_not_hide_half_of_it(reader: Reader, validation: Digits) -> None:
    table = np.full((740, 1200), 40, np.uint8)
    table[40:700, 60:1140] = 225
    written = []
    for number, top in enumerate((140, 500)):
        images = validation.images[5 * number : 5 * number + 5]
        ink = cv2.resize(np.hstack(list(images)), (500, 100), interpolation=cv2.INTER_CUBIC)
        table[top : top + 100, 300:800] -= (ink * 0.8).astype(np.uint8)
        written.append("".join(map(str, validation.labels[5 * number : 5 * number + 5])))
    cv2.line(table, (-20, 400), (1100, 330), 20, 22)
    assert sorted(reader.read(table).text.splitlines()) == sorted(written)


PROSE = (
    "The lessons of the session: goods are signed for,",
    "good discounts are possible on all designs;",
    "please discuss losses with one of the agents.",
    "Signals go on; songs and dogs go home soon.",
)


@pytest.mark.parametrize("font", ["DejaVuSans", "DejaVuSerif", "DejaVuSansMono"])
def test_printed_prose_is_not_read_as_digits(reader: Reader, font: str) -> None:
    """In "goods" and "signed", the letters that are cut say that 9005 and 519 are none."""
    page = Image.new("L", (1400, 900), 245)
    fonts = Path(get_data_path()) / "fonts" / "ttf"
    drawing, face = ImageDraw.Draw(page), ImageFont.truetype(str(fonts / f"{font}.ttf"), 40)
    for number, line in enumerate(PROSE * 3):
        drawing.text((80, 60 + 65 * number), line, fill=30, font=face)
    assert len(reader.read(page).digits) <= 2


def test_the_bars_of_a_code_are_no_ones(reader: Reader, validation: Digits) -> None:
    written, picture = photo(validation, 0)
    widths = np.random.default_rng(0).integers(1, 4, 60) * 4
    edges = 500 + np.cumsum(widths)
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        picture[600:740, left:right] = 30
    assert reader.read(picture).text == written


@pytest.mark.parametrize(("mark", "most"), [(tick, 2), (arrow, 2), (face, 4), (plus, 1)])
def test_a_mark_beside_digits_is_left_out(
    reader: Reader, validation: Digits, mark: Callable[[np.random.Generator], Strokes], most: int
) -> None:
    random = np.random.default_rng(0)
    wrong = []
    for _ in range(60):
        page = np.full((160, 420), 255, np.uint8)
        for x in (40, 110, 180):
            digit = validation.images[int(random.integers(len(validation)))]
            page[50:106, x : x + 56] -= cv2.resize(digit, (56, 56), interpolation=cv2.INTER_CUBIC)
        ink = ink_of(mark(random), 44, 4)
        height, width = ink.shape
        top = 78 - height // 2
        page[top : top + height, 290 : 290 + width] -= ink
        text = reader.read(page).text
        wrong += [text] if len(text) != 3 else []
    assert len(wrong) <= most, wrong
