"""Folders of images, one folder for each digit: ``0/`` to ``9/``."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from digitnet.datasets.digits import CLASSES, SIDE, Digits
from digitnet.datasets.parts import PART_NAMES, PartName, Parts, arrays_sha256
from digitnet.datasets.source_file import cannot_read, entries
from digitnet.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM", "WEBP")
"""Pillow knows more, some of which start other programs to decode a file."""

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".pgm", ".ppm", ".webp"}

_CLASS_NAMES = {str(digit) for digit in range(CLASSES)}


def read_image_folder(folder: Path) -> Parts:
    """Read ``0/…9/`` in a folder, or in ``train/``, ``test/`` and ``validation/`` in it.

    Images are 28×28. Grey ones are taken as they are, where MNIST has dark paper (0) and bright
    ink (255); colour is converted to grey.

    Raises:
        DataError: a folder has another name, or an image is damaged or of another size.
    """
    folders = [entry for entry in entries(folder) if entry.is_dir()]
    for each in folders:
        if each.name not in _CLASS_NAMES and each.name.casefold() not in PART_NAMES:
            raise DataError(
                "{path} is no folder for a digit (0 to 9) nor one of train, validation and test: "
                "rename or remove it.",
                path=each,
            )
    parts = [each for each in folders if each.name not in _CLASS_NAMES]
    if parts and len(parts) != len(folders):
        raise DataError(
            "{path} holds folders for digits beside {part}: move them into train, or remove one "
            "or the other.",
            path=folder,
            part=parts[0].name,
        )
    digits: dict[PartName, Digits] = {}
    if parts:
        digits |= _read_parts(parts)
    else:
        digits["whole"] = _read_classes(folder)
    return Parts(digits, {"images and labels": arrays_sha256(digits)})


def is_image(path: Path) -> bool:
    """Tell whether a file has the name of an image."""
    return path.is_file() and path.suffix.casefold() in _SUFFIXES


def _read_parts(folders: list[Path]) -> dict[PartName, Digits]:
    digits: dict[PartName, Digits] = {}
    paths: dict[PartName, Path] = {}
    for folder in folders:
        part = PART_NAMES[folder.name.casefold()]
        if part in paths:
            raise DataError(
                "{first} and {second} are both the {part} part: keep one of them.",
                first=paths[part],
                second=folder,
                part=part,
            )
        paths[part] = folder
        digits[part] = _read_classes(folder)
    return digits


def _read_classes(folder: Path) -> Digits:
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for class_folder in entries(folder):
        if class_folder.name not in _CLASS_NAMES or not class_folder.is_dir():
            raise DataError(
                "{path} is no folder for a digit (0 to 9), unlike its neighbours: rename or "
                "remove it.",
                path=class_folder,
            )
        for path in entries(class_folder):
            if not is_image(path):
                raise DataError(
                    "{path} is no image (png, jpg, bmp, gif, tif, pgm, ppm, webp): remove it.",
                    path=path,
                )
            images.append(_read_image(path))
            labels.append(int(class_folder.name))
    if not images:
        raise DataError("{path} holds no digits.", path=folder)
    return Digits(np.stack(images), np.array(labels, dtype=np.uint8))


def _read_image(path: Path) -> NDArray[np.uint8]:
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            # Pillow warns of oddities in files that it then reads all the same.
            warnings.simplefilter("ignore")
            return decode_image(file, path)
    except OSError as error:
        raise cannot_read(path, error) from error


def decode_image(file: BinaryIO, name: object) -> NDArray[np.uint8]:
    """Return one image as (28, 28) uint8.

    Args:
        file: open at the image's first byte.
        name: what a message calls it: its path, or where else it stands.

    Raises:
        DataError: it is damaged, of another size, or not plain grey or colour of 8 bits.
        OSError: the system does not let it be read.
    """
    from PIL import Image

    try:
        with Image.open(file, formats=_FORMATS) as image:
            # The size stands in the header: a huge image is refused without decoding it.
            if image.size != (SIDE, SIDE):
                raise DataError(
                    "{path} is {width}×{height} pixels, not 28×28: scale it, or remove it.",
                    path=name,
                    width=image.width,
                    height=image.height,
                )
            return _grey(image, name)
    except DataError:
        raise
    except Image.DecompressionBombError as error:
        raise DataError(
            "{path} has far more than 28×28 pixels: scale it, or remove it.", path=name
        ) from error
    # Pillow's decoders raise many kinds of exceptions for files that are damaged.
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DataError(
            "{path} is damaged or no image: replace or remove it.", path=name
        ) from error


def _grey(image: Image.Image, name: object) -> NDArray[np.uint8]:
    if image.mode.startswith(("I", "F")):
        raise DataError(
            "{path} has more than 8 bits a pixel (Pillow's mode {mode}): save it with 8 bits.",
            path=name,
            mode=image.mode,
        )
    if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] != 255:
        raise DataError(
            "{path} has transparent pixels, which are neither paper nor ink: save it without.",
            path=name,
        )
    return np.asarray(image.convert("L"))
