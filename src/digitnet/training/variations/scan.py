"""Scans: what is left of the ink after a page, a photo, or a few black and white blocks."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.training.variations.hand import crop
from digitnet.training.variations.pen import Ink

Random = np.random.Generator
UPSCALING = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


def coarse_grey(ink: Ink, rng: Random, side: int | None = None) -> Ink:
    """Return the ink as a grey bitmap of 12 to 24 pixels, or ``side``, enlarged again."""
    side = side or int(rng.choice((12, 14, 16, 16, 16, 18, 20, 24)))
    bitmap = _bitmap(ink, rng, side)
    if rng.random() < 0.5:
        gain = rng.uniform(1.0, 2.0)
        bitmap = np.asarray(cv2.convertScaleAbs(bitmap, alpha=gain), np.uint8)
    if rng.random() < 0.3:
        bitmap = np.asarray(cv2.GaussianBlur(bitmap, (3, 3), rng.uniform(0.3, 0.7)), np.uint8)
    return _enlarge(bitmap, rng)


def coarse_binary(ink: Ink, rng: Random, side: int | None = None) -> Ink:
    """Return the ink as a black and white bitmap 12 to 32 pixels high, enlarged again."""
    side = side or int(rng.choice((12, 14, 16, 16, 16, 20, 24, 32, 32)))
    return _enlarge(_threshold(_bitmap(ink, rng, side), rng), rng)


def fine_binary(ink: Ink, rng: Random) -> Ink:
    """Return the ink in black and white with ragged edges, as a fax leaves it."""
    height, width = ink.shape
    noise = rng.standard_normal((height // 2 + 1, width // 2 + 1), np.float32)
    noise *= np.float32(rng.uniform(3, 28))
    noise = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR))
    ragged = noise + np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.5, 1.6)))
    return np.where(ragged > rng.uniform(85, 165), np.uint8(255), np.uint8(0))


def photo(ink: Ink, rng: Random, side: int | None = None) -> Ink:
    """Return the ink as a page in a photo shows it: small, blurred, noisy, compressed, cleaned."""
    side = side or int(rng.integers(22, 61))
    small = _bitmap(ink, rng, side, stretched=0.0)
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.3)), np.uint8)
    dark = rng.uniform(0.25, 1.0)
    page = 235 - small * dark + rng.normal(0, rng.uniform(0, 9), small.shape)
    page = np.clip(page, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(25, 90))
        _, coded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])
        page = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    # What a reader makes of it: paper to 0, ink stretched over the whole range.
    darkest = max(20.0, 255 * dark * small.max() / 255)
    paper = rng.uniform(0.12, 0.4) * darkest
    grey = (235.0 - page - paper) * 255 / (max(darkest * rng.uniform(0.7, 1.0) - paper, 1.0))
    return np.asarray(np.clip(grey, 0, 255), np.uint8)


def soft(ink: Ink, rng: Random) -> Ink:
    """Return the ink a little out of focus."""
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 2.2)), np.uint8)


def _bitmap(ink: Ink, rng: Random, side: int, stretched: float = 0.4) -> Ink:
    """Return the ink in ``side`` pixels for its longer side, or stretched into a square of them."""
    tight = crop(ink, 0)
    height, width = tight.shape
    scale = side / max(height, width)
    columns, rows = max(2, round(width * scale)), max(2, round(height * scale))
    if rng.random() < stretched and min(height, width) > rng.uniform(0.15, 0.4) * max(
        height, width
    ):
        columns = rows = side
    small = np.asarray(cv2.resize(tight, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    if small.max() == 0:
        return tight
    return np.asarray(cv2.convertScaleAbs(small, alpha=255 / int(small.max())), np.uint8)


def _threshold(bitmap: Ink, rng: Random) -> Ink:
    level = rng.uniform(0.25, 0.6) * 255
    binary = cv2.threshold(bitmap, level, 255, cv2.THRESH_BINARY)[1]
    if rng.random() < 0.3:  # A few pixels at the edges fall to the other side.
        edge = (bitmap > 0) & (rng.random(bitmap.shape) < rng.uniform(0, 0.06))
        binary = np.where(edge, 255 - binary, binary)
    return np.asarray(binary, np.uint8)


def _enlarge(bitmap: Ink, rng: Random) -> Ink:
    factor = max(3, 64 // max(bitmap.shape))
    padded = cv2.copyMakeBorder(bitmap, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    way = UPSCALING[rng.integers(len(UPSCALING))]
    return np.asarray(cv2.resize(padded, None, fx=factor, fy=factor, interpolation=way), np.uint8)
