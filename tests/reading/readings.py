"""What the tests ask of readings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks._scoring import digits_wrong
from digitnet.errors import ImageError
from digitnet.pages import Page
from digitnet.reading import Reader, Reading


def text_of(reading: Reading | ImageError) -> str:
    """The text of a picture among many, which must have been read."""
    assert isinstance(reading, Reading)
    return reading.text


def wrong(reader: Reader, page: Page, picture: NDArray[np.uint8]) -> int:
    """How many digits of a page are read wrong on a picture of it."""
    return digits_wrong(page.lines, reader.read(picture).text)
