"""Ours and what people would use instead, behind one method: a picture in, text out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._peers import MissingPeerError, Peer, environment

RAPIDOCR = "rapidocr-onnxruntime==1.4.4"


@dataclass(frozen=True)
class Read:
    """What a reader made of a picture.

    Attributes:
        text: lines of digits.
        seconds: that it took.
        confidences: of the digits of the text, in order, 0…1; none for a reader that gives none.
    """

    text: str
    seconds: float
    confidences: tuple[float, ...] = ()


class Reader(Protocol):
    """Something that reads pictures."""

    name: str
    version: str

    def read(self, image: NDArray[np.uint8], *, single: bool) -> Read:
        """Read a picture, uint8 (height, width, 3) RGB; `single`: of one digit, not of a page."""


class Ours:
    """digitnet, called as its users call it, with its own model or another: a run folder."""

    def __init__(self, model: Path | None = None) -> None:
        from digitnet import __version__
        from digitnet.reading import Reader as DigitnetReader

        self.name = "digitnet" if model is None else model.name[:11]
        self.version = __version__
        self._reader = DigitnetReader(model)

    def read(self, image: NDArray[np.uint8], *, single: bool) -> Read:  # noqa: ARG002
        """The same call for a page and for a digit."""
        start = time.perf_counter()
        reading = self._reader.read(image)
        seconds = time.perf_counter() - start
        return Read(reading.text, seconds, tuple(digit.confidence for digit in reading.digits))


class Tesseract:
    """The program of that name, told to expect digits."""

    name = "Tesseract"

    def __init__(self) -> None:
        self._program = shutil.which("tesseract")
        if self._program is None:
            raise MissingPeerError(
                "Tesseract is not installed, so its column is left out: "
                "apt-get install tesseract-ocr adds it."
            )
        listing = subprocess.run(
            [self._program, "--version"], capture_output=True, text=True, check=True
        )
        self.version = listing.stdout.split()[1]

    def read(self, image: NDArray[np.uint8], *, single: bool) -> Read:
        """A block of text (mode 6), or one character (mode 10). The time is a whole process's."""
        _, png = cv2.imencode(".png", image[:, :, ::-1])
        mode = "10" if single else "6"
        command = [str(self._program), "stdin", "stdout", "--psm", mode]
        command += ["-c", "tessedit_char_whitelist=0123456789"]
        # Its threads wait for each other by spinning: with one it is at least as fast, and on a
        # busy machine several times.
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        start = time.perf_counter()
        done = subprocess.run(
            command, input=png.tobytes(), capture_output=True, check=False, env=environment
        )
        return Read(done.stdout.decode("utf-8", "replace"), time.perf_counter() - start)


class RapidOcr:
    """RapidOCR on onnxruntime: finds lines of text, turns them upright, reads them.

    It lives in an environment of its own, because it brings an OpenCV that would take the place
    of the headless one, and works in a process of its own, that is asked picture by picture.
    """

    name = "RapidOCR"

    def __init__(self) -> None:
        worker = Path(__file__).with_name("_rapidocr_worker.py")
        self._peer = Peer(environment("rapidocr", [RAPIDOCR]), worker)
        self.version = str(self._peer.answer()["version"])

    def read(self, image: NDArray[np.uint8], *, single: bool) -> Read:  # noqa: ARG002
        """The full pipeline, as it comes. The time is taken in its own process."""
        height, width = image.shape[:2]
        answer = self._peer.ask({"height": height, "width": width}, image.tobytes())
        return Read(str(answer["text"]), float(answer["seconds"]))


def assemble(*, ours_only: bool, peers_only: bool, beside: Sequence[Path] = ()) -> list[Reader]:
    """Start the readers that take part; say which cannot.

    Args:
        ours_only: without the other programs.
        peers_only: without digitnet.
        beside: run folders, whose models digitnet reads with, too.
    """
    readers: list[Reader] = [] if peers_only else [Ours(model) for model in (None, *beside)]
    peers: list[type[RapidOcr] | type[Tesseract]] = [] if ours_only else [RapidOcr, Tesseract]
    for peer in peers:
        try:
            readers.append(peer())
        except MissingPeerError as error:
            print(error, file=sys.stderr)
    return readers
