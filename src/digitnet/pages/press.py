"""A press: typefaces, and what is printed on a sheet where there is room.

The faces are those that come with Pillow and OpenCV: a machine without any fonts has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitnet.pages.arrays import Bytes
from digitnet.pages.page import Box

Random = np.random.Generator

HERSHEY = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
"""Numbers of OpenCV's fonts that look like print."""

_LOOKALIKES = frozenset("OQDGSZBIYbgiloqsyz")  # in some font or hand
_HERSHEY_CAPITALS = 21  # pixels high at a scale of 1
_CAPITALS = 0.72  # of the size of Pillow's own font
_TRIES = 20


@dataclass(frozen=True)
class Face:
    """A typeface in a size: Pillow's own font, or one of Hershey's.

    Attributes:
        capitals: how high they are, in pixels.
        hershey: OpenCV's number of the font, or None for Pillow's.
        bold: how much, 0 or 1.
    """

    capitals: float
    hershey: int | None
    bold: int

    def width(self, text: str) -> float:
        """How wide a text is, in pixels."""
        if self.hershey is None:
            return float(self._font().getlength(text))
        return float(cv2.getTextSize(text, self.hershey, self._scale(), self._thick())[0][0])

    def draw(self, layer: Bytes, text: str, left: int, baseline: int) -> None:
        """Draw a text, 255 on uint8 (height, width)."""
        if self.hershey is None:
            image = Image.fromarray(layer)
            ImageDraw.Draw(image).text((left, baseline), text, 255, self._font(), anchor="ls",
                                       stroke_width=self.bold)  # fmt: skip
            layer[:] = np.asarray(image)
        else:
            place = (left, baseline)
            cv2.putText(layer, text, place, self.hershey, self._scale(), 255, self._thick(),
                        cv2.LINE_AA)  # fmt: skip

    def _font(self) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        return ImageFont.load_default(self.capitals / _CAPITALS)

    def _scale(self) -> float:
        return self.capitals / _HERSHEY_CAPITALS

    def _thick(self) -> int:
        return max(1, round(self._scale() * (1.2 + self.bold)))


class Press:
    """Prints on a layer of the sheet, where there is room.

    Args:
        taken: uint8 (height, width), 1 where nothing may be printed; what is printed is added.

    Attributes:
        layer: uint8 (height, width), what is printed.
        letters: the boxes of letters that look like digits.
    """

    def __init__(self, taken: Bytes) -> None:
        self.layer = np.zeros_like(taken)
        self.letters: list[Box] = []
        self._taken = taken

    def word(self, text: str, face: Face, left: float, baseline: float) -> bool:
        """Print a text if nothing stands there; say whether it did."""
        high, width = round(1.7 * face.capitals), int(np.ceil(face.width(text))) + 4
        rise = round(1.2 * face.capitals)
        x, y = round(left) - 2, round(baseline) - rise
        if not self.claim(x, y, width, high):
            return False
        patch = np.zeros((high, width), np.uint8)
        face.draw(patch, text, 2, rise)
        self.layer[y : y + high, x : x + width] = patch
        for box_x, box_y, wide, tall in _lookalikes(text, face, patch):
            self.letters.append((x + box_x, y + box_y, wide, tall))
        return True

    def claim(self, left: int, top: int, width: int, height: int) -> bool:
        """Take a rectangle if it is on the sheet and free; say whether it is."""
        here = self._taken[max(top, 0) : top + height, max(left, 0) : left + width]
        if left < 0 or top < 0 or here.shape != (height, width) or here.any():
            return False
        here[:] = 1
        return True

    def place(self, width: int, height: int, rng: Random) -> tuple[int, int] | None:
        """Take a free place of that size anywhere: its left and top, or None if none was found."""
        rows, columns = self.layer.shape
        for _ in range(_TRIES):
            x = int(rng.integers(max(columns - width, 1)))
            y = int(rng.integers(max(rows - height, 1)))
            if self.claim(x, y, width, height):
                return x, y
        return None


def _lookalikes(text: str, face: Face, patch: Bytes) -> Iterator[Box]:
    """Yield the boxes of letters that look like digits in a text that begins at column 2."""
    ends = [2 + face.width(text[:number]) for number in range(len(text) + 1)]
    for letter, (start, end) in zip(text, pairwise(ends), strict=True):
        if letter in _LOOKALIKES:
            first = round(start)
            x, y, width, height = cv2.boundingRect(patch[:, first : round(end)])
            yield first + x, y, width, height
