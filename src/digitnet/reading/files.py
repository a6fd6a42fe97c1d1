"""Many pictures, one after the other: one that cannot be read does not stop the others."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import cv2

from digitnet.errors import DigitnetError, ImageError
from digitnet.files import cannot_write, write_atomically
from digitnet.reading.decode import Source
from digitnet.reading.reader import Reader
from digitnet.reading.reading import Reading

STANDARD_INPUT = "-"
# Small pictures are read together, which is twice as fast; large ones alone, to spare memory.
GROUP_PICTURES = 64
GROUP_BYTES = 500_000
# Below this the mean picture is a digit or two, whose reading is mostly Python: threads would only
# wait for one another. Measured, 2 cores: 2,000 single digits 4.7 s in one thread and 5.9 s in two,
# 40 pages 3.1 s and 2.1 s.
SMALL_BYTES = 2000
GROUPS_AHEAD = 2  # a thread, begun before the first is asked for: enough that no thread waits

Results: TypeAlias = "list[Reading | ImageError]"


@dataclass(frozen=True)
class FileReading:
    """What became of one picture: a reading or an error.

    Attributes:
        image: as it was named in the call.
        reading: what stands on it; None where it could not be read.
        error: why it could not be read, or its copy could not be drawn or written.
    """

    image: str
    reading: Reading | None
    error: DigitnetError | None

    def to_dict(self, say: Callable[[DigitnetError], str] = str) -> dict[str, Any]:
        """Return what `digitnet read --json` prints; ``say`` puts the error into words."""
        result: dict[str, Any] = {"image": self.image}
        if self.reading is not None:
            result |= self.reading.to_dict()
        return result if self.error is None else result | {"error": say(self.error)}


def read_files(
    images: Sequence[str],
    *,
    model: str | Path | None = None,
    min_confidence: float = 0.0,
    annotate_into: Path | None = None,
) -> Iterator[FileReading]:
    """Read pictures, pages on all processors, and yield what became of them in order.

    However many there are, only some are in memory at any time: for each processor a few large
    ones, or a few groups of small ones.

    Args:
        images: paths, or ``-`` for standard input.
        model: an ONNX file or a run folder; by default the model that ships.
        min_confidence: digits less sure than this, 0…1, are ``?`` in the text.
        annotate_into: a folder for copies with what was read drawn on them; it is made if need be,
            and no file that is there is overwritten.

    Raises:
        UsageError: ``min_confidence`` is no probability.
        DigitnetError: the model cannot be used, or the folder cannot be made.
    """
    threads = _useful_threads(images)
    reader = Reader(model, threads=1 if threads > 1 else None)
    if annotate_into is not None:
        _make_folder(annotate_into)
    for group, results in _read_groups(reader, images, min_confidence, threads):
        for image, result in zip(group, results, strict=True):
            if isinstance(result, DigitnetError):
                yield FileReading(image, None, result)
                continue
            try:
                if annotate_into is not None:
                    _annotate(result, _free_path(annotate_into, image))
            except DigitnetError as error:
                yield FileReading(image, result, error)
            else:
                yield FileReading(image, result, None)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _useful_threads(images: Sequence[str]) -> int:
    """How many threads read these pictures fastest, by the size of the first."""
    some = images[:GROUP_PICTURES]
    if sum(map(_size, some)) < SMALL_BYTES * len(some):
        return 1
    return min(processors(), len(images))


def _read_groups(
    reader: Reader, images: Sequence[str], min_confidence: float, threads: int
) -> Iterator[tuple[list[str], Results]]:
    """Read groups of pictures in threads that share the reader; yield them in order."""

    def read(group: list[str]) -> Results:
        return reader.read_many(map(_source, group), min_confidence)

    groups = _groups(images, min(GROUP_PICTURES, -(-len(images) // max(1, threads))))
    if threads <= 1:
        for group in groups:
            yield group, read(group)
        return
    begun: deque[tuple[list[str], Future[Results]]] = deque()
    with _opencv_in_one_thread(), ThreadPoolExecutor(threads) as pool:
        try:
            for group in groups:
                begun.append((group, pool.submit(read, group)))
                if len(begun) > GROUPS_AHEAD * threads:
                    yield _wait(*begun.popleft())
            while begun:
                yield _wait(*begun.popleft())
        finally:
            for _, future in begun:
                future.cancel()


def _source(name: str) -> Source:
    if name != STANDARD_INPUT:
        return name
    return sys.stdin.buffer if sys.stdin else b""  # Python has none where it was closed.


def _wait(group: list[str], future: Future[Results]) -> tuple[list[str], Results]:
    return group, future.result()


@contextmanager
def _opencv_in_one_thread() -> Iterator[None]:
    """Where every processor has a picture of its own, OpenCV's threads would only wait."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _groups(images: Sequence[str], most: int) -> Iterator[list[str]]:
    """Yield up to ``most`` neighbouring pictures that are small enough to be read together."""
    group: list[str] = []
    size = 0
    for image in images:
        own = _size(image)
        if group and (size + own > GROUP_BYTES or len(group) == most):
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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise DigitnetError(
            "{path} is a file, not a folder; name another place for the copies.", path=folder
        ) from None
    except OSError as error:
        raise cannot_write(folder, error) from error


def _free_path(folder: Path, image: str) -> Path:
    """Where to put a picture's copy: where nothing is yet, lest it replace the picture itself."""
    stem = "stdin" if image == STANDARD_INPUT else Path(image).stem
    names = (f"{stem}{'' if number == 1 else f'-{number}'}.png" for number in count(1))
    return next(path for name in names if not (path := folder / name).exists())


def _annotate(reading: Reading, path: Path) -> None:
    picture = reading.annotate()
    write_atomically(path, lambda partial: picture.save(partial, format="PNG"))
