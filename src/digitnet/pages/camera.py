"""The camera: how a sheet comes to lie in the picture, its light, and the picture's faults."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.pages.arrays import Bytes, Floats, as_bytes, as_floats
from digitnet.pages.pen import Strokes
from digitnet.pages.plan import Plan

Points = Floats
"""(n, 2) as (x, y), in pixels."""


class Pose:
    """From the sheet to the picture: rotation, perspective and a gentle curl.

    Args:
        plan: the page.
        extent: what must lie in the picture: left, top, right, bottom on the sheet.
        rng: decides what the plan leaves open.
    """

    def __init__(
        self, plan: Plan, extent: tuple[float, float, float, float], rng: np.random.Generator
    ) -> None:
        size = np.array([plan.width, plan.height], np.float32)
        self._span = float(plan.width)
        self._curl = plan.curl * plan.height
        self._phase = float(rng.uniform(0, np.pi))
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * size
        away = rng.uniform(-1, 1, (4, 2)) * plan.perspective * size
        matrix = cv2.getPerspectiveTransform(corners, (corners + away).astype(np.float32))
        turn = cv2.getRotationMatrix2D((plan.width / 2, plan.height / 2), -plan.tilt, 1.0)
        self._matrix = np.vstack([turn, [0, 0, 1]]) @ matrix
        self._matrix = _fit(self._outline(extent), size, plan.digit_height, rng) @ self._matrix

    def _outline(self, extent: tuple[float, float, float, float]) -> Points:
        left, top, right, bottom = extent
        along = np.linspace(0, 1, 17)
        xs, ys = left + (right - left) * along, top + (bottom - top) * along
        edges = [
            np.stack(pair, axis=1)
            for pair in (
                (xs, np.full(17, top)),
                (xs, np.full(17, bottom)),
                (np.full(17, left), ys),
                (np.full(17, right), ys),
            )
        ]
        return self(np.concatenate(edges).astype(np.float32))

    def __call__(self, points: Points) -> Points:
        """Map (n, 2) points of the sheet to the picture."""
        bend = self._curl * np.sin(np.pi * points[:, 0] / self._span + self._phase)
        bent = points + np.stack([np.zeros_like(bend), bend], axis=1)
        return as_floats(cv2.perspectiveTransform(bent[None].astype(np.float64), self._matrix)[0])

    def scale(self, point: Points) -> float:
        """How much larger things near a point of the sheet are in the picture."""
        around = point + np.array([[0, 0], [1, 0], [0, 1]], np.float32)
        origin, right, down = self(around)
        return float(np.sqrt(abs(np.linalg.det(np.stack([right - origin, down - origin])))))

    def on(self, place: NDArray[np.float64]) -> Pose:
        """How a smaller sheet lies that is put on this one, which must be flat.

        Args:
            place: (3, 3), the perspective matrix from the smaller sheet to this one.
        """
        pose = copy(self)
        pose._matrix = self._matrix @ place
        return pose

    def warp(self, layer: Bytes, size: tuple[int, int]) -> Bytes:
        """Map a layer of a flat sheet, uint8 (height, width), to a picture of (width, height)."""
        return as_bytes(cv2.warpPerspective(layer, self._matrix, size, flags=cv2.INTER_AREA))

    def strokes(self, strokes: Strokes) -> Strokes:
        """Map strokes; their widths grow and shrink with them."""
        scale = self.scale(strokes[0][0][:1])
        return [(self(path), radius * np.float32(scale)) for path, radius in strokes]


def _fit(
    outline: Points, size: Points, digit_height: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Shrink and shift so that an outline lies in the picture, with a margin."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    margin = np.minimum(0.3 * digit_height, 0.05 * size) + 3
    scale = float(min(1.0, ((size - 2 * margin) / (high - low)).min()))
    least = margin - scale * low
    most = size - margin - scale * high
    # Where it already lies inside, it stays about where it is.
    shift = np.clip((1 - scale) * size / 2 + rng.normal(0, 0.02, 2) * size, least, most)
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]])


def light(plan: Plan, rng: np.random.Generator) -> Floats:
    """The light on every pixel: float32, (height, width, 3), 1 being white light."""
    rows, columns = max(plan.height // 4, 2), max(plan.width // 4, 2)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    across = (x * np.cos(angle) + y * np.sin(angle)) / 1.42
    field = 1 - plan.gradient * (0.5 + 0.5 * across)
    field *= 1 - plan.vignette * np.clip((x**2 + y**2) / 2, 0, 1)
    for left_over, softness in plan.shadows:
        field *= 1 - (1 - left_over) * _shadow((rows, columns), softness, rng)
    if plan.crease:
        field *= 1 + plan.crease * _fold(x, y, rng)
    field *= plan.exposure
    tint = np.minimum([1 + 0.08 * plan.warmth, 1.0, 1 - 0.16 * plan.warmth], 1.0)
    coloured = field[:, :, None].astype(np.float32) * tint.astype(np.float32)
    return as_floats(cv2.resize(coloured, (plan.width, plan.height)))


def _fold(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """A fold in the paper: one side of it catches the light, the other does not."""
    angle, offset = rng.uniform(0, np.pi), rng.uniform(-0.6, 0.6)
    away = x * np.cos(angle) + y * np.sin(angle) - offset
    return np.asarray(
        np.tanh(away / 0.012) * np.exp(-np.abs(away) / rng.uniform(0.01, 0.2)), np.float32
    )


def _shadow(shape: tuple[int, int], softness: float, rng: np.random.Generator) -> Floats:
    """A shadow 0 to 1: of an edge, a hand, or something round."""
    rows, columns = shape
    mask = np.zeros(shape, np.float32)
    kind = rng.integers(3)
    centre = rng.uniform(0.2, 0.8, 2) * (columns, rows)
    if kind == 0:
        angle = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[:rows, :columns]
        mask[(x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle) > 0] = 1
    elif kind == 1:
        corner = np.array([columns, rows]) * rng.integers(0, 2, 2)
        width = rng.uniform(0.06, 0.15) * columns
        for finger in range(int(rng.integers(1, 4))):
            shift = np.array([finger * width * 1.3, 0])
            ends = np.round(np.stack([corner + shift, centre + shift])).astype(np.int32)
            cv2.polylines(mask, [ends], False, 1.0, max(int(width), 1))
    else:
        axes = rng.uniform(0.15, 0.5, 2) * (columns, rows)
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(mask, (tuple(centre), tuple(2 * axes), angle), 1.0, -1)
    return as_floats(cv2.GaussianBlur(mask, (0, 0), max(softness * columns, 0.6)))


def expose(picture: Bytes, plan: Plan, digit_height: float, rng: np.random.Generator) -> Bytes:
    """Take the picture: light, blur, sensor noise, JPEG.

    Args:
        picture: what lies before the camera, uint8, (height, width, 3).
        plan: the page.
        digit_height: of a digit in the picture, in pixels.
        rng: decides what the plan leaves open.
    """
    lit = cv2.multiply(picture, light(plan, rng), dtype=cv2.CV_8U)
    if plan.defocus * digit_height > 0.3:
        lit = cv2.GaussianBlur(lit, (0, 0), plan.defocus * digit_height)
    if plan.motion * digit_height > 1:
        kernel = _motion(plan.motion * digit_height, float(rng.uniform(0, np.pi)))
        lit = cv2.filter2D(lit, -1, kernel)
    lit = _noisy(as_bytes(lit), plan.noise, rng)
    if plan.negative:
        lit = 255 - lit
    _, data = cv2.imencode(".jpg", lit[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, plan.jpeg])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(cast("Bytes", decoded)[:, :, ::-1])


def _motion(length: float, angle: float) -> Floats:
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    centre = side // 2
    for step in np.linspace(-length / 2, length / 2, 4 * side):
        x, y = centre + step * np.cos(angle), centre + step * np.sin(angle)
        kernel[min(round(y), side - 1), min(round(x), side - 1)] += 1
    return as_floats(kernel / kernel.sum())


def tiled(shape: Sequence[int], rng: np.random.Generator) -> Floats:
    """Normal noise, float32, repeated from tiles: fast, and no eye finds the seams."""
    height, width, *rest = shape
    fields = []
    for side in (331, 457):
        tile = rng.standard_normal((side, side, *rest), np.float32) * np.float32(np.sqrt(0.5))
        below, beside = max(height - side, 0), max(width - side, 0)
        field = cv2.copyMakeBorder(tile, 0, below, 0, beside, cv2.BORDER_WRAP)
        fields.append(field[:height, :width])
    return as_floats(cv2.add(fields[0], fields[1]))


def _noisy(picture: Bytes, sigma: float, rng: np.random.Generator) -> Bytes:
    if sigma <= 0:
        return picture
    noise = tiled(picture.shape, rng)
    # A sensor's noise is not quite pixel by pixel: the camera has interpolated its colours.
    noise = cv2.GaussianBlur(noise, (3, 3), 0.6) * np.float32(1.9 * sigma)
    return as_bytes(cv2.add(picture, noise, dtype=cv2.CV_8U))
