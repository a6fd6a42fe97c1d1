"""What happens to a sheet, to its light, and before the camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.pages.arrays import Bytes, Floats, as_floats
from digitnet.pages.page import Page
from digitnet.pages.spoiling.pictures import clipped, lit
from digitnet.pages.spoiling.writing import around, size_of_writing

_Rng = np.random.Generator


def _mesh(page: Page) -> tuple[Floats, Floats]:
    """Across and down a picture: float32, (height, width) each, 0…1."""
    height, width = page.image.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    return x, y


def glare(page: Page, rng: _Rng) -> Bytes:
    """Lamps shine in glossy paper."""
    x, y = _mesh(page)
    added = np.zeros_like(x)
    for _ in range(int(rng.integers(1, 4))):
        spread, flat = rng.uniform(0.05, 0.2), rng.uniform(0.5, 2)
        away = (x - rng.uniform()) ** 2 + ((y - rng.uniform()) * flat) ** 2
        added += np.float32(rng.uniform(60, 190)) * np.exp(-away / np.float32(2 * spread**2))
    return clipped((page.image + added[:, :, None]) * 0.92)


def flash(page: Page, rng: _Rng) -> Bytes:
    """A flash lights the middle, and leaves the corners dark."""
    x, y = _mesh(page)
    away = (x - rng.uniform(0.3, 0.7)) ** 2 + (y - rng.uniform(0.3, 0.7)) ** 2
    return lit(page.image, as_floats(0.35 + 0.75 * np.exp(-away / 0.12)))


def lamp(page: Page, rng: _Rng) -> Bytes:
    """A warm lamp at one side, the only one in the room."""
    x, y = _mesh(page)
    away = np.hypot(x - rng.uniform(-0.2, 1.2), y - rng.uniform(-0.2, 1.2))
    fall = 1.15 * np.exp(-away * rng.uniform(0.8, 1.8))
    return lit(page.image, as_floats(fall[:, :, None] * (1, 0.9, 0.72)))


def crumpled(page: Page, rng: _Rng) -> Bytes:
    """Crumpled, and smoothed out again: every crease has a light side and a dark one."""
    x, y = _mesh(page)
    light = np.ones_like(x)
    for _ in range(int(rng.integers(8, 25))):
        angle = rng.uniform(0, np.pi)
        across = (x - rng.uniform()) * np.cos(angle) + (y - rng.uniform()) * np.sin(angle)
        away = (across / rng.uniform(0.02, 0.15)).astype(np.float32)
        crease = np.tanh(away * 4) * np.exp(-np.abs(away))
        light += np.float32(rng.uniform(-0.09, 0.09)) * crease
    return lit(page.image, light)


def folded(page: Page, rng: _Rng) -> Bytes:
    """Folded like a letter, and opened again."""
    height = page.image.shape[0]
    light = np.ones(height)
    for quarter in (1, 2, 3):
        fold = (quarter / 4 + rng.uniform(-0.05, 0.05)) * height
        away = (np.arange(height) - fold) / (0.012 * height)
        light += rng.uniform(-0.35, 0.35) * np.exp(-np.abs(away)) * np.sign(away)
    return lit(page.image, as_floats(light[:, None, None]))


def dusty(page: Page, rng: _Rng) -> Bytes:
    """Dust on the sheet or on the scanner's glass."""
    picture = page.image.copy()
    height, width = picture.shape[:2]
    for x, y in rng.uniform((0, 0), (width, height), (int(rng.integers(20, 120)), 2)).astype(int):
        shade = int(rng.integers(20, 140))
        cv2.circle(picture, (int(x), int(y)), int(rng.integers(0, 3)), (shade,) * 3, -1)
    return picture


def stained(page: Page, rng: _Rng) -> Bytes:
    """The ring that a cup left."""
    height, width = page.image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    centre = (int(rng.uniform(0.2, 0.8) * width), int(rng.uniform(0.2, 0.8) * height))
    radius = int(rng.uniform(0.12, 0.25) * min(height, width))
    cv2.circle(mask, centre, radius, int(rng.uniform(40, 120)), -1)
    cv2.circle(mask, centre, radius, 255, max(2, radius // 14))
    stain = as_floats(cv2.GaussianBlur(mask, (0, 0), 1.5)) / 255
    return lit(
        page.image, as_floats(1 - rng.uniform(0.15, 0.35) * stain[:, :, None] * (0.4, 0.7, 1))
    )


def thumb(page: Page, rng: _Rng) -> Bytes:
    """The thumb that holds the sheet reaches in from an edge."""
    height, width = page.image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    length = rng.uniform(0.08, 0.16) * max(height, width)
    x, y = rng.uniform(0.1, 0.9, 2) * (width, height)
    side = int(rng.integers(4))
    centre = ((0, y), (width, y), (x, 0), (x, height))[side]
    angle = rng.uniform(-30, 30) + (90 if side > 1 else 0)
    cv2.ellipse(mask, (centre, (2 * length, 1.1 * length), float(angle)), 255, -1)
    mask[_kept_clear(page)] = 0
    skin = ((222, 170, 140), (150, 100, 75), (235, 190, 165))[int(rng.integers(3))]
    alpha = as_floats(cv2.GaussianBlur(mask, (0, 0), 2))[:, :, None] / 255
    shaded = np.array(skin) * rng.uniform(0.7, 1)
    return clipped(page.image * (1 - alpha) + shaded * alpha)


def taped(page: Page, rng: _Rng) -> Bytes:
    """A strip of clear tape over a tear: a little lighter or darker, with sharp edges."""
    height, width = page.image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    x, y = (rng.uniform(0.1, 0.9, 2) * (width, height)).tolist()
    corners = cv2.boxPoints(((x, y), (0.3 * width, 0.08 * width), float(rng.uniform(0, 180))))
    cv2.fillPoly(mask, [corners.astype(np.int32)], 1)
    changed = page.image * 0.88 + rng.uniform(-12, 18)
    return clipped(np.where(mask[:, :, None] > 0, changed, page.image))


def punched(page: Page, rng: _Rng) -> Bytes:
    """Punched along its left edge; what lies below shows, and the margin's red line."""
    picture = page.image.copy()
    height, width = picture.shape[:2]
    radius = max(4, int(0.012 * max(height, width)))
    clear = _kept_clear(page)
    holes, margin = np.zeros((2, height, width), np.uint8)
    for y in np.arange(2 * radius, height, 4.5 * radius).astype(int).tolist():
        cv2.circle(holes, (int(1.6 * radius), y), radius, 1, -1)
    cv2.line(margin, (int(4.5 * radius), 0), (int(4.5 * radius), height), 1, 2)
    picture[(holes > 0) & ~clear] = int(rng.integers(10, 70))
    picture[margin > 0] = (205, 110, 120)
    return picture


def lidded(page: Page, rng: _Rng) -> Bytes:
    """A scanner's open lid: black beside the sheet, on any of its sides."""
    height, width = page.image.shape[:2]
    picture = page.image.copy()
    pad = 0.5 * size_of_writing(page)
    left, top, right, bottom = around(box for line in page.boxes for box in line)
    rooms = np.array([left, top, width - right, height - bottom]) - pad
    shares = rng.uniform(0, 1, 4) * (rng.random(4) < 0.7)
    x, y, from_right, from_bottom = (np.maximum(rooms, 0) * shares).astype(int).tolist()
    shade = int(rng.integers(0, 60))
    lid = np.ones((height, width), bool)
    lid[y : height - from_bottom, x : width - from_right] = False
    picture[lid] = shade
    return picture


def _kept_clear(page: Page) -> NDArray[np.bool_]:
    """Where a thing would hide the writing, and what is around it."""
    clear = np.zeros(page.image.shape[:2], bool)
    pad = round(0.1 * size_of_writing(page)) + 2
    for line in page.boxes:
        for x, y, width, height in line:
            clear[max(y - pad, 0) : y + height + pad, max(x - pad, 0) : x + width + pad] = True
    return clear


MISHAPS: Final[dict[str, Callable[[Page, _Rng], Bytes]]] = {
    "glare": glare,
    "flash": flash,
    "lamp": lamp,
    "crumpled": crumpled,
    "folded": folded,
    "dusty": dusty,
    "stained": stained,
    "thumb": thumb,
    "taped": taped,
    "punched": punched,
    "lidded": lidded,
}
