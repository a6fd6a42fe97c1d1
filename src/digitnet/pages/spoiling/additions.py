"""What else is printed, stuck or drawn where the digits stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from digitnet.pages.arrays import Bytes, Floats, as_floats
from digitnet.pages.page import Box, Page
from digitnet.pages.spoiling.pictures import clipped, lit
from digitnet.pages.spoiling.writing import around, ink_of, size_of_writing

_Rng = np.random.Generator
_HIGHLIGHTERS = ((1, 0.98, 0.35), (0.55, 1, 0.5), (1, 0.6, 0.75))  # what is left of the light
_STAMPS = ((0.85, 0.15, 0.2), (0.2, 0.25, 0.8))


def _mask(page: Page) -> Bytes:
    return np.zeros(page.image.shape[:2], np.uint8)


def _printed(page: Page, mask: Bytes, left_over: tuple[float, ...], strength: float) -> Bytes:
    """A transparent ink over what is there; `left_over` of red, green and blue where it is full."""
    taken = as_floats(mask)[:, :, None] / 255 * np.float32(strength)
    return lit(page.image, as_floats(1 - taken * (1 - as_floats(left_over))))


def _drawn(page: Page, mask: Bytes) -> Bytes:
    """The pen of the writing over what is there."""
    alpha = as_floats(cv2.GaussianBlur(mask, (3, 3), 0))[:, :, None] / 255
    return clipped(page.image * (1 - alpha) + alpha * np.array(ink_of(page)))


def _some(page: Page, rng: _Rng) -> list[tuple[Box, ...]]:
    """The boxes of half of the lines, of one at least."""
    count = len(page.boxes)
    chosen = rng.choice(count, max(1, count // 2), replace=False)
    return [page.boxes[number] for number in sorted(chosen.tolist())]


def dotted(page: Page, rng: _Rng) -> Bytes:
    """Paper with a grid of dots."""
    mask = _mask(page)
    height, width = mask.shape
    pitch = size_of_writing(page) * rng.uniform(0.35, 0.9)
    for y in np.arange(pitch * rng.random(), height, pitch).astype(int).tolist():
        for x in np.arange(pitch / 3, width, pitch).astype(int).tolist():
            cv2.circle(mask, (x, y), max(1, round(0.05 * pitch)), 255, -1)
    return _printed(page, mask, (0, 0, 0), rng.uniform(0.2, 0.55))


def cardboard(page: Page, rng: _Rng) -> Bytes:
    """Corrugated cardboard: brown, and its flutes show as stripes."""
    height, width = page.image.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.05)
    along = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    flutes = np.sin(along * np.float32(2 * np.pi / (size_of_writing(page) * rng.uniform(0.5, 1.5))))
    fibres = cv2.GaussianBlur(rng.standard_normal((height, width), np.float32), (0, 0), 3, sigmaY=1)
    shade = 1 + rng.uniform(0.02, 0.05) * flutes + rng.uniform(0.05, 0.15) * fibres
    return lit(page.image, as_floats(shade[:, :, None] * (0.78, 0.62, 0.45)))


def security(page: Page, rng: _Rng) -> Bytes:
    """The fine waves that are printed on cheques (guilloche)."""
    height, width = page.image.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    size = size_of_writing(page)
    waves: Floats = np.zeros_like(x)
    for _ in range(2):
        bend = np.float32(rng.uniform(0.3, 0.8) * size) * np.sin(
            x / np.float32(size * rng.uniform(0.5, 1.2)) + np.float32(rng.uniform(0, 6))
        )
        phase = (y + bend) / np.float32(size * rng.uniform(0.15, 0.35))
        waves = np.maximum(waves, np.clip(np.sin(2 * np.pi * phase) * 3 - 2, 0, 1))
    pale = ((0.5, 0.8, 0.65), (0.85, 0.6, 0.65), (0.55, 0.7, 0.9))[int(rng.integers(3))]
    return _printed(page, (waves * 255).astype(np.uint8), pale, rng.uniform(0.4, 0.9))


def watermarked(page: Page, rng: _Rng) -> Bytes:
    """A large pale word across the page."""
    mask = _mask(page)
    height, width = mask.shape
    word = str(rng.choice(["COPY", "DRAFT", "SAMPLE"]))
    origin, thick = (width // 10, height * 6 // 10), max(3, width // 90)
    cv2.putText(mask, word, origin, cv2.FONT_HERSHEY_DUPLEX, width / 180, 255, thick, cv2.LINE_AA)
    return _printed(page, mask, (0, 0, 0), rng.uniform(0.06, 0.18))


def highlighted(page: Page, rng: _Rng) -> Bytes:
    """A highlighter over some of the lines."""
    mask = _mask(page)
    for line in _some(page, rng):
        left, _, right, _ = around(line)
        slope, base = _under(line)
        high = max(height for _, _, _, height in line)
        ends = np.array([left - 8, right + 8])
        start, end = np.stack([ends, slope * ends + base - high / 2], axis=1).astype(int)
        cv2.line(mask, start, end, 255, max(1, int(high * rng.uniform(0.8, 1.2))))
    colour = _HIGHLIGHTERS[int(rng.integers(len(_HIGHLIGHTERS)))]
    return _printed(page, mask, colour, 1.0)


def circled(page: Page, rng: _Rng) -> Bytes:
    """Rings around some of the lines, by the same pen; they may touch what is beside."""
    mask = _mask(page)
    size = size_of_writing(page)
    for line in _some(page, rng):
        left, top, right, bottom = around(line)
        middle = np.array([left + right, top + bottom]) / 2
        reach = np.array([(right - left) * 0.6 + 0.5 * size, (bottom - top) * 0.62 + 0.35 * size])
        ring = np.rint(middle + reach * _ring(rng)).astype(np.int32)
        thick = max(2, round(0.05 * size))
        cv2.polylines(mask, [ring], False, 255, thick, cv2.LINE_AA)
    return _drawn(page, mask)


def _ring(rng: _Rng) -> Floats:
    """A ring as a hand draws it, (240, 2): not quite round, and its ends pass each other."""
    turn = rng.uniform(0, 2 * np.pi) + np.linspace(0, rng.uniform(2.05, 2.4) * np.pi, 240)
    radius = np.linspace(1, rng.normal(1, 0.06), len(turn))
    for waves in (1, 2, 3):
        radius += rng.normal(0, 0.04 / waves) * np.sin(waves * turn + rng.uniform(0, 6))
    return as_floats(np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1))


def underlined(page: Page, rng: _Rng) -> Bytes:
    """One line or two under every number, by hand."""
    mask = _mask(page)
    size = size_of_writing(page)
    for line in page.boxes:
        left, _, right, _ = around(line)
        slope, base = _under(line)
        for number in range(int(rng.integers(1, 3))):
            down = base + size * (0.12 + 0.12 * number)
            ends = np.array([left - 0.1 * size, right + 0.1 * size])
            start, end = np.stack(
                [ends, slope * ends + down + rng.normal(0, 0.05, 2) * size], axis=1
            )
            thick = max(2, round(0.05 * size))
            cv2.line(mask, start.astype(int), end.astype(int), 255, thick, cv2.LINE_AA)
    return _drawn(page, mask)


def _under(line: tuple[Box, ...]) -> tuple[float, float]:
    """The slope of a line of writing, and where its line under all digits meets x = 0."""
    x, y = np.array([(x + width / 2, y + height) for x, y, width, height in line]).T
    slope = float(np.polyfit(x, y, 1)[0]) if len(line) > 1 else 0.0
    return slope, float((y - slope * x).max())


def stamped(page: Page, rng: _Rng) -> Bytes:
    """A round stamp in red or blue over one of the lines."""
    mask = _mask(page)
    left, top, right, bottom = around(page.boxes[int(rng.integers(len(page.boxes)))])
    x, y = (left + right) // 2 + int(rng.normal(0, 20)), (top + bottom) // 2
    radius = int(size_of_writing(page) * rng.uniform(1.2, 2))
    cv2.circle(mask, (x, y), radius, 255, max(2, radius // 15))
    origin, scale = (x - int(0.75 * radius), y + radius // 5), radius / 40
    cv2.putText(mask, "PAID", origin, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, max(2, radius // 20))
    colour = _STAMPS[int(rng.integers(len(_STAMPS)))]
    return _printed(page, mask, colour, rng.uniform(0.4, 0.8))


ADDITIONS: Final[dict[str, Callable[[Page, _Rng], Bytes]]] = {
    "dotted": dotted,
    "cardboard": cardboard,
    "security": security,
    "watermarked": watermarked,
    "highlighted": highlighted,
    "circled": circled,
    "underlined": underlined,
    "stamped": stamped,
}
