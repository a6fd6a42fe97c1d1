"""Pictures read a second in one thread, on all, and on Ray.

Single digits (MNIST's validation digits as PNG) are read from Parquet. Rates on Ray count from the
moment when the first part is under way, so that Ray's own start is left out. Bytes and rates are
what docs/scale.md computes the cost of large archives from.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from benchmarks._machine import machine, versions
from digitnet.cluster.read import read_archive
from digitnet.datasets import load_mnist
from digitnet.reading import Reader
from digitnet.reading.files import read_files

ROW_GROUP = 5000


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, and write the JSON that was asked for."""
    parser = argparse.ArgumentParser("python -m benchmarks scale", description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.pictures, options.workers)
    print(f"{machine()}; {options.pictures:,} single digits")
    for name, value in figures.items():
        print(f"{name:<28} {value:>10,.1f}")
    if options.json:
        report = {"machine": machine(), "versions": versions("ray", "pyarrow", "onnxruntime")}
        text = json.dumps({**report, "pictures": options.pictures, **figures}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def measure(folder: Path, count: int, workers: Sequence[int]) -> dict[str, float]:
    """Return pictures a second for every way of reading, and bytes a picture."""
    pictures = _pictures(count)
    archive = folder / "archive.parquet"
    table = pa.table({"image": pa.array(pictures, pa.binary())})
    pq.write_table(table, archive, row_group_size=ROW_GROUP)
    figures = {
        "one thread, pictures/s": _plain(pictures),
        "digitnet read, pictures/s": _read_files(folder, pictures),
    }
    for number in workers:
        out = folder / f"out-{number}"
        *_, last = read_archive(str(archive), str(out), workers=number)
        figures[f"Ray, workers {number}, pictures/s"] = last.pictures_per_second
        shards = sum(path.stat().st_size for path in out.glob("*.parquet"))
    figures["input, bytes a picture"] = archive.stat().st_size / count
    if workers:
        figures["output, bytes a picture"] = shards / count
    return figures


def _pictures(count: int) -> list[bytes]:
    images, pictures = load_mnist().validation.images, []
    for number in range(count):
        buffer = io.BytesIO()
        Image.fromarray(255 - images[number % len(images)]).save(buffer, "PNG")
        pictures.append(buffer.getvalue())
    return pictures


def _plain(pictures: list[bytes]) -> float:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    reader, began = Reader(threads=1), time.perf_counter()
    reader.read_many(pictures)
    seconds = time.perf_counter() - began
    cv2.setNumThreads(before)
    return len(pictures) / seconds


def _read_files(folder: Path, pictures: list[bytes]) -> float:
    names = []
    for number, content in enumerate(pictures):
        path = folder / f"{number:07}.png"
        path.write_bytes(content)
        names.append(str(path))
    began = time.perf_counter()
    read = sum(1 for _ in read_files(names))
    return read / (time.perf_counter() - began)
