"""Reading an archive on Ray Data: tasks load the pictures, actors read them and write shards."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import pyarrow.parquet as pq
import ray
from ray.data import Dataset

from digitnet.cluster.archive import (
    Archive,
    Part,
    Share,
    find_archive,
    image_column,
    source_column,
)
from digitnet.cluster.job import JobFolder, JobSettings
from digitnet.errors import DigitnetError, ImageError
from digitnet.reading.classify import model_file
from digitnet.reading.decode import MAX_FILE_BYTES
from digitnet.reading.reader import Reader, check_confidence
from digitnet.storage import open_filesystem

# Actors that take every CPU would leave none for the tasks that bring them their pictures, and
# both would wait for ever. Loading is mostly waiting, so that a part of a CPU will do.
READING_CPUS = 0.75
LOADING_CPUS = 0.25

Row = dict[str, Any]


@dataclass(frozen=True)
class JobProgress:
    """How far a job has come.

    Attributes:
        pictures: how many there are.
        done: of them, those that earlier calls read included.
        digits: that this call has read.
        errors: pictures that this call could not read.
        seconds: since the first part was under way.
        pictures_per_second: of this call.
        seconds_left: at this rate.
    """

    pictures: int
    done: int
    digits: int
    errors: int
    seconds: float
    pictures_per_second: float
    seconds_left: float


def read_archive(
    source: str,
    out: str,
    *,
    model: Path | None = None,
    min_confidence: float = 0.0,
    address: str | None = None,
    resume: bool = False,
    workers: int | None = None,
) -> Iterator[JobProgress]:
    """Read an archive of pictures into Parquet, and yield how far it has come after every part.

    No picture is lost or there twice, whatever workers die on the way: see `digitnet.cluster.job`.

    Args:
        source: see `find_archive`.
        out: the folder for the shards, new or empty, local or a URI. On several machines all of
            them must see it.
        model: an ONNX file or a run folder; by default the model that ships.
        min_confidence: digits less sure than this, 0 to 1, are ``?`` in the text.
        address: of a Ray cluster, ``auto`` for the one that this machine belongs to; by default
            Ray is started here for the time of the job.
        resume: go on with the job in ``out``.
        workers: how many actors read; by default as many as there are CPUs.

    Raises:
        DigitnetError: one sentence says what is wrong.
    """
    check_confidence(min_confidence)
    # Opened here first: a model that cannot be used should be said before anything is started.
    Reader(model)
    content = model_file(model).read_bytes()
    archive = find_archive(source)
    folder = JobFolder(out)
    settings = JobSettings(
        source=source,
        archive_sha256=archive.sha256,
        pictures=archive.pictures,
        parts=len(archive.parts),
        model_sha256=hashlib.sha256(content).hexdigest(),
        min_confidence=min_confidence,
    )
    finished = folder.start(settings, resume=resume)
    rest = _unfinished(archive, finished)
    done = archive.pictures - sum(part.count for share in rest for part in share.parts)
    if not rest:
        yield JobProgress(archive.pictures, done, 0, 0, 0.0, 0.0, 0.0)
        return
    with _ray(address):
        cpus = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
        arguments = (out, content if model else None, min_confidence)
        # More workers than parts would have nothing to do, which Ray complains of.
        most = min(workers or cpus, sum(len(share.parts) for share in rest))
        rows = iter(_pipeline(rest, arguments, most).iter_rows())
        yield from _follow(rows, archive.pictures, done)


def _unfinished(archive: Archive, finished: set[int]) -> list[Share]:
    rest = []
    for share in archive.shares:
        parts = tuple(part for part in share.parts if part.number not in finished)
        if parts:
            rest.append(Share(parts, share.files, share.row_group))
    return rest


@contextmanager
def _ray(address: str | None) -> Iterator[None]:
    """Ray while a job runs: on the cluster at an address, or started here."""
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    # Its C++ part speaks past Python's logging, and of every healthy job: only what ends it counts.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        with _silent():
            ray.init(
                address=address or "local",
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
    except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
        raise DigitnetError(
            "Ray could not be reached or started ({reason}); check --address.",
            reason=str(error).strip().splitlines()[0],
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _silent() -> Iterator[None]:
    """Send file descriptor 2 nowhere."""
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _pipeline(shares: list[Share], arguments: tuple[Any, ...], workers: int) -> Dataset:
    shares_as_rows = ray.data.from_items(
        [{"share": share} for share in shares], override_num_blocks=len(shares)
    )
    context = shares_as_rows.context
    context.enable_progress_bars = False
    # A block a part: a larger one would leave workers idle, and double the memory.
    context.target_max_block_size = 1
    return shares_as_rows.flat_map(_load, num_cpus=LOADING_CPUS).map_batches(
        _ReadParts,
        fn_constructor_args=arguments,
        batch_size=None,
        concurrency=workers,
        num_cpus=READING_CPUS,
    )


def _follow(rows: Iterator[Row], pictures: int, done: int) -> Iterator[JobProgress]:
    """Add up what the parts report."""
    began, before = 0.0, done
    digits = errors = 0
    try:
        for row in rows:
            began = began or time.monotonic() - row["seconds"]
            seconds = max(time.monotonic() - began, 1e-9)
            done += row["pictures"]
            digits += row["digits"]
            errors += row["errors"]
            rate = (done - before) / seconds
            yield JobProgress(
                pictures, done, digits, errors, seconds, rate, (pictures - done) / rate
            )
    except ray.exceptions.RayError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, DigitnetError):
            cause = getattr(cause, "cause", None) or cause.__cause__
        if cause is not None:
            raise cause from None
        raise DigitnetError(
            "A worker failed: {reason} What is finished is kept; go on by --resume.",
            reason=str(error).strip().splitlines()[-1],
        ) from error


def _load(row: Row) -> Iterator[Row]:
    """Bring the pictures of a share, a part at a time. Runs as a task."""
    share: Share = row["share"]
    if share.row_group is not None:
        yield from _load_row_group(share.files[0], share.row_group, share.parts)
        return
    (part,) = share.parts
    loaded = [_load_file(uri) for uri in share.files]
    yield {
        "part": part.number,
        "sources": list(share.files),
        "contents": [content for content, _ in loaded],
        "errors": [error for _, error in loaded],
    }


def _load_file(uri: str) -> tuple[bytes, str]:
    """Return the file's content, or else why it cannot be opened."""
    try:
        filesystem, path = open_filesystem(uri)
        with filesystem.open_input_stream(path) as stream:
            # One byte more than allowed is enough to be refused.
            return stream.read(MAX_FILE_BYTES + 1), ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        template = "{name}: the file cannot be opened ({reason})."
        return b"", str(ImageError(template, name=uri, reason=reason))


def _load_row_group(uri: str, group: int, parts: tuple[Part, ...]) -> Iterator[Row]:
    filesystem, path = open_filesystem(uri)
    with filesystem.open_input_file(path) as stream, pq.ParquetFile(stream) as file:
        schema = file.schema_arrow
        image, name = image_column(schema, uri), source_column(schema)
        start = sum(file.metadata.row_group(k).num_rows for k in range(group))
        columns = [image, name] if name else [image]
        table = file.read_row_group(group, columns=columns)
    for part in parts:
        rows = table.slice(part.first, part.count)
        contents = [content or b"" for content in rows[image].to_pylist()]
        numbers = range(start + part.first, start + part.first + part.count)
        named = rows[name].to_pylist() if name else [None] * part.count
        yield {
            "part": part.number,
            "sources": [
                own or f"{uri}#{number}" for own, number in zip(named, numbers, strict=True)
            ],
            "contents": contents,
            "errors": [""] * part.count,
        }


class _ReadParts:
    """Reads parts, one after the other, in one thread. Runs as an actor."""

    def __init__(self, out: str, model: bytes | None, min_confidence: float) -> None:
        cv2.setNumThreads(1)
        self._folder = JobFolder(out)
        self._min_confidence = min_confidence
        self._reader = _reader(model)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        reports = [
            self._read(*part)
            for part in zip(
                batch["part"], batch["sources"], batch["contents"], batch["errors"], strict=True
            )
        ]
        return {key: [report[key] for report in reports] for key in reports[0]}

    def _read(self, part: int, sources: Any, contents: Any, errors: Any) -> Row:
        began, rows = time.monotonic(), []
        pictures = [content for content, error in zip(contents, errors, strict=True) if not error]
        results = iter(self._reader.read_many(pictures, self._min_confidence))
        for source, error in zip(sources, errors, strict=True):
            result = error or next(results)
            if isinstance(result, str | ImageError):
                rows.append({"source": source, "error": str(result)})
            else:
                rows.append({"source": source, **result.to_dict()})
        self._folder.write_shard(int(part), rows)
        return {
            "pictures": len(rows),
            "digits": sum(len(line["digits"]) for row in rows for line in row.get("lines", ())),
            "errors": sum("error" in row for row in rows),
            "seconds": time.monotonic() - began,
        }


def _reader(model: bytes | None) -> Reader:
    """The model comes as its content: the file may lie on another machine."""
    if model is None:
        return Reader(threads=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(model)
        return Reader(path, threads=1)
