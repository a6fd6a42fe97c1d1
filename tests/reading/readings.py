"""What the tests ask of readings."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks._scoring import digits_wrong
from digitnet.errors import ImageError
from digitnet.pages import Page
from digitnet.reading import Reader, Reading
from digitnet.reading.jobs import Job
from digitnet.reading.rows.opinions import Opinions

_Result = TypeVar("_Result")


def text_of(reading: Reading | ImageError) -> str:
    """The text of a picture among many, which must have been read."""
    assert isinstance(reading, Reading)
    return reading.text


def wrong(reader: Reader, page: Page, picture: NDArray[np.uint8]) -> int:
    """How many digits of a page are read wrong on a picture of it."""
    return digits_wrong(page.lines, reader.read(picture).text)


def result_of(job: Job[_Result], *, networks: bool) -> _Result:
    """What a job returns, with the networks of single digits that ship, or with none."""
    opinions = Opinions(1) if networks else None
    answer = None
    while True:
        try:
            asked = job.send(answer)
        except StopIteration as end:
            result: _Result = end.value
            return result
        answer = None
        if opinions is not None and asked.of == "glyphs":
            answer = opinions.classify_all(asked.images)
