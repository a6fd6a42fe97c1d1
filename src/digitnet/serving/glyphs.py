"""Glyphs on their way to a client and back: what the network saw of each digit, as PNG files."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.errors import ServiceError
from digitnet.glyph import SIDE
from digitnet.reading import Reading
from digitnet.reading.decode import decode

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIZE = SIDE.to_bytes(4, "big") * 2  # as a PNG's header has it, from its 17th byte on


def with_glyphs(reading: Reading) -> dict[str, Any]:
    """Return the reading as `Reading.to_dict` does, with ``glyph`` for every digit.

    Returns:
        ``glyph`` is a PNG of 28×28 grey pixels in base64: what the network saw, 0 for paper to 255
        for full ink.
    """
    answer: Any = reading.to_dict()
    for line, entries in zip(reading.lines, answer["lines"], strict=True):
        for digit, entry in zip(line.digits, entries["digits"], strict=True):
            _, png = cv2.imencode(".png", np.asarray(digit.glyph))
            entry["glyph"] = base64.b64encode(png.tobytes()).decode("ascii")
    return answer  # type: ignore[no-any-return]


def glyph_of(body: bytes) -> NDArray[np.uint8]:
    """Return the glyph that a PNG holds: uint8 (28, 28), 0 for paper to 255 for full ink.

    Raises:
        ImageError: the file is damaged.
        ServiceError: it is no PNG of 28×28 pixels.
    """
    # By the header alone: nothing that claims to be larger is ever decoded.
    if not body.startswith(_SIGNATURE) or body[16:24] != _SIZE:
        raise ServiceError(422, "A glyph is a PNG of 28×28 grey pixels, as /v1/read gives it.")
    (page,) = decode(body)
    return np.ascontiguousarray(page.gray)
