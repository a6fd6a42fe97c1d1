"""What the tests ask of readings."""

from __future__ import annotations

from digitnet.errors import ImageError
from digitnet.reading import Reading


def text_of(reading: Reading | ImageError) -> str:
    """The text of a picture among many, which must have been read."""
    assert isinstance(reading, Reading)
    return reading.text
