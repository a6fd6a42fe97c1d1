"""The ink of a page, as it is handed on to be cut into pieces."""

from __future__ import annotations

from dataclasses import dataclass

from digitnet.reading.arrays import Gray, Mask


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a page.

    Attributes:
        strength: uint8 (h, w), 0 paper … 255 ink, soft at the edges of strokes.
        mask: uint8 (h, w), 255 where there is ink.
        scale: pixels of the grey page for one pixel of ``strength``.
        light: True for light ink on a dark page.
    """

    strength: Gray
    mask: Mask
    scale: float
    light: bool
