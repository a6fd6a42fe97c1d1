"""What there is to read: an archive of pictures, divided into parts that are read one by one.

The division follows from the archive alone, so that a job which goes on finds the very same parts.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from digitnet.errors import DataError, UsageError
from digitnet.storage import open_filesystem, reason

# A worker that dies costs no more than a part's work, and many parts keep all workers busy to the
# end; but the shards of a large archive should be no crumbs.
FEWEST_PICTURES, MOST_PICTURES = 64, 10_000  # of a part
# Every part costs about 50 ms on its way, in which a worker may have to wait: a tenth of the time
# in which it reads 512 single digits.
FEWEST_SMALL, SMALL_PART_BYTES = 512, 256 * 2**10
USUAL_PARTS = 1000
PART_BYTES = 32 * 2**20  # encoded; a few parts a worker are in memory at any time
UNKNOWN_BYTES = 2**20  # taken for the size of a picture where asking would take too long

IMAGE_COLUMNS = ("image", "bytes")
SOURCE_COLUMNS = ("source", "path", "filename")


@dataclass(frozen=True)
class Part:
    """Pictures that are read together and make one shard of the output.

    Attributes:
        number: from 0, in the order of the archive.
        first: of its pictures, counted in the share's row group; 0 for files.
        count: how many pictures.
    """

    number: int
    first: int
    count: int


@dataclass(frozen=True)
class Share:
    """What one loading task takes: either files of one part, or the parts of a row group.

    Attributes:
        parts: one for files, one or more for a row group.
        files: the pictures' paths or URIs, or the one Parquet file.
        row_group: of the Parquet file; None where the files are pictures.
    """

    parts: tuple[Part, ...]
    files: tuple[str, ...]
    row_group: int | None = None


@dataclass(frozen=True)
class Archive:
    """All there is to read.

    Attributes:
        shares: in order.
        sha256: over every file's name and size: whether the archive has changed.
    """

    shares: tuple[Share, ...]
    sha256: str

    @property
    def parts(self) -> list[Part]:
        """All parts in order."""
        return [part for share in self.shares for part in share.parts]

    @property
    def pictures(self) -> int:
        """How many pictures there are."""
        return sum(part.count for part in self.parts)


@dataclass(frozen=True)
class _File:
    uri: str
    size: int


def find_archive(source: str) -> Archive:
    """Find the pictures and divide them into parts.

    Args:
        source: a folder, with all that lies in it; a pattern with ``*`` or ``?``; a Parquet file,
            or a folder or pattern of such; or a text file with a path or URI a line. Each may be a
            URI that pyarrow's file systems know, such as ``s3://bucket/folder``.

    Raises:
        UsageError: there is nothing there, or it is nothing of these.
        DataError: a Parquet file is damaged or holds no pictures.
    """
    try:
        files = _list(source)
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(
            "{source} cannot be opened: {reason}.", source=source, reason=reason(error)
        ) from error
    if not files:
        raise UsageError("There are no pictures in {source}; check the name.", source=source)
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.uri}\n{file.size}\n".encode())
    is_parquet = {file.uri.endswith(".parquet") for file in files}
    if len(is_parquet) > 1:
        raise UsageError(
            "{source} holds both Parquet files and others; name one kind by a pattern.",
            source=source,
        )
    shares = _row_group_shares(files) if is_parquet == {True} else _file_shares(files)
    return Archive(tuple(shares), digest.hexdigest())


def image_column(schema: pa.Schema, name: str) -> str:
    """Return the column with the pictures' bytes: `IMAGE_COLUMNS`, or else the only binary one.

    Raises:
        DataError: there is none, or more than one.
    """
    binary = [
        field.name
        for field in schema
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)
    ]
    named = [column for column in IMAGE_COLUMNS if column in binary]
    if len(named or binary) != 1:
        raise DataError(
            "{path} must have one column of image bytes, called image; its columns are {columns}.",
            path=name,
            columns=", ".join(schema.names),
        )
    return (named or binary)[0]


def source_column(schema: pa.Schema) -> str | None:
    """Return the column that names the pictures, if there is one of `SOURCE_COLUMNS`."""
    named = (column for column in SOURCE_COLUMNS if column in schema.names)
    return next((c for c in named if pa.types.is_string(schema.field(c).type)), None)


def _list(source: str) -> list[_File]:
    if any(sign in source for sign in "*?"):
        return _match(source)
    filesystem, path = open_filesystem(source)
    info = filesystem.get_file_info(path)
    if info.type == fs.FileType.NotFound:
        raise UsageError("There is nothing at {path}; check the name.", path=source)
    prefix = _prefix(source)
    if info.type == fs.FileType.Directory:
        found = filesystem.get_file_info(fs.FileSelector(path, recursive=True))
        return _files(found, prefix)
    if source.endswith(".parquet"):
        return [_File(prefix + path, info.size)]
    return _read_list(source, filesystem, path)


def _match(pattern: str) -> list[_File]:
    """The files whose path fits, folder by folder: ``*`` stands for no slash."""
    filesystem, path = open_filesystem(pattern)
    wanted = path.split("/")
    fixed = next(i for i, name in enumerate(wanted) if any(sign in name for sign in "*?"))
    base = fs.FileSelector("/".join(wanted[:fixed]), allow_not_found=True, recursive=True)
    return [
        file
        for file in _files(filesystem.get_file_info(base), _prefix(pattern))
        if _fits(file.uri.removeprefix(_prefix(pattern)).split("/"), wanted)
    ]


def _fits(names: list[str], wanted: list[str]) -> bool:
    return len(names) == len(wanted) and all(map(fnmatch.fnmatchcase, names, wanted))


def _files(found: list[fs.FileInfo], prefix: str) -> list[_File]:
    """The files of a listing in the order of their names, without hidden ones."""
    files = [
        _File(prefix + info.path, info.size)
        for info in found
        if info.type == fs.FileType.File and not info.base_name.startswith((".", "_"))
    ]
    return sorted(files, key=lambda file: file.uri)


def _prefix(source: str) -> str:
    scheme, separator, _ = source.partition("://")
    return scheme + separator if separator else ""


def _read_list(source: str, filesystem: fs.FileSystem, path: str) -> list[_File]:
    with filesystem.open_input_stream(path) as stream:
        content = stream.read()
    try:
        names = [line for line in content.decode("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise UsageError(
            "{source} is no list of pictures; give a folder, a pattern, Parquet, or a text file "
            "with a path a line.",
            source=source,
        ) from None
    return [
        _File(name, UNKNOWN_BYTES)
        if "://" in name
        else _File(os.path.abspath(name), _local_size(name))  # noqa: PTH100
        for name in names
    ]


def _local_size(name: str) -> int:
    try:
        return os.stat(name).st_size  # noqa: PTH116 (a million times: Path is slower)
    except (OSError, ValueError):
        return 0  # What cannot be opened is said in its row.


def _part_size(pictures: int, size: int) -> int:
    """How many of an archive's pictures, which have so many bytes together, make a part."""
    fitting = SMALL_PART_BYTES * pictures // max(1, size)
    fewest = min(FEWEST_SMALL, max(FEWEST_PICTURES, fitting))
    return min(MOST_PICTURES, max(fewest, -(-pictures // USUAL_PARTS)))


def _file_shares(files: list[_File]) -> Iterator[Share]:
    most = _part_size(len(files), sum(file.size for file in files))
    number, start, size = 0, 0, 0
    for index, file in enumerate(files):
        if index > start and (index - start == most or size + file.size > PART_BYTES):
            yield _share_of_files(number, files[start:index])
            number, start, size = number + 1, index, 0
        size += file.size
    yield _share_of_files(number, files[start:])


def _share_of_files(number: int, files: list[_File]) -> Share:
    return Share((Part(number, 0, len(files)),), tuple(file.uri for file in files))


def _row_group_shares(files: list[_File]) -> Iterator[Share]:
    groups = [(file.uri, *group) for file in files for group in _row_groups(file.uri)]
    most = _part_size(sum(rows for _, _, rows, _ in groups), sum(size for *_, size in groups))
    number = 0
    for uri, group, rows, size in groups:
        step = max(1, min(most, PART_BYTES * rows // max(1, size)))
        bounds = [*range(0, rows, step), rows]
        parts = tuple(
            Part(number + k, first, last - first)
            for k, (first, last) in enumerate(pairwise(bounds))
        )
        if rows:
            yield Share(parts, (uri,), group)
            number += len(parts)


def _row_groups(uri: str) -> list[tuple[int, int, int]]:
    """Every row group's index, rows and bytes."""
    filesystem, path = open_filesystem(uri)
    try:
        with filesystem.open_input_file(path) as stream:
            metadata = pq.read_metadata(stream)
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError("{path} is no Parquet file, or is damaged.", path=uri) from error
    image_column(metadata.schema.to_arrow_schema(), uri)
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    return [(k, group.num_rows, group.total_byte_size) for k, group in enumerate(groups)]
