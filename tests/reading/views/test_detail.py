"""From how far away a page is read."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.decode import Page, decode
from digitnet.reading.views.detail import read_in_detail
from digitnet.reading.views.read import Read
from tests.reading.readings import result_of, wrong


def in_detail(picture: np.ndarray) -> tuple[Page, Read]:
    """What is read on a picture in grey, with the networks that ship, but for the one of strips."""
    return result_of(read_in_detail(decode(picture)[0]), networks=True)


@pytest.mark.parametrize(("condition", "scale"), [("clean", 2), ("tiny", 1)])
def test_large_writing_is_read_from_further_away(
    reader: Reader, validation: Digits, condition: str, scale: int
) -> None:
    page = compose(validation, condition, 3810003, megapixels=3.0)
    seen, read = in_detail(page.image)
    assert seen.scale == scale
    assert seen.gray.shape == tuple(-(-side // scale) for side in page.image.shape[:2])
    assert read.digits >= 0.95 * sum(map(len, page.lines))
    assert wrong(reader, page, page.image) <= 3


def test_boxes_are_in_pixels_of_the_picture(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "clean", 3810003, megapixels=3.0)
    small, large = (reader.read(picture) for picture in (page.image[::2, ::2], page.image))
    assert small.text == large.text
    for ours, theirs in zip(large.digits, small.digits, strict=True):
        assert np.allclose(ours.box, 2 * np.array(theirs.box), atol=8)


@pytest.mark.parametrize("pixels", ["black and white", "few"])
def test_what_gains_nothing_from_afar_is_read_as_it_is(validation: Digits, pixels: str) -> None:
    if pixels == "few":
        picture = compose(validation, "clean", 3810003, megapixels=1.5).image
    else:
        picture = compose(validation, "clean", 3810003, megapixels=3.0).image
        picture = np.where(picture.mean(axis=2) > 128, 255, 0).astype(np.uint8)
    assert in_detail(picture)[0].scale == 1


def test_a_page_of_dots_keeps_its_shades(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "climbing", 3811000, megapixels=3.0)
    dots = np.array(np.random.default_rng(0).random(page.image.shape[:2]) * 255)
    picture = np.where(page.image.mean(axis=2) > dots, 255, 0).astype(np.uint8)
    assert wrong(reader, page, picture) == 0


def test_what_grain_hides_from_near_by_is_read_from_afar(
    reader: Reader, validation: Digits
) -> None:
    page = compose(validation, "columns", 3930002, megapixels=3.0)
    grain = np.random.default_rng(0).normal(0, 30, page.image.shape[:2])[..., None]
    picture = np.clip(0.6 * page.image + 50 + grain, 0, 255).astype(np.uint8)
    assert in_detail(picture)[0].scale == 2
    assert wrong(reader, page, picture) == 0


def test_small_squares_are_read_in_detail(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "grid", 3930001)
    assert in_detail(page.image)[0].scale == 1
    assert wrong(reader, page, page.image) <= 2  # of 18
