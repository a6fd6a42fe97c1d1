"""IDX, the format of the original MNIST files.

Described on LeCun's page, http://yann.lecun.com/exdb/mnist/: two zero bytes, a byte for the type
of the items, a byte for the number of dimensions, each dimension as a big-endian 32-bit number,
then the items, row by row.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from digitnet.datasets.digits import SIDE, Digits
from digitnet.datasets.parts import PART_NAMES, PartName, Parts, labelled
from digitnet.datasets.source_file import entries, file_sha256, open_source
from digitnet.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TYPES: dict[int, np.dtype[Any]] = {0x08: np.dtype(np.uint8), 0x0C: np.dtype(">i4")}
_MOST_DIMENSIONS = 3

_NAME = re.compile(
    r"(?P<set>.*-)?(?P<part>train|t10k|test|validation|val)"
    r"-(?P<content>images|labels)[-.]idx[13]-ubyte(?P<gz>\.gz)?"
)
"""``train-images-idx3-ubyte`` and its siblings; EMNIST's have the name of a set before it."""

_CHUNK = 1 << 20


def is_idx(path: Path) -> bool:
    """Tell whether a file has the name of one of MNIST's files, or one made alike."""
    return path.is_file() and _NAME.fullmatch(path.name) is not None


def read_idx_folder(folder: Path) -> Parts:
    """Read the IDX files in a folder.

    Where a file lies there both plain and as ``.gz``, the plain one is read.

    Raises:
        DataError: a file is damaged or misses its sibling, or two claim the same part.
    """
    digits: dict[PartName, Digits] = {}
    sha256: dict[str, str] = {}
    for part, (images, labels) in _pairs(folder).items():
        digits[part] = _read_pair(images, labels)
        sha256 |= {path.name: file_sha256(path) for path in (images, labels)}
    return Parts(digits, sha256)


def read_idx_file(path: Path) -> Parts:
    """Read one images file and the labels file beside it; either of the two may be given.

    Raises:
        DataError: a file is damaged, or the other is not there.
    """
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise DataError(
            "{path} is not named like MNIST's files, such as train-images-idx3-ubyte: rename it.",
            path=path,
        )
    images, labels = _siblings(path, match)
    sha256 = {each.name: file_sha256(each) for each in (images, labels)}
    return Parts({"whole": _read_pair(images, labels)}, sha256)


def read_idx_array(path: Path) -> NDArray[Any]:
    """Return the array in an IDX file of unsigned bytes or of 32-bit integers.

    Raises:
        DataError: the file is no IDX file, has items of another type, or is longer or shorter
            than its header says.
    """
    with open_source(path) as stream:
        start = stream.read(4)
        if not _is_header(start):
            raise DataError(
                "{path} is no IDX file of bytes, though its name says so: its first bytes are "
                "{start}. Get the file again.",
                path=path,
                start=start.hex(" "),
            )
        dtype, dimensions = _TYPES[start[2]], start[3]
        shape = np.frombuffer(_read_exactly(stream, 4 * dimensions, path), ">u4").tolist()
        # Python's numbers do not overflow, whatever a hostile header claims.
        length = math.prod(shape, start=dtype.itemsize)
        if length == 0:
            raise DataError("{path} holds no digits.", path=path)
        content = _read_exactly(stream, length, path)
        if stream.read(1):
            raise DataError(
                "{path} goes on after the {length} bytes that its header announces: get the file "
                "again.",
                path=path,
                length=length,
            )
    array: NDArray[Any] = np.frombuffer(content, dtype).reshape(shape)
    return array


def _is_header(start: bytes) -> bool:
    return (
        len(start) == 4
        and start[:2] == b"\0\0"
        and start[2] in _TYPES
        and 1 <= start[3] <= _MOST_DIMENSIONS
    )


def _read_exactly(stream: BinaryIO, length: int, path: Path) -> bytearray:
    # In pieces, so that memory grows with what is there and not with what a header claims.
    content = bytearray()
    while len(content) < length:
        piece = stream.read(min(_CHUNK, length - len(content)))
        if not piece:
            raise DataError(
                "{path} breaks off: its header announces {length} bytes and {found} follow. Get "
                "the file again.",
                path=path,
                length=length,
                found=len(content),
            )
        content += piece
    return content


def _read_pair(images_path: Path, labels_path: Path) -> Digits:
    images = read_idx_array(images_path)
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise DataError(
            "{path} holds {dtype} items of shape {shape}, not images of 28×28 bytes: convert it.",
            path=images_path,
            dtype=images.dtype.name,
            shape=images.shape,
        )
    labels = read_idx_array(labels_path)
    if labels.dtype != np.uint8 or labels.ndim != 1:
        raise DataError(
            "{path} holds {dtype} items of shape {shape}, not one byte for each label: convert it.",
            path=labels_path,
            dtype=labels.dtype.name,
            shape=labels.shape,
        )
    return labelled(images, labels, images_path, labels_path)


def _pairs(folder: Path) -> dict[PartName, tuple[Path, Path]]:
    """Return the images file and the labels file of every part in a folder."""
    found: dict[tuple[PartName, str], Path] = {}
    pairs: dict[PartName, tuple[Path, Path]] = {}
    for path in entries(folder):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        key = (PART_NAMES[match["part"]], match["content"])
        other = found.get(key)
        if other is None:
            found[key] = path
            pairs[key[0]] = _siblings(path, match)
        # A packed file comes right after the same file unpacked, which is quicker to read.
        elif path.name != f"{other.name}.gz":
            raise DataError(
                "{first} and {second} are both the {part} part: keep one of them.",
                first=other,
                second=path,
                part=key[0],
            )
    return pairs


def _siblings(path: Path, match: re.Match[str]) -> tuple[Path, Path]:
    """Return the images file and the labels file to which ``path`` belongs."""
    part = f"{match['set'] or ''}{match['part']}"
    pair = []
    for content in ("images-idx3", "labels-idx1"):
        names = [f"{part}-{content}-ubyte", f"{part}-{content.replace('-', '.')}-ubyte"]
        packed = [f"{name}.gz" for name in names]
        candidates = [path.with_name(name) for name in (*names, *packed)]
        if content.startswith(match["content"]):
            candidates.insert(0, path)
        there = [each for each in candidates if each.is_file()]
        if not there:
            raise DataError(
                "{missing} is not beside {path}: images and labels belong together. Put it there.",
                missing=names[0],
                path=path,
            )
        pair.append(there[0])
    return pair[0], pair[1]
