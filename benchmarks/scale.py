"""Pictures read a second: one thread, several processes, and Ray.

Single digits (MNIST's validation digits as PNG) are read from Parquet. Rates on Ray count from the
moment when the first part is under way, so that Ray's own start is left out. Bytes and rates are
what docs/scale.md computes the cost of large archives from. Memory is of all processes together.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from benchmarks._machine import machine, versions
from benchmarks._memory import peak_of_family
from digitnet.cluster.read import read_archive
from digitnet.datasets import load_mnist
from digitnet.reading import Reader
from digitnet.reading.files import read_files

PLAIN = 5000  # Pictures that are read without Ray; the rate does not depend on how many.


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
        print(f"{name:<46} {value:>10,.1f}")
    if options.json:
        report = {"machine": machine(), "versions": versions("ray", "pyarrow", "onnxruntime")}
        text = json.dumps({**report, "pictures": options.pictures, **figures}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def measure(folder: Path, count: int, workers: Sequence[int]) -> dict[str, float]:
    """Return pictures a second for every way of reading, and bytes a picture."""
    pictures = _pictures(min(count, PLAIN))
    archive = folder / "archive.parquet"
    _write_archive(archive, pictures, count)
    figures = {
        "one thread, pictures/s": _plain(pictures),
        "digitnet read, pictures/s": _read_files(folder, pictures),
    }
    for number in workers:
        figures[f"{number} threads, a process each, pictures/s"] = _beside(pictures, number)
        out = folder / f"out-{number}"
        with peak_of_family() as peak:
            *_, last = read_archive(str(archive), str(out), workers=number)
        figures[f"Ray, workers {number}, pictures/s"] = last.pictures_per_second
        figures[f"Ray, workers {number}, peak MB"] = peak[0]
        shards = sum(path.stat().st_size for path in out.glob("*.parquet"))
    figures["input, bytes a picture"] = archive.stat().st_size / count
    if workers:
        figures["output, bytes a picture"] = shards / count
    return figures


def _pictures(count: int) -> list[bytes]:
    """So many of the validation digits as PNG."""
    pictures = []
    for image in load_mnist().validation.images[:count]:
        buffer = io.BytesIO()
        Image.fromarray(255 - image).save(buffer, "PNG")
        pictures.append(buffer.getvalue())
    return pictures


def _write_archive(path: Path, pictures: list[bytes], count: int) -> None:
    """Write ``count`` pictures, the same over and over, a row group at a time.

    What is measured is the memory of reading: nothing of the archive stays in this process.
    """
    table = pa.table({"image": pa.array(pictures, pa.binary())})
    with pq.ParquetWriter(path, table.schema) as writer:
        for start in range(0, count, len(pictures)):
            writer.write_table(table.slice(0, count - start), row_group_size=len(pictures))


def _plain(pictures: list[bytes]) -> float:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    reader, began = Reader(threads=1), time.perf_counter()
    reader.read_many(pictures)
    seconds = time.perf_counter() - began
    cv2.setNumThreads(before)
    return len(pictures) / seconds


def _beside(pictures: list[bytes], processes: int) -> float:
    """What the machine itself gives to so many loops beside each other: their rates' sum."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context) as pool:
        return sum(pool.map(_plain, [pictures] * processes))


def _read_files(folder: Path, pictures: list[bytes]) -> float:
    names = []
    for number, content in enumerate(pictures):
        path = folder / f"{number:07}.png"
        path.write_bytes(content)
        names.append(str(path))
    began = time.perf_counter()
    read = sum(1 for _ in read_files(names))
    return read / (time.perf_counter() - began)
