"""From the pixels of a decoded picture, of any kind, to grey ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitnet.errors import ImageError

STRIP_PIXELS = 4_000_000  # large pictures turn grey strip by strip, to spare memory
MOST_WRITING = 0.5  # of a picture that is else transparent: where more is opaque, it has a page
LIGHT = 170  # brightness of writing on transparency, from which on white would hide it
THUMBNAIL = 256  # pixels of the longer side, in which one sees that
DEEP_MODES = {"I", "F", "I;16", "I;16B", "I;16L"}  # Pillow's, of more than 8 bits


def gray_from_image(image: Image.Image, work_pixels: int) -> NDArray[np.uint8]:
    """Return the current frame as uint8 (h, w), reduced by `reduction`, not yet turned upright."""
    factor = reduction(*image.size, work_pixels)
    if is_jpeg(image) and image.mode in {"L", "RGB", "YCbCr"}:
        # libjpeg leaves out the colours, and for a reduced size most of the arithmetic as well.
        left = draft(image, "L", factor)
        return reduce(np.asarray(image.convert("L")), left)
    image.load()
    if image.mode in DEEP_MODES:
        low, high = extent(image)
        return reduce(_in_strips(image, lambda strip: stretch(strip, low, high)), factor)
    paper = _paper_under(image)
    return reduce(_in_strips(image, lambda strip: _strip_to_gray(strip, paper)), factor)


def is_jpeg(image: Image.Image) -> bool:
    """Whether a picture is a JPEG, or several of which the first is shown."""
    return image.format in {"JPEG", "MPO"}


def draft(image: Image.Image, mode: str | None, factor: int) -> int:
    """Have a JPEG decoded in another mode, or None for its own, and with its sides divided.

    Returns:
        By how much they are left to be divided: libjpeg takes no side that is shorter than that.
    """
    width, height = image.size
    image.draft(mode, (max(1, width // factor), max(1, height // factor)))
    return factor if image.size == (width, height) else 1


def _in_strips(
    image: Image.Image, convert: Callable[[Image.Image], NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    width, height = image.size
    rows = max(8, STRIP_PIXELS // width // 8 * 8)
    if height <= rows:
        return convert(image)
    gray = np.empty((height, width), np.uint8)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        gray[top:bottom] = convert(image.crop((0, top, width, bottom)))
    return gray


def _strip_to_gray(strip: Image.Image, paper: int) -> NDArray[np.uint8]:
    if _is_transparent(strip):
        gray, alpha = _gray_and_alpha(strip)
        return ((gray * alpha + paper * (255 - alpha) + 127) // 255).astype(np.uint8)
    if strip.mode == "P":
        strip = strip.convert("RGB")
    return np.asarray(strip if strip.mode == "L" else strip.convert("L"))


def _gray_and_alpha(image: Image.Image) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    rgba = image.convert("RGBA")
    gray = rgba.convert("RGB").convert("L")
    return np.asarray(gray, np.uint16), np.asarray(rgba.getchannel("A"), np.uint16)


def _paper_under(image: Image.Image) -> int:
    """What shines through where a picture is transparent: white, or black under light writing."""
    if not _is_transparent(image):
        return 255
    small = image.convert("RGBA")
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.NEAREST)
    gray, alpha = _gray_and_alpha(small)
    opaque = alpha > 127
    is_writing = 0 < opaque.mean() < MOST_WRITING
    return 0 if is_writing and gray[opaque].mean() > LIGHT else 255


def _is_transparent(image: Image.Image) -> bool:
    return "transparency" in image.info or image.mode in {"RGBA", "LA", "PA", "La", "RGBa"}


def extent(image: Image.Image) -> tuple[float, float]:
    """Return the darkest and the brightest pixel of a picture of more than 8 bits.

    Raises:
        ValueError: they are not finite numbers.
    """
    low, high = image.getextrema()
    if not (isinstance(low, int | float) and np.isfinite(low) and np.isfinite(high)):
        raise ValueError("infinite pixels")
    return float(low), float(high)  # type: ignore[arg-type]


def stretch(pixels: Any, low: float, high: float) -> NDArray[np.uint8]:
    """Return more than 8 bits in 8: the darkest pixel becomes 0 and the brightest 255.

    Scanners and cameras rarely use all 16 bits, and the absolute level says nothing.
    """
    values = np.asarray(pixels, np.float32)
    stretched = np.clip((values - low) * (255.0 / max(high - low, 1e-9)), 0, 255)
    return np.asarray(stretched, np.uint8)


def check_array(array: NDArray[Any]) -> None:
    """Check that an array can hold the pixels of a picture.

    Raises:
        ImageError: its shape or its dtype is none of a picture.
    """
    channels = array.shape[2:]
    if array.ndim not in {2, 3} or channels not in {(), (1,), (3,), (4,)}:
        raise ImageError(
            "An array of shape {shape} is not a picture; give (height, width), "
            "(height, width, 3) or (height, width, 4).",
            shape=array.shape,
        )
    if array.dtype.kind not in "buif" or array.dtype.itemsize > 8:
        raise ImageError(
            "An array of {dtype} is not a picture; give bool, uint8, uint16 or float in 0…1.",
            dtype=array.dtype,
        )


def gray_from_array(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return an array that `check_array` lets pass as uint8 (h, w).

    Raises:
        ImageError: some pixels are not finite.
    """
    pixels = _pixels(array)
    if pixels.ndim == 2:
        return pixels
    image = Image.fromarray(pixels)
    paper = _paper_under(image)
    return _in_strips(image, lambda strip: _strip_to_gray(strip, paper))


def rgb_from_array(array: NDArray[Any], scale: int = 1) -> Image.Image:
    """Return an array that `check_array` lets pass as a picture of mode RGB, its sides divided.

    Raises:
        ImageError: some pixels are not finite.
    """
    return reduced(over_paper(Image.fromarray(_pixels(array))), scale)


def _pixels(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return pixels of any kind in 8 bits, (h, w) or (h, w, 3 or 4).

    0 and 1 are black and white, as masks and floats have them; 0…255 keep their level, and others
    are stretched.
    """
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ImageError("The array holds pixels that are not finite numbers.")
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    return stretch(array, low, high)


def reduction(width: int, height: int, work_pixels: int) -> int:
    """Return by how much sides are divided so that so many pixels are left: 1, 2, 4 or 8."""
    for factor in (1, 2, 4):
        if width * height <= work_pixels * factor * factor:
            return factor
    return 8


def reduce(gray: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Return a picture with its sides divided."""
    if factor == 1:
        return gray
    height, width = gray.shape
    size = (max(1, -(-width // factor)), max(1, -(-height // factor)))
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def reduced(image: Image.Image, factor: int) -> Image.Image:
    """Return a picture with its sides divided; the same one where they are divided by 1."""
    return image if factor == 1 else image.reduce(factor)


def turn(gray: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return a picture upright, by its EXIF orientation (EXIF 2.32, tag 0x0112)."""
    if orientation in {2, 4, 5, 7}:
        gray = gray[:, ::-1]
    turns = {3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}.get(orientation, 0)
    return np.ascontiguousarray(np.rot90(gray, turns))


def over_paper(image: Image.Image) -> Image.Image:
    """Return a picture in RGB, laid over white where it is transparent, or over black."""
    if _is_transparent(image):
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, (_paper_under(image),) * 3)
        return Image.alpha_composite(paper, rgba).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
