"""Pens: draw strokes on a picture, at any width, in any ink."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from digitnet.pages.arrays import Bytes, Floats, as_bytes, as_floats
from digitnet.pages.page import Box

Strokes = list[tuple[Floats, Floats]]
"""Paths with their radii: ((n, 2) points in pixels, (n,) pixels) each."""

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 255."""

_TEXTURE = 512  # the side of the textures that ink is laid with, in pixels
_INK = 0.3  # from this share of the ink on, a pixel belongs to a digit's box


@dataclass(frozen=True)
class Ink:
    """What flows out of a pen.

    Attributes:
        colour: where it covers fully.
        strength: how much it covers, 0 to 1.
        grain: how much the roughness of the ground shows through, as under pencil or chalk.
        unevenness: how much the strength wanders along a stroke.
    """

    colour: Colour
    strength: float = 0.95
    grain: float = 0.0
    unevenness: float = 0.1


class Draughtsman:
    """Draws strokes on one picture.

    Args:
        picture: uint8, (height, width, 3); it is changed in place.
        rng: decides where the ink is uneven.
    """

    def __init__(self, picture: Bytes, rng: np.random.Generator) -> None:
        self.picture = picture
        self._rng = rng
        rough = rng.random((_TEXTURE, _TEXTURE), np.float32)
        rough = as_floats(cv2.GaussianBlur(rough, (0, 0), 0.8))
        self._rough = as_floats(np.clip((rough - 0.5) * 2.2 + 0.5, 0, 1))
        soft = rng.random((_TEXTURE // 16, _TEXTURE // 16), np.float32)
        soft = as_floats(cv2.resize(soft, (_TEXTURE, _TEXTURE), interpolation=cv2.INTER_CUBIC))
        self._soft = np.clip(soft, 0, 1)

    def draw(self, strokes: Strokes, ink: Ink, soft: float = 0.0) -> Box:
        """Draw strokes; say where in the picture their ink lies.

        Args:
            strokes: in pixels of the picture.
            ink: with which.
            soft: the standard deviation, in pixels, by which the ink has run.

        Returns:
            The box around the ink; its width is 0 where no ink falls into the picture.
        """
        alpha, left, top = render(strokes)
        if soft > 0.2:
            alpha = as_floats(cv2.GaussianBlur(alpha, (0, 0), soft))
        return self.lay(alpha, left, top, ink)

    def lay(self, alpha: Floats, left: int, top: int, ink: Ink) -> Box:
        """Lay ink on the picture where `alpha` (0 to 1), put at (left, top), says."""
        height, width = self.picture.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + alpha.shape[1], width), min(top + alpha.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return (0, 0, 0, 0)
        alpha = alpha[y0 - top : y1 - top, x0 - left : x1 - left]
        box = cv2.boundingRect(as_bytes(alpha > _INK))
        cover = as_floats(ink.strength * alpha)
        if ink.unevenness:
            cover *= 1 - ink.unevenness * self._crop(self._soft, cover.shape)
        if ink.grain:
            cover *= np.clip(1.25 - 1.8 * ink.grain * self._crop(self._rough, cover.shape), 0, 1)
        patch = self.picture[y0:y1, x0:x1].astype(np.float32)
        patch += cover[:, :, None] * (np.array(ink.colour, np.float32) - patch)
        self.picture[y0:y1, x0:x1] = np.clip(patch + 0.5, 0, 255)
        return (x0 + box[0], y0 + box[1], box[2], box[3])

    def _crop(self, texture: Floats, shape: tuple[int, ...]) -> Floats:
        top, left = self._rng.integers(0, _TEXTURE, 2)
        rows = (np.arange(shape[0]) + top) % _TEXTURE
        columns = (np.arange(shape[1]) + left) % _TEXTURE
        return as_floats(texture[rows[:, None], columns])


def render(strokes: Strokes) -> tuple[Floats, int, int]:
    """Draw strokes (at least one) on a patch of their own.

    Returns:
        The share of each pixel that is covered, float32 0 to 1, with the patch's place (left,
        top).
    """
    points = np.concatenate([path for path, _ in strokes])
    margin = max(float(radius.max()) for _, radius in strokes) + 2
    left, top = np.floor(points.min(axis=0) - margin).astype(int)
    right, bottom = np.ceil(points.max(axis=0) + margin).astype(int)
    width, height = int(right - left), int(bottom - top)
    # OpenCV's lines have whole widths: drawn larger and reduced they have any.
    zoom = 8 if max(width, height) < 60 else 4 if max(width, height) < 400 else 2
    canvas = np.zeros((height * zoom, width * zoom), np.uint8)
    for path, radius in strokes:
        scaled = (path - (left, top)) * zoom
        _line(canvas, scaled, radius * (2 * zoom))
    patch = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    return as_floats(patch) / np.float32(255), int(left), int(top)


def parts(strokes: Strokes) -> list[Box]:
    """Return the boxes of the pieces into which the ink of strokes falls."""
    alpha, left, top = render(strokes)
    count, _, stats, _ = cv2.connectedComponentsWithStats(as_bytes(alpha > _INK))
    return [
        (left + int(x), top + int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:count].tolist()
    ]


def _line(canvas: Bytes, points: Floats, widths: Floats) -> None:
    fixed = np.round(points * 16).astype(np.int32)
    whole = np.maximum(np.round(widths), 1).astype(int)
    # One call for every stretch of the same width.
    cuts = [0, *(np.flatnonzero(np.diff(whole)) + 1), len(whole)]
    for start, end in pairwise(cuts):
        stretch = fixed[start : end + 1]
        cv2.polylines(canvas, [stretch], False, 255, int(whole[start]), cv2.LINE_8, 4)


def keep_loops(strokes: Strokes, least: float) -> Strokes:
    """Make a thick pen thinner until the loops of a digit stay open, as a writer would.

    Args:
        strokes: of one digit.
        least: the radius below which no stroke becomes thinner for that, in pixels.
    """
    size = max(float(np.ptp(path, axis=0).max()) for path, _ in strokes)
    unit = np.float32(48 / max(size, 1e-6))
    small = [(path * unit, radius * unit) for path, radius in strokes]
    wanted = _loops([(path, np.ones_like(radius)) for path, radius in small])
    thinner = np.float32(1.0)
    while wanted and thinner > 0.5 and _loops([(p, r * thinner) for p, r in small]) < wanted:
        thinner *= np.float32(0.85)
    return [
        (path, np.maximum(radius * thinner, np.minimum(radius, np.float32(least))))
        for path, radius in strokes
    ]


def _loops(strokes: Strokes) -> int:
    """Holes in the ink that are large enough to be seen, of a digit about 48 pixels large."""
    low = np.min([path.min(axis=0) for path, _ in strokes], axis=0) - 14
    canvas = np.zeros((80, 80), np.uint8)
    for path, radius in strokes:
        _line(canvas, path - low, 2 * radius)
    count, _, stats, _ = cv2.connectedComponentsWithStats(255 - canvas, connectivity=4)
    return sum(int(stats[part, cv2.CC_STAT_AREA]) >= 9 for part in range(1, count)) - 1
