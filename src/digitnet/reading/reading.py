"""What was read: a plain tree of frozen results that prints, exports and draws itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Box: TypeAlias = tuple[int, int, int, int]
"""x, y, width, height in pixels of the upright picture."""

UNSURE = "?"


@dataclass(frozen=True)
class Digit:
    """One digit.

    Attributes:
        digit: 0 to 9.
        confidence: the probability that it is this digit, 0 to 1.
        box: where it stands.
        glyph: uint8 (28, 28), the digit as the network saw it, where a picture was read.
    """

    digit: int
    confidence: float
    box: Box
    glyph: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Line:
    """The digits of one line of writing, from left to right.

    Attributes:
        digits: at least one.
        box: where the line stands.
        min_confidence: digits less sure than this are ``?`` in the text.
        page: the page of a TIFF file, from 0.
    """

    digits: tuple[Digit, ...]
    box: Box
    min_confidence: float = 0.0
    page: int = 0

    @property
    def text(self) -> str:
        """The digits without spaces, ``?`` for what is unsure."""
        return "".join(
            str(d.digit) if d.confidence >= self.min_confidence else UNSURE for d in self.digits
        )


@dataclass(frozen=True)
class Reading:
    """All that was read on a picture.

    Attributes:
        lines: in reading order.
        pages: how many pages the picture has; more than one only in a TIFF file.
    """

    lines: tuple[Line, ...]
    pages: int = 1
    _rgb: tuple[Callable[[], Image.Image], ...] = field(default=(), repr=False, compare=False)

    @property
    def text(self) -> str:
        """The lines' texts, one a line; empty where there is no digit."""
        return "\n".join(line.text for line in self.lines)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All digits in reading order."""
        return tuple(digit for line in self.lines for digit in line.digits)

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, object]:
        """The reading as JSON would hold it; a line names its page where there are several."""
        lines = []
        for line in self.lines:
            entry: dict[str, object] = {"text": line.text, "box": list(line.box)}
            if self.pages > 1:
                entry["page"] = line.page
            entry["digits"] = [
                {"digit": d.digit, "confidence": round(d.confidence, 4), "box": list(d.box)}
                for d in line.digits
            ]
            lines.append(entry)
        return {"text": self.text, "lines": lines}

    def annotate(self) -> Image.Image:
        """Draw the reading onto the picture: boxes, digits, doubt in colour.

        The picture is decoded once more, in colour; its file or array must be as it was.

        Returns:
            A new RGB image. Pages stand one below the other.

        Raises:
            ImageError: the picture cannot be read any more.
            ValueError: the reading was made without a picture.
        """
        from digitnet.reading.annotate import draw

        if not self._rgb:
            raise ValueError("this reading was made without its picture")
        return draw(self, [rgb() for rgb in self._rgb])
