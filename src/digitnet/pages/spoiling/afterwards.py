"""What programs and devices do to a picture after it is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

import cv2
import numpy as np
from PIL import Image

from digitnet.pages.arrays import Bytes, as_bytes, as_floats
from digitnet.pages.camera import tiled
from digitnet.pages.page import Page
from digitnet.pages.spoiling.pictures import clipped

_Rng = np.random.Generator


def _grey(picture: Bytes) -> Bytes:
    return as_bytes(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def _coloured(grey: Bytes) -> Bytes:
    return as_bytes(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB))


def _resaved(picture: Bytes, qualities: list[int]) -> Bytes:
    for quality in qualities:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = as_bytes(cast("Bytes", cv2.imdecode(data, cv2.IMREAD_COLOR)))
    return picture


def sharpened(page: Page, rng: _Rng) -> Bytes:
    """An unsharp mask, as phones apply it, and then editors once more."""
    soft = cv2.GaussianBlur(page.image, (0, 0), rng.uniform(1, 4))
    amount = float(rng.uniform(0.6, 2))
    return as_bytes(cv2.addWeighted(page.image, 1 + amount, soft, -amount, 0))


def denoised(page: Page, rng: _Rng) -> Bytes:
    """Noise taken away, and with it what is fine: the look of water colours."""
    picture = page.image
    for _ in range(2):
        picture = as_bytes(cv2.bilateralFilter(picture, 7, rng.uniform(15, 40), rng.uniform(2, 4)))
    return picture


def resaved(page: Page, rng: _Rng) -> Bytes:
    """Sent on again and again: every messenger saves it as a poorer JPEG."""
    return _resaved(page.image, [60, 35, int(rng.integers(12, 25))])


def thresholded(page: Page, _rng: _Rng) -> Bytes:
    """Black and white by one threshold (Otsu 1979), where the light allows one."""
    _, picture = cv2.threshold(_grey(_evened(page.image)), 0, 255, cv2.THRESH_OTSU)
    return _coloured(as_bytes(picture))


def scanned(page: Page, rng: _Rng) -> Bytes:
    """A scanning app's black and white: a threshold from what is around each pixel."""
    picture = cv2.adaptiveThreshold(
        cv2.GaussianBlur(_grey(page.image), (3, 3), 0),
        255,
        cv2.ADAPTIVE_THRESH_GAUSSIAN_C,
        cv2.THRESH_BINARY,
        int(rng.choice([15, 25, 41])),
        int(rng.integers(4, 12)),
    )
    return _coloured(as_bytes(picture))


def whitened(page: Page, rng: _Rng) -> Bytes:
    """A scanning app's colours: the paper made white, and the ink darker."""
    least = rng.uniform(0.3, 0.6)
    return clipped((_evened(page.image) / 255 - least) / (0.95 - least) * 255)


def _evened(picture: Bytes) -> Bytes:
    """A picture by the light of its paper, which is the lightest around."""
    side = max(picture.shape) // 40 * 2 + 1
    paper = cv2.GaussianBlur(cv2.dilate(picture, np.ones((side, side))), (0, 0), side)
    return clipped(picture * 255.0 / np.maximum(paper, 1))


def dithered(page: Page, _rng: _Rng) -> Bytes:
    """Black and white by diffusing the error (Floyd and Steinberg 1976): Pillow's ``"1"``."""
    return _coloured(np.array(Image.fromarray(page.image).convert("1").convert("L")))


def few_colours(page: Page, rng: _Rng) -> Bytes:
    """A palette of twelve to thirty-two colours, as in a GIF."""
    few = Image.fromarray(page.image).quantize(int(rng.integers(12, 33)), kmeans=1)
    return np.array(few.convert("RGB"))


def equalised(page: Page, rng: _Rng) -> Bytes:
    """Local contrast raised (CLAHE, Zuiderveld 1994): grain and shadows come out, too."""
    lab = as_bytes(cv2.cvtColor(page.image, cv2.COLOR_RGB2LAB))
    raise_contrast = cv2.createCLAHE(rng.uniform(2, 6), (8, 8)).apply
    lab[:, :, 0] = raise_contrast(np.ascontiguousarray(lab[:, :, 0]))
    return as_bytes(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))


def faded(page: Page, rng: _Rng) -> Bytes:
    """Hardly any contrast, anywhere between black and white."""
    contrast = rng.uniform(0.25, 0.5)
    return clipped(page.image * contrast + rng.uniform(10, 245 * (1 - contrast)))


def tinged(page: Page, rng: _Rng) -> Bytes:
    """The white balance is wrong by far."""
    return clipped(page.image * rng.uniform(0.35, 1, 3))


def night(page: Page, rng: _Rng) -> Bytes:
    """Taken in the dark, brightened afterwards, and saved: coarse coloured grain."""
    dark = page.image * 0.2 + tiled(page.image.shape, rng) * np.float32(rng.uniform(1.5, 3.5))
    return _resaved(clipped(np.round(dark).clip(0) * 4.5), [70])


def faxed(page: Page, rng: _Rng) -> Bytes:
    """A fax at its normal resolution: half as many rows as columns, black or white, and noise."""
    grey = _grey(_evened(page.image))
    height, width = grey.shape
    rows = cv2.resize(grey, (width, height // 2), interpolation=cv2.INTER_AREA)
    threshold, _ = cv2.threshold(rows, 0, 255, cv2.THRESH_OTSU)
    black = rows < 0.5 * threshold + 0.5 * np.median(rows) - 6
    flipped = rng.random(black.shape) < rng.uniform(0.0002, 0.001)
    picture = np.where(black ^ flipped, np.uint8(0), np.uint8(255))
    return _coloured(
        as_bytes(cv2.resize(picture, (width, height), interpolation=cv2.INTER_NEAREST))
    )


def copied(page: Page, rng: _Rng) -> Bytes:
    """A photocopy of a photocopy: soft, hard, with specks and the streaks of a worn drum."""
    height, width = page.image.shape[:2]
    picture = as_floats(_grey(_evened(page.image)))
    for x in rng.integers(0, width, int(rng.integers(2, 7))).tolist():
        picture[:, x : x + max(1, width // 600)] -= rng.uniform(15, 60)
    toner = cv2.GaussianBlur(rng.random((height, width), np.float32), (0, 0), 1.2)
    picture -= np.float32(90) * (toner > np.quantile(toner[::4, ::4], 0.9993))
    soft = as_floats(cv2.GaussianBlur(picture, (0, 0), 0.8))
    middle = rng.uniform(185, 215)
    return _coloured(clipped(255 / (1 + np.exp((middle - soft) / 14))))


def screened(page: Page, rng: _Rng) -> Bytes:
    """Photographed from a screen, whose pixels beat with the camera's."""
    height, width = page.image.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    period, angle = rng.uniform(2.2, 5), rng.uniform(-0.2, 0.2)
    along = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    across = y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))
    turn = np.float32(2 * np.pi / period)
    wave = np.sin(turn * along) * np.sin(turn * across)
    return clipped(page.image * (0.88 + 0.12 * wave)[:, :, None] * (0.93, 0.97, 1.0))


AFTERWARDS: Final[dict[str, Callable[[Page, _Rng], Bytes]]] = {
    "sharpened": sharpened,
    "denoised": denoised,
    "resaved": resaved,
    "thresholded": thresholded,
    "scanned": scanned,
    "whitened": whitened,
    "dithered": dithered,
    "few-colours": few_colours,
    "equalised": equalised,
    "faded": faded,
    "tinged": tinged,
    "night": night,
    "faxed": faxed,
    "copied": copied,
    "screened": screened,
}
