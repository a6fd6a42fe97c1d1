"""Many pictures, one after the other: one that cannot be read does not stop the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitnet.errors import DigitnetError
from digitnet.files import cannot_write, write_atomically
from digitnet.reading.reader import Reader
from digitnet.reading.reading import Reading

STANDARD_INPUT = "-"
# Small pictures are read together, which is twice as fast; large ones alone, to spare memory.
GROUP_PICTURES = 64
GROUP_BYTES = 500_000


@dataclass(frozen=True)
class FileReading:
    """What became of one picture: a reading or an error.

    Attributes:
        image: as it was named in the call.
        reading: what stands on it; None where it could not be read.
        error: why it could not be read, or its copy could not be drawn.
    """

    image: str
    reading: Reading | None
    error: DigitnetError | None

    def to_dict(self, say: Callable[[DigitnetError], str] = str) -> dict[str, Any]:
        """Return what `digitnet read --json` prints; ``say`` puts the error into words."""
        if self.error is not None or self.reading is None:
            return {"image": self.image, "error": say(self.error) if self.error else ""}
        return {"image": self.image} | self.reading.to_dict()


def read_files(
    images: Sequence[str],
    *,
    model: str | Path | None = None,
    min_confidence: float = 0.0,
    annotate_into: Path | None = None,
) -> Iterator[FileReading]:
    """Read pictures in the order of their names.

    Args:
        images: paths, or ``-`` for standard input.
        model: an ONNX file or a run folder; by default the model that ships.
        min_confidence: digits less sure than this, 0…1, are ``?`` in the text.
        annotate_into: a folder for copies with what was read drawn on them; it is made if need be.

    Raises:
        DigitnetError: the model cannot be used, or the folder cannot be made.
    """
    if model is not None and Path(model).is_dir():
        model = Path(model) / "model.onnx"
    reader = Reader(model)
    if annotate_into is not None:
        try:
            annotate_into.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(annotate_into, error) from error
    names: set[str] = set()
    for group in _groups(images):
        sources = [sys.stdin.buffer.read() if name == STANDARD_INPUT else name for name in group]
        for image, result in zip(group, reader.read_many(sources, min_confidence), strict=True):
            if isinstance(result, DigitnetError):
                yield FileReading(image, None, result)
                continue
            try:
                if annotate_into is not None:
                    _annotate(result, annotate_into / _free_name(image, names))
            except DigitnetError as error:
                yield FileReading(image, None, error)
            else:
                yield FileReading(image, result, None)


def _groups(images: Sequence[str]) -> Iterator[list[str]]:
    """Yield neighbouring pictures that are small enough to be read together."""
    group: list[str] = []
    size = 0
    for image in images:
        own = _size(image)
        if group and (size + own > GROUP_BYTES or len(group) == GROUP_PICTURES):
            yield group
            group, size = [], 0
        group.append(image)
        size += own
    if group:
        yield group


def _size(image: str) -> int:
    try:
        return Path(image).stat().st_size
    except OSError:
        return 0  # What cannot be opened is said when it is read.


def _free_name(image: str, taken: set[str]) -> str:
    """Return a name for the copy that no other copy of this call has."""
    stem = "stdin" if image == STANDARD_INPUT else Path(image).stem
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name)
    return f"{name}.png"


def _annotate(reading: Reading, path: Path) -> None:
    picture = reading.annotate()
    write_atomically(path, lambda partial: picture.save(partial, format="PNG"))
