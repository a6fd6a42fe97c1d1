"""Dark panels in lighter pictures, strokes that the edge cuts, and pens of another colour alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmarks._scoring import digits_wrong, edit_distance
from digitnet.datasets import Digits
from digitnet.pages import compose, compose_single
from digitnet.pages.spoiling import spoil
from digitnet.reading import Reader
from digitnet.reading.paper.cropped import with_margin
from digitnet.reading.paper.hues import by_colour
from digitnet.reading.paper.panels import with_panels_turned

Gray = NDArray[np.uint8]


def written(digits: Digits, first: int, count: int, side: int, *, apart: int = 0) -> Gray:
    """A row of digits as ink, 0 to 255."""
    return np.hstack(
        [
            np.pad(cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC), (0, apart))[
                :side
            ]
            for image in digits.images[first : first + count]
        ]
    )


def text_of(digits: Digits, first: int, count: int) -> str:
    return "".join(map(str, digits.labels[first : first + count]))


def wrong(reader: Reader, picture: Gray, text: str) -> int:
    return edit_distance(text, reader.read(picture).text.replace("\n", ""))


def test_a_canvas_on_a_web_page(reader: Reader, validation: Digits) -> None:
    """One white digit on black, as in the pages that people build after the tutorial."""
    errors = 0
    for i in range(20):
        page = np.full((600, 900), 255, np.uint8)
        page[90:430, 40:380] = cv2.resize(validation.images[i], (340, 340))
        cv2.rectangle(page, (500, 100), (700, 160), 90, -1)  # A button, on which nothing stands.
        errors += wrong(reader, page, str(validation.labels[i]))
    assert errors <= 1


def test_a_dark_banner_above_a_light_page(reader: Reader, validation: Digits) -> None:
    errors = 0
    for first in range(0, 40, 8):
        page = np.full((500, 900), 240, np.uint8)
        page[:200] = 40
        page[60:140, 100:420] = np.maximum(40, written(validation, first, 4, 80))
        page[300:380, 100:420] = 240 - (written(validation, first + 4, 4, 80) * 0.8).astype(
            np.uint8
        )
        errors += wrong(reader, page, text_of(validation, first, 8))
    assert errors <= 1  # of 40


@pytest.mark.parametrize("height", [300, 3200])
def test_windows_of_a_meter_are_one_line(reader: Reader, validation: Digits, height: int) -> None:
    page = np.full((height, 900), 215, np.uint8)
    for i in range(6):
        page[70:230, 40 + 140 * i : 160 + 140 * i] = 30
        digit = cv2.resize(validation.images[i], (100, 100), interpolation=cv2.INTER_CUBIC)
        place = page[100:200, 50 + 140 * i : 150 + 140 * i]
        np.maximum(place, digit, out=place)
    assert reader.read(page).text == text_of(validation, 0, 6)


def test_a_line_of_small_writing_on_a_board_that_is_nearly_all_of_the_picture(
    reader: Reader, validation: Digits
) -> None:
    page = np.full((1600, 1200), 225, np.uint8)
    page[:1400] = 60
    page[1290:1330, 300:460] = np.maximum(60, written(validation, 0, 4, 40))
    page[1450:1490, 300:460] = 225 - (written(validation, 4, 4, 40) * 0.8).astype(np.uint8)
    assert wrong(reader, page, text_of(validation, 0, 8)) == 0


@pytest.mark.parametrize("seed", [3930020, 3930023])
def test_windows_that_are_small_on_their_picture(
    reader: Reader, validation: Digits, seed: int
) -> None:
    page = compose(validation, "panels", seed)
    assert digits_wrong(page.lines, reader.read(page.image).text) <= 2


@pytest.mark.parametrize("seed", [4130027, 4130060])
def test_a_thick_pen_on_a_canvas(reader: Reader, validation: Digits, seed: int) -> None:
    page = compose(validation, "panels", seed)
    assert reader.read(page.image).text == page.text


def test_a_table_on_which_sheets_lie_is_no_panel(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "sheets", 3999905)
    assert digits_wrong(page.lines, reader.read(page.image).text) == 0


def test_a_small_window_by_itself_is_no_panel(validation: Digits) -> None:
    page = np.full((1800, 900), 215, np.uint8)
    page[70:130, 40:140] = 30
    page[75:125, 60:110] = cv2.resize(validation.images[0], (50, 50))
    assert with_panels_turned(page) is page


@pytest.mark.parametrize("dark", [0, 60])
def test_what_holds_no_light_writing_is_no_panel(dark: int) -> None:
    page = np.full((400, 600), 230, np.uint8)
    page[100:300, 100:400] = dark  # A thing that lies there.
    cv2.rectangle(page, (450, 100), (560, 300), dark, 6)  # A frame.
    cv2.ellipse(page, (300, 350), (30, 40), 0, 0, 360, dark, 12)
    assert with_panels_turned(page) is page


def test_loops_of_dark_digits_at_the_edge_of_a_shadow_are_no_light_writing(
    reader: Reader, validation: Digits
) -> None:
    page = compose(validation, "shadow", 3940022)
    assert digits_wrong(page.lines, reader.read(page.image).text) == 0


def test_a_shadow_with_dark_writing_is_no_panel() -> None:
    page = np.full((400, 600), 230, np.uint8)
    page[60:300, 80:480] = 90
    for x in range(110, 460, 40):
        cv2.line(page, (x, 100), (x - 12, 160), 30, 4)
        cv2.circle(page, (x, 288), 9, 220, -1)  # Loops at the edge of the shadow.
    assert with_panels_turned(page) is page


def test_a_dark_page_and_a_sheet_on_a_table_stay(validation: Digits) -> None:
    board = np.pad(written(validation, 0, 4, 80), 100)
    assert with_panels_turned(board) is board
    table = np.full((400, 600), 30, np.uint8)
    table[80:320, 100:500] = 230
    assert with_panels_turned(table) is table


def test_strokes_that_the_edge_cuts_are_read(reader: Reader, validation: Digits) -> None:
    errors = 0
    for first in range(0, 30, 3):
        row = written(validation, first, 3, 300)
        rows, columns = np.flatnonzero(row.max(axis=1) > 64), np.flatnonzero(row.max(axis=0) > 64)
        tight = row[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        errors += wrong(reader, 245 - (tight * 0.9).astype(np.uint8), text_of(validation, first, 3))
    assert errors <= 2  # of 30


def test_boxes_are_those_of_the_picture_without_its_margin(
    reader: Reader, validation: Digits
) -> None:
    tight = written(validation, 0, 3, 300)[50:250]
    reading = reader.read(255 - tight)
    assert len(reading.digits) == 3
    for number, digit in enumerate(reading.digits):
        x, y, width, height = digit.box
        assert 300 * number - 10 <= x < x + width <= 300 * (number + 1) + 10
        assert (y, height) == (0, 200)


def test_a_margin_is_put_around_cut_strokes_alone() -> None:
    page = np.full((300, 600), 240, np.uint8)
    assert with_margin(page) is None
    cv2.line(page, (100, 50), (100, 250), 20, 30)
    assert with_margin(page) is None
    cv2.line(page, (300, 0), (300, 250), 20, 30)
    wider = with_margin(page)
    assert wider is not None
    around, margin = wider
    assert around.shape == (300 + 2 * margin, 600 + 2 * margin)
    assert np.array_equal(around[margin:-margin, margin:-margin], page)


def coloured(digits: Digits, first: int, pen: tuple[int, ...], paper: tuple[int, ...]) -> Gray:
    """Six digits in one colour on another, in light that fades by a third."""
    ink = np.pad(written(digits, first, 6, 100), 100)[..., None] / 255
    light = np.linspace(1, 0.7, ink.shape[1])[None, :, None]
    picture = (np.array(paper) * (1 - ink) + np.array(pen) * ink) * light
    grain = np.random.default_rng(first).normal(0, 2, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def test_a_pen_as_bright_as_its_paper_is_seen_by_its_colour(
    reader: Reader, validation: Digits
) -> None:
    errors = 0
    for first in range(0, 30, 6):
        picture = coloured(validation, first, (208, 60, 60), (80, 124, 80))
        errors += wrong(reader, picture, text_of(validation, first, 6))
    assert errors <= 1  # of 30


def test_a_shadow_is_gone_from_a_picture_of_colours(validation: Digits) -> None:
    bright = coloured(validation, 0, (30, 40, 140), (245, 245, 240))
    shaded = bright.copy()
    shaded[:, 300:] = (shaded[:, 300:] * 0.5).astype(np.uint8)
    colours = by_colour(Image.fromarray(shaded))
    assert colours is not None
    paper = np.median(colours[:60, 100:250]), np.median(colours[:60, 350:500])
    assert abs(paper[0] - paper[1]) < 0.1 * float(np.ptp(colours))


def test_where_there_is_no_colour_there_is_no_picture_of_it(validation: Digits) -> None:
    picture = Image.fromarray(coloured(validation, 0, (30, 40, 140), (245, 245, 240)))
    assert by_colour(picture.convert("L").convert("RGB")) is None


def test_thin_light_writing_on_a_small_panel(reader: Reader, validation: Digits) -> None:
    """Of 19 digits none was read: seen from afar, their strokes are pale."""
    page = compose(validation, "panels", 3999939)
    assert digits_wrong(page.lines, reader.read(page.image).text) <= 1


def test_thin_light_writing_on_most_of_a_picture(reader: Reader, validation: Digits) -> None:
    page = spoil(compose(validation, "panels", 3730908), "taped", 3730908)
    assert digits_wrong(page.lines, reader.read(page.image).text) == 0


@pytest.mark.parametrize("seed", [3770820, 3770910, 3770996])
def test_the_soft_rim_of_a_stroke_is_no_writing_on_the_dark_beside_it(
    reader: Reader, validation: Digits, seed: int
) -> None:
    page = compose_single(validation, "coarse-bilinear", seed)
    assert reader.read(page.image).text == page.lines[0]
