"""A composed picture together with what is written on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""A rectangle as (x, y, width, height) in pixels; (x, y) is its top left pixel."""


@dataclass(frozen=True)
class Page:
    """A picture of handwritten digits whose text is known.

    Attributes:
        image: the picture, uint8, (height, width, 3), RGB.
        lines: the text, one string of digits a line, in reading order.
        boxes: for every line, the box around the ink of every digit in the finished picture.
        condition: the condition or the kind under which the picture was composed.
        lookalikes: boxes of printed letters, and of parts of signs, in which one would see a digit
            but for the rest of the word or the sign.
        signs: boxes of the signs that stand among the digits, without stops and dashes, in which
            nothing is to be seen but a dot or a stroke.
    """

    image: NDArray[np.uint8]
    lines: tuple[str, ...]
    boxes: tuple[tuple[Box, ...], ...]
    condition: str
    lookalikes: tuple[Box, ...] = ()
    signs: tuple[Box, ...] = ()

    @property
    def text(self) -> str:
        """The lines, joined by newlines."""
        return "\n".join(self.lines)
