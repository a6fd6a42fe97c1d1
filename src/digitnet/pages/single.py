"""One digit as a picture, in the shapes in which people have such pictures."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from digitnet.datasets import Digits
from digitnet.errors import UsageError
from digitnet.pages import layout, paper
from digitnet.pages.arrays import Bytes, as_bytes
from digitnet.pages.camera import expose
from digitnet.pages.page import Box, Page
from digitnet.pages.pen import Draughtsman, Strokes, render
from digitnet.pages.plan import Plan
from digitnet.pages.supply import Supply
from digitnet.pages.usual import usual

_Rng = np.random.Generator
_Made = tuple[int, Bytes, Box]

_STREAM = 9  # of random numbers: another than those of pages
_INK = 76  # of 255: from this much ink on, a pixel belongs to the digit's box


def compose_single(digits: Digits, kind: str, seed: int) -> Page:
    """Compose a picture of one digit.

    Args:
        digits: where the digit comes from; which one is drawn at random.
        kind: one of `SINGLE_KINDS`:
            ``coarse-nearest``, ``coarse-bilinear``, ``coarse-bicubic``: a tight crop from a scan
            about 16 pixels high, enlarged to 176 to 192 pixels; ``binary``: the same in pure
            black and white; ``mnist``, ``mnist-inverted``: MNIST's own 28×28 pixels, light on
            dark or dark on light; ``thumbnail``: 16×16 pixels; ``corner``: a drawing in a corner
            of a large canvas; ``webcam``: a crop from a poor camera's picture of paper;
            ``close-up``: a photo, 300 to 1600 pixels wide, of a digit that fills it, in any light,
            often with rules at its edges; ``shaded``: the same with a shadow, most often one with
            hard edges, across it.
        seed: the same seed, kind and digits give the same picture, to the pixel.

    Returns:
        The page, with one line of one digit.

    Raises:
        UsageError: there is no such kind.
    """
    if kind not in SINGLE_KINDS:
        raise UsageError(
            "There is no kind of picture {kind}: use one of {kinds}.",
            kind=kind,
            kinds=", ".join(SINGLE_KINDS),
        )
    rng = np.random.default_rng([seed, SINGLE_KINDS.index(kind), _STREAM])
    label, image, box = _MAKERS[kind](digits, rng)
    return Page(image, (str(label),), ((box,),), kind)


def _original(digits: Digits, rng: _Rng) -> tuple[int, Bytes]:
    index = int(rng.integers(len(digits)))
    return int(digits.labels[index]), digits.images[index]


def _mnist(digits: Digits, rng: _Rng) -> _Made:
    label, ink = _original(digits, rng)
    return label, _rgb(ink), _box(ink)


def _mnist_inverted(digits: Digits, rng: _Rng) -> _Made:
    label, ink = _original(digits, rng)
    return label, _rgb(255 - ink), _box(ink)


def _thumbnail(digits: Digits, rng: _Rng) -> _Made:
    label, ink = _original(digits, rng)
    small = cv2.resize(ink, (16, 16), interpolation=cv2.INTER_AREA)
    # What a resize has paled, a person making a thumbnail would see and mend.
    small = as_bytes(cv2.convertScaleAbs(small, alpha=255 / max(int(small.max()), 1)))
    return label, _rgb(small if rng.random() < 0.5 else 255 - small), _box(small)


def _coarse(enlargement: int) -> Callable[[Digits, _Rng], _Made]:
    def make(digits: Digits, rng: _Rng) -> _Made:
        label, small = _scan(digits, rng)
        return label, *_enlarged(small, enlargement, rng)

    return make


def _binary(digits: Digits, rng: _Rng) -> _Made:
    label, small = _scan(digits, rng)
    _, bits = cv2.threshold(small, float(rng.uniform(90, 140)), 255, cv2.THRESH_BINARY)
    enlargement = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    return label, *_enlarged(as_bytes(bits), enlargement, rng)


def _scan(digits: Digits, rng: _Rng) -> tuple[int, Bytes]:
    """A tight crop of a digit from a scan, 14 to 20 pixels high: ink is light here."""
    label, strokes = _written(digits, rng, pen=float(rng.uniform(0.09, 0.17)), height=160.0)
    ink = (render(strokes)[0] * 255).astype(np.uint8)
    x, y, width, height = _box(ink)
    ink = ink[y : y + height, x : x + width]
    side = int(rng.choice([14, 16, 16, 16, 20]))
    if rng.random() < 0.4 and width > 0.4 * height:
        size = (side, side)  # drawn out to fill the square, as some collections do
    else:
        scale = side / max(width, height)
        size = (max(round(width * scale), 3), max(round(height * scale), 3))
    return label, as_bytes(cv2.resize(ink, size, interpolation=cv2.INTER_AREA))


def _enlarged(small: Bytes, enlargement: int, rng: _Rng) -> tuple[Bytes, Box]:
    """A square picture of 176 to 192 pixels, mostly dark on light."""
    side = max(small.shape)
    pad = int(rng.choice([0, 0, 1, 2]))
    square = np.zeros((side + 2 * pad, side + 2 * pad), np.uint8)
    top = (square.shape[0] - small.shape[0]) // 2
    left = (square.shape[1] - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    pixels = int(rng.integers(176, 193))
    large = as_bytes(cv2.resize(square, (pixels, pixels), interpolation=enlargement))
    return _rgb(255 - large if rng.random() < 0.7 else large), _box(large)


def _corner(digits: Digits, rng: _Rng) -> _Made:
    """A drawing program's canvas, with the digit small and near a corner."""
    side = int(rng.integers(280, 900))
    height = side * float(rng.uniform(0.12, 0.3))
    label, strokes = _written(digits, rng, pen=float(rng.uniform(0.05, 0.16)), height=height)
    alpha = render(strokes)[0]
    reach = side - np.array(alpha.shape) - 4
    near = rng.uniform(0.0, 0.12, 2) * reach + 2
    far = rng.integers(0, 2, 2).astype(bool)
    top, left = np.where(far, reach - near + 2, near).astype(int).tolist()
    ink = np.zeros((side, side), np.uint8)
    ink[top : top + alpha.shape[0], left : left + alpha.shape[1]] = (alpha * 255).astype(np.uint8)
    return label, _rgb(255 - ink if rng.random() < 0.6 else ink), _box(ink)


def _webcam(digits: Digits, rng: _Rng) -> _Made:
    plan = usual(rng)
    plan.width = plan.height = int(rng.integers(120, 260))
    plan.digit_height = plan.height * float(rng.uniform(0.5, 0.75))
    plan.pen = float(rng.uniform(0.05, 0.12))
    plan.lines = plan.digits = 1
    plan.exposure = float(rng.uniform(0.35, 0.9))
    plan.gradient = float(rng.uniform(0, 0.4))
    plan.noise = float(rng.uniform(2, 6))
    plan.defocus = float(rng.uniform(0.005, 0.025))
    plan.jpeg = int(rng.integers(40, 85))
    label, strokes = _written_in_middle(plan, digits, rng)
    picture = paper.ground(plan, rng)
    box = Draughtsman(picture, rng).draw(strokes, plan.inks[0])
    return label, _grey(expose(picture, plan, plan.digit_height, rng)), box


def _close_up(digits: Digits, rng: _Rng) -> _Made:
    return _photo(_close_plan(rng), digits, rng)


def _shaded(digits: Digits, rng: _Rng) -> _Made:
    plan = _close_plan(rng)
    softness = float(np.exp(rng.uniform(np.log(0.002), np.log(0.03))))
    plan.shadows.append((float(rng.uniform(0.35, 0.75)), softness))
    return _photo(plan, digits, rng)


def _close_plan(rng: _Rng) -> Plan:
    plan = usual(rng)
    plan.width = plan.height = int(np.exp(rng.uniform(np.log(300), np.log(1600))))
    plan.digit_height = plan.height * float(rng.uniform(0.45, 0.75))
    plan.pen = float(np.exp(rng.uniform(np.log(0.05), np.log(0.2))))
    plan.exposure = float(rng.uniform(0.3, 1.0))
    plan.gradient = float(rng.uniform(0, 0.6))
    plan.vignette = float(rng.uniform(0, 0.5))
    plan.noise = float(rng.uniform(1, 8))
    plan.defocus = float(rng.uniform(0.002, 0.02))
    plan.jpeg = int(rng.integers(40, 95))
    return plan


def _photo(plan: Plan, digits: Digits, rng: _Rng) -> _Made:
    """A digit in the middle of paper that often has rules at its edges."""
    label, strokes = _written_in_middle(plan, digits, rng)
    picture = paper.ground(plan, rng)
    brush = Draughtsman(picture, rng)
    for edge in np.flatnonzero(rng.random(4) < 0.3):
        brush.draw(_rule_at(int(edge), plan.width, rng), plan.rule_ink)
    box = brush.draw(strokes, plan.inks[0])
    return label, expose(picture, plan, plan.digit_height, rng), box


def _rule_at(edge: int, side: int, rng: _Rng) -> Strokes:
    """A printed line along the left, upper, right or lower edge of a square picture."""
    axis, is_far = edge % 2, edge // 2
    away = rng.uniform(0.01, 0.08, 2) * side
    ends = np.array([[-0.05 * side] * 2, [1.05 * side] * 2], np.float32)
    ends[:, axis] = side - away if is_far else away
    return [(ends, np.full(2, side * rng.uniform(0.002, 0.02), np.float32))]


def _written_in_middle(plan: Plan, digits: Digits, rng: _Rng) -> tuple[int, Strokes]:
    """A digit in the middle of a square picture, or nearly there."""
    label, strokes = _written(digits, rng, pen=plan.pen, height=plan.digit_height)
    points = np.concatenate([path for path, _ in strokes])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    shift = (plan.width / 2 - middle + rng.normal(0, 0.03, 2) * plan.width).astype(np.float32)
    return label, [(path + shift, radius) for path, radius in strokes]


def _written(digits: Digits, rng: _Rng, pen: float, height: float) -> tuple[int, Strokes]:
    plan = usual(rng)
    plan.pen, plan.digit_height, plan.slope = pen, height, 0.0
    return layout.write_one(plan, Supply(digits, rng), rng)


def _rgb(grey: Bytes) -> Bytes:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _grey(picture: Bytes) -> Bytes:
    return _rgb(as_bytes(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)))


def _box(ink: Bytes) -> Box:
    x, y, width, height = cv2.boundingRect((ink > _INK).astype(np.uint8))
    return x, y, width, height


_MAKERS: dict[str, Callable[[Digits, _Rng], _Made]] = {
    "coarse-nearest": _coarse(cv2.INTER_NEAREST),
    "coarse-bilinear": _coarse(cv2.INTER_LINEAR),
    "coarse-bicubic": _coarse(cv2.INTER_CUBIC),
    "binary": _binary,
    "mnist": _mnist,
    "mnist-inverted": _mnist_inverted,
    "thumbnail": _thumbnail,
    "corner": _corner,
    "webcam": _webcam,
    "close-up": _close_up,
    "shaded": _shaded,
}

SINGLE_KINDS = tuple(_MAKERS)
"""Every kind of picture of a single digit."""
