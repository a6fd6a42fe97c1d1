"""A job's folder: the shards that are finished, and what the job is.

Every part of the archive becomes one shard, under a name that follows from its number and put in
its place whole. So whatever is read twice, because a worker died or the job was stopped, is
written once.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from digitnet.errors import DigitnetError, RunError, UsageError
from digitnet.files import cannot_write, write_atomically
from digitnet.storage import open_filesystem

INDEX = "_job.json"  # Readers of Parquet folders pass over names that begin with an underscore.

BOX = pa.list_(pa.int32(), 4)
DIGIT = pa.struct({"digit": pa.int8(), "confidence": pa.float32(), "box": BOX})
LINE = pa.struct({"text": pa.string(), "box": BOX, "page": pa.int32(), "digits": pa.list_(DIGIT)})
SCHEMA = pa.schema(
    {"source": pa.string(), "text": pa.string(), "lines": pa.list_(LINE), "error": pa.string()}
)
"""A row a picture. Where it cannot be read, ``error`` says why and the others are null."""


@dataclass(frozen=True)
class JobSettings:
    """What decides a job's output.

    Attributes:
        source: what is read, as it was named in the call.
        archive_sha256: of the archive's listing.
        pictures: how many there are.
        parts: into how many parts they are divided.
        model_sha256: of the model that reads.
        min_confidence: digits less sure than this are ``?`` in the text.
    """

    source: str
    archive_sha256: str
    pictures: int
    parts: int
    model_sha256: str
    min_confidence: float


class JobFolder:
    """The folder of a job, local or on object storage.

    Args:
        out: its path or URI.
    """

    def __init__(self, out: str) -> None:
        self.out = out
        self._filesystem, self._path = open_filesystem(out)

    def start(self, settings: JobSettings, *, resume: bool) -> set[int]:
        """Begin a job here, or go on with it; return the numbers of the finished parts.

        Raises:
            UsageError: the folder holds something else, or a job with other settings.
            RunError: there is no job to go on with, or it is damaged.
            DigitnetError: the folder cannot be written.
        """
        names = self._names()
        if resume:
            self._check(settings)
            return {_part_number(name) for name in names if name.endswith(".parquet")}
        if INDEX in names:
            raise UsageError(
                "{folder} holds a job already; go on with it by --resume, or give another --out.",
                folder=self.out,
            )
        if names:
            raise UsageError("{folder} is not empty; give a new or empty --out.", folder=self.out)
        try:
            self._filesystem.create_dir(self._path, recursive=True)
        except OSError as error:
            raise cannot_write(Path(self.out), error) from error
        self._write(INDEX, json.dumps(asdict(settings), indent=2).encode())
        return set()

    def write_shard(self, part: int, rows: list[dict[str, Any]]) -> int:
        """Write a part's rows, whole or not at all, in the place of any that were there.

        Returns:
            The shard's bytes.

        Raises:
            DigitnetError: the disk is full, or the folder cannot be written.
        """
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), sink, compression="zstd")
        content = sink.getvalue()
        self._write(f"part-{part:07}.parquet", content)
        return int(content.size)

    def _names(self) -> set[str]:
        selector = fs.FileSelector(self._path, allow_not_found=True)
        try:
            found = self._filesystem.get_file_info(selector)
        except OSError as error:
            raise UsageError(
                "{source} cannot be opened: {reason}.",
                source=self.out,
                reason=error.strerror or error,
            ) from error
        # What was being written when a worker was killed is hidden, and written again.
        return {info.base_name for info in found if not info.base_name.startswith(".")}

    def _check(self, settings: JobSettings) -> None:
        try:
            with self._filesystem.open_input_stream(f"{self._path}/{INDEX}") as stream:
                recorded = JobSettings(**json.loads(stream.read()))
        except FileNotFoundError:
            raise RunError(
                "{folder} holds no job to go on with; leave out --resume.", folder=self.out
            ) from None
        except (OSError, ValueError, TypeError) as error:
            raise RunError(
                "{path} is damaged; give another --out to begin anew.", path=f"{self.out}/{INDEX}"
            ) from error
        if recorded.archive_sha256 != settings.archive_sha256:
            raise UsageError(
                "{source} is not what the job in {folder} began with, or has changed since; put it "
                "back, or give another --out.",
                source=settings.source,
                folder=self.out,
            )
        if recorded != settings and recorded.source == settings.source:
            raise UsageError(
                "The job in {folder} reads with another --model or --min-confidence; give the "
                "same, or another --out.",
                folder=self.out,
            )

    def _write(self, name: str, content: bytes | pa.Buffer) -> None:
        if isinstance(self._filesystem, fs.LocalFileSystem):
            write_atomically(Path(self._path, name), lambda partial: partial.write_bytes(content))
            return
        try:
            # On object storage an object appears when its stream is closed, whole.
            with self._filesystem.open_output_stream(f"{self._path}/{name}") as stream:
                stream.write(content)
        except OSError as error:
            raise DigitnetError(
                "{path} could not be written: {reason}.",
                path=f"{self.out}/{name}",
                reason=error.strerror or error,
            ) from error


def _part_number(name: str) -> int:
    digits = name.removeprefix("part-").removesuffix(".parquet")
    return int(digits) if digits.isdecimal() else -1
