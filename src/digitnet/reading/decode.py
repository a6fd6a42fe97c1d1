"""From bytes, a path, a Pillow image or an array to upright grey pages.

Every limit on untrusted input stands at the top of this file. The kind of a file is taken from its
first bytes, never from its name.
"""

from __future__ import annotations

import io
import logging
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from digitnet.errors import ImageError
from digitnet.reading.gray import (
    DEEP_MODES,
    check_array,
    draft,
    extent,
    gray_from_array,
    gray_from_image,
    is_jpeg,
    over_paper,
    reduce,
    reduced,
    reduction,
    rgb_from_array,
    stretch,
    turn,
)
from digitnet.reading.hush import hushed, quiet

MAX_PIXELS = 100_000_000  # of one picture
MAX_FILE_BYTES = 128 * 2**20
MAX_PAGES = 50  # of one TIFF file
MAX_TOTAL_PIXELS = 200_000_000  # of all pages of one TIFF file
MIN_SIDE = 6  # below this no digit can be told from another
MAX_ASPECT = 200  # a picture longer than this is a line, not a page
WORK_PIXELS = 5_000_000  # larger pictures are analysed at 1/2, 1/4 or 1/8 of their size

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")

# Without a handler, what Pillow logs of damaged files would go to standard error.
logging.getLogger("PIL").addHandler(logging.NullHandler())

_Stored: TypeAlias = "bytes | bytearray | memoryview | str | os.PathLike[str] | Image.Image"
_Unstored: TypeAlias = "_Stored | BinaryIO"
Source: TypeAlias = "_Unstored | np.ndarray"
"""What can be read: an encoded picture, the path of one or a file that is open for reading bytes,
a Pillow image, or an array of pixels (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA. Arrays are
uint8, bool or whole numbers 0 and 1, float in 0…1, or any other real numbers: where these go
beyond 0…255, the least becomes black and the largest white."""


class InColour(Protocol):
    """Decodes a picture, with its sides divided by a whole number."""

    def __call__(self, scale: int = 1) -> Image.Image:
        """Return it in mode RGB, upright."""


@dataclass(frozen=True, eq=False)
class Page:
    """One upright page.

    Attributes:
        gray: uint8 (h, w), 0 black … 255 white, at 1/``scale`` of the picture's size.
        scale: pixels of the upright picture for one pixel of ``gray``: 1, 2, 4 or 8.
        width: of the upright picture, in pixels.
        height: of the upright picture, in pixels.
        name: the file's name, or "image".
        rgb: decodes the picture again, in colour (mode RGB, upright), in full size or with its
            sides divided. It holds the encoded picture or its path, not this page, and can be
            pickled.
    """

    gray: NDArray[np.uint8]
    scale: int
    width: int
    height: int
    name: str
    rgb: InColour = field(repr=False)


def decode(source: Source) -> list[Page]:
    """Decode a picture into grey pages: one, or as many as a TIFF file has.

    Args:
        source: see `Source`.

    Returns:
        The pages, upright (EXIF orientation applied); what is transparent is white, or black under
        light writing.

    Raises:
        ImageError: the picture cannot be read, is damaged, too large or too small.
    """
    if isinstance(source, np.ndarray):
        return [_page_of_array(source)]
    stored, name = _stored(source)
    with quiet, _clear_errors(name), _open(stored, name) as image:
        pages, total = [], 0
        for index in _page_indices(image, name):
            image.seek(index)
            _check_size(image.size, name)
            _check_mode(image.mode, name)
            total += image.width * image.height
            if total > MAX_TOTAL_PIXELS:
                raise ImageError(
                    "{name}: the pages of this file have more than {limit} million pixels "
                    "together; read them one by one.",
                    name=name,
                    limit=MAX_TOTAL_PIXELS // 1_000_000,
                )
            full = image.size
            with hushed() if image.format == "TIFF" else nullcontext():
                gray = gray_from_image(image, WORK_PIXELS)
            if image.format == "TIFF":
                full = image.size  # Pillow has turned this one upright already
            orientation = image.getexif().get(0x0112, 1)
            gray = turn(gray, orientation)
            width, height = full if orientation not in {5, 6, 7, 8} else full[::-1]
            scale = max(1, round(max(full) / max(gray.shape)))
            rgb = partial(_decode_rgb, stored, name, index)
            pages.append(Page(gray, scale, width, height, name, rgb))
    return pages


def _page_of_array(array: NDArray[Any]) -> Page:
    check_array(array)
    height, width = array.shape[:2]
    _check_size((width, height), "image")
    factor = reduction(width, height, WORK_PIXELS)
    gray = reduce(gray_from_array(array), factor)
    return Page(gray, factor, width, height, "image", partial(rgb_from_array, array))


def _stored(source: _Unstored) -> tuple[_Stored, str]:
    """What can be opened more than once, and how it is called in sentences."""
    if isinstance(source, bytes | bytearray | memoryview | Image.Image):
        return source, "image"
    if isinstance(source, str | os.PathLike):
        return source, str(os.fspath(source))
    if hasattr(source, "read"):
        named = getattr(source, "name", None)
        name = named if isinstance(named, str) else "image"
        return _read_bytes(source, name), name
    raise ImageError(
        "{kind} is not a picture; give a path, bytes, an open file, a Pillow image or an array.",
        kind=type(source).__name__,
    )


def _open(stored: _Stored, name: str) -> Image.Image:
    """Open without decoding the pixels."""
    if isinstance(stored, Image.Image):
        _check_size(stored.size, name)
        # A copy: decoding must not move the caller's image to another frame.
        return stored.copy()
    if isinstance(stored, bytes | bytearray | memoryview):
        data = bytes(stored)
    else:
        data = _read_file(stored, name)
    if not data:
        raise ImageError("{name}: the file is empty.", name=name)
    if len(data) > MAX_FILE_BYTES:
        raise _too_many_bytes(name)
    if _is_heif(data):
        _load_heif_plugin(name)
        return Image.open(io.BytesIO(data), formats=("HEIF",))
    return Image.open(io.BytesIO(data), formats=FORMATS)


def _read_file(path: str | os.PathLike[str], name: str) -> bytes:
    if not name:
        raise ImageError("The name of the picture is empty.")
    try:
        if Path(path).is_dir():
            raise ImageError(
                "{name}: this is a folder, not a picture; give the pictures in it.", name=name
            )
        with Path(path).open("rb") as file:
            return _read_bytes(file, name)
    except FileNotFoundError:
        if "://" in name:
            raise ImageError(
                "{name}: this is an address; download the picture first.", name=name
            ) from None
        raise ImageError("{name}: there is no such file.", name=name) from None
    except (OSError, ValueError) as error:
        raise _cannot_open(name, error) from None


def _read_bytes(file: BinaryIO, name: str) -> bytes:
    try:
        # One byte more than allowed is enough to know, whatever the file system says.
        data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _cannot_open(name, error) from None
    if not isinstance(data, bytes):
        raise ImageError("{name}: open the file for reading bytes, with “rb”.", name=name)
    return data


def _cannot_open(name: str, error: OSError | ValueError) -> ImageError:
    reason = getattr(error, "strerror", None) or str(error)
    return ImageError("{name}: the file cannot be opened ({reason}).", name=name, reason=reason)


def _is_heif(data: bytes) -> bool:
    brands = {b"heic", b"heim", b"heis", b"heix", b"hevc", b"hevm", b"hevs", b"mif1", b"msf1"}
    return data[4:8] == b"ftyp" and data[8:12] in brands


def _load_heif_plugin(name: str) -> None:
    try:
        from pillow_heif import register_heif_opener  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise ImageError(
            "{name}: this is a HEIC picture; install the package pillow-heif to read it, or save "
            "it as JPEG.",
            name=name,
        ) from None
    register_heif_opener()


def _page_indices(image: Image.Image, name: str) -> Iterator[int]:
    """The pages to read: all of a TIFF file, else the first frame."""
    if image.format != "TIFF":
        yield 0
        return
    index = 0
    while True:
        try:
            image.seek(index)
        except EOFError:
            return
        if index == MAX_PAGES:
            raise ImageError(
                "{name}: this file has more than {limit} pages; split it.",
                name=name,
                limit=MAX_PAGES,
            )
        yield index
        index += 1


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageError(
            "{name}: the picture has {width} × {height} pixels, more than the {limit} million "
            "allowed; make it smaller.",
            name=name,
            width=width,
            height=height,
            limit=MAX_PIXELS // 1_000_000,
        )
    if min(size) < MIN_SIDE or max(size) > MAX_ASPECT * min(size):
        raise ImageError(
            "{name}: the picture has {width} × {height} pixels, too few in one direction to hold "
            "a digit (at least {limit} are needed).",
            name=name,
            width=width,
            height=height,
            limit=max(MIN_SIDE, -(-max(size) // MAX_ASPECT)),
        )


def _decode_rgb(stored: _Stored, name: str, index: int, scale: int = 1) -> Image.Image:
    with quiet, _clear_errors(name), _open(stored, name) as opened:
        opened.seek(index)
        left = draft(opened, None, scale) if is_jpeg(opened) else scale
        with hushed() if opened.format == "TIFF" else nullcontext():
            opened.load()
        ImageOps.exif_transpose(opened, in_place=True)
        if opened.mode in DEEP_MODES:
            in_colour = over_paper(Image.fromarray(stretch(opened, *extent(opened))))
        else:
            in_colour = over_paper(opened)
        return reduced(in_colour, left)


def _check_mode(mode: str, name: str) -> None:
    if mode in {"LAB", "La"}:
        raise ImageError(
            "{name}: colours of the kind {mode} are not read here; save the picture as RGB.",
            name=name,
            mode=mode,
        )


@contextmanager
def _clear_errors(name: str) -> Iterator[None]:
    """Whatever a decoder raises on damaged bytes becomes one `ImageError`."""
    try:
        yield
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError(
            "{name}: this is not a picture that can be read here; give JPEG, PNG, WebP, BMP, "
            "TIFF, GIF or HEIC.",
            name=name,
        ) from None
    except Image.DecompressionBombError:
        raise ImageError(
            "{name}: the picture claims more than the {limit} million pixels allowed; make it "
            "smaller.",
            name=name,
            limit=MAX_PIXELS // 1_000_000,
        ) from None
    except _DECODER_ERRORS:
        raise ImageError(
            "{name}: the picture is damaged or cut short; save or send it again.", name=name
        ) from None


# What Pillow's decoders are known to raise on damaged data.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    EOFError,
    MemoryError,
    ZeroDivisionError,
    NotImplementedError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
)


def _too_many_bytes(name: str) -> ImageError:
    return ImageError(
        "{name}: the file is larger than the {limit} MiB allowed; make it smaller.",
        name=name,
        limit=MAX_FILE_BYTES // 2**20,
    )
