"""How fast pages, a large photo and heaps of small pictures are read, and in how much memory."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks._peers import MissingPeerError, Peer
from benchmarks._readers import Ours, RapidOcr, Reader
from benchmarks._section import Section
from benchmarks._turns import take_turns
from digitnet.datasets import load_mnist
from digitnet.pages import CONDITIONS, compose

SEED = 7000  # of the first page: no page by which the reader was chosen
PHOTO = (4000, 3000)  # 12 megapixels
SMALL = 1000

Pages = list[NDArray[np.uint8]]


def measure(rounds: int) -> list[Section]:
    """Measure pages beside RapidOCR, then our own process with a photo and small pictures."""
    digits = load_mnist().validation
    pages = [compose(digits, condition, SEED) for condition in CONDITIONS]
    return [
        _pages(
            [page.image for page in pages],
            sum(len(line) for page in pages for line in page.lines),
            rounds,
        ),
        _process([page.image for page in pages], rounds),
    ]


def _pages(pages: Pages, digits: int, rounds: int) -> Section:
    readers: list[Reader] = [Ours()]
    notes = [
        f"{len(pages)} composed pages, one of each condition of `python -m benchmarks reading`, "
        f"{digits / len(pages):.0f} digits and {_megapixels(pages):.1f} megapixels a page on the "
        "mean, one page after the other."
    ]
    try:
        readers.append(RapidOcr())
    except MissingPeerError as error:
        notes.append(str(error))
    contestants = {reader.name: _seconds(reader, pages) for reader in readers}
    # A round is a whole book of pages: a few are enough.
    figures = take_turns(contestants, max(1, rounds // 2))
    rows: list[dict[str, object]] = [
        {
            "reader": reader.name,
            "version": reader.version,
            "pages/s": len(pages) / figures[reader.name].median,
            "ms a page": 1e3 * figures[reader.name].median / len(pages),
        }
        for reader in readers
    ]
    return Section("Reading: pages", rows, notes)


def _seconds(reader: Reader, pages: Pages) -> Callable[[], float]:
    def seconds() -> float:
        return sum(reader.read(page, single=False).seconds for page in pages)

    return seconds


def _megapixels(pages: Pages) -> float:
    return sum(page.size // 3 for page in pages) / len(pages) / 1e6


def _process(pages: Pages, rounds: int) -> Section:
    """A process that reads a photo of 12 megapixels, and one that reads small pictures."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = {
            "a photo of 12 megapixels, plain": [_photo(Path(folder) / "plain.jpg", pages[0])],
            "the same, difficult": [
                _photo(Path(folder) / "mixed.jpg", pages[CONDITIONS.index("mixed")])
            ],
            f"{SMALL:,} MNIST digits in one call": _small(Path(folder)),
        }
        rows = [_job(name, pictures, rounds) for name, pictures in jobs.items()]
    return Section(
        "Reading: within a process of our own",
        rows,
        ["Decoding included; medians. The largest memory is the whole process's."],
    )


def _job(name: str, pictures: Sequence[str], rounds: int) -> dict[str, object]:
    worker = Path(__file__).with_name("_reading_worker.py")
    with Peer(Path(sys.executable), worker, ours=True) as peer:
        answers = [peer.ask({"pictures": pictures}) for _ in range(rounds + 1)][1:]
    seconds = sorted(float(answer["seconds"]) for answer in answers)
    return {
        "what": name,
        "digits found": int(answers[0]["digits"]),
        "seconds": seconds[len(seconds) // 2],
        "largest memory, MB": float(answers[-1]["megabytes"]),
    }


def _photo(path: Path, page: NDArray[np.uint8]) -> str:
    large = cv2.resize(page, PHOTO, interpolation=cv2.INTER_CUBIC)
    Image.fromarray(np.asarray(large, np.uint8)).save(path, quality=92)
    return str(path)


def _small(folder: Path) -> list[str]:
    paths = []
    for number, image in enumerate(load_mnist().validation.images[:SMALL]):
        paths.append(str(folder / f"{number}.png"))
        Image.fromarray(255 - image).save(paths[-1])
    return paths
