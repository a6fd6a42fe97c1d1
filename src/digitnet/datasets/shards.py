"""Files of Parquet or Arrow, anywhere that pyarrow reaches: their blocks, and one block's rows.

A block is what can be read by itself: a row group of Parquet, a record batch of Arrow. How many
rows it has stands in the file's footer, so that a set is known without being read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from digitnet.datasets.cells import Cells, check_schema, to_cells, to_labels
from digitnet.datasets.digits import CLASSES
from digitnet.datasets.parts import PART_NAMES, PartName
from digitnet.datasets.source_file import entries
from digitnet.errors import DataError, UsageError
from digitnet.storage import check_pyarrow, open_filesystem, reason

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import fs

_PARQUET = (".parquet", ".pq")
_ARROW = (".arrow", ".feather")

# Of each file, so many of its last bytes go into the checksum: the footer lies there.
_END_BYTES = 65_536


@dataclass(frozen=True)
class Block:
    """Rows that are read together.

    Attributes:
        path: of their file, in its file system.
        index: of the row group or record batch in the file.
        first: the number of its first row in the file, from 0.
        count: how many rows it has.
    """

    path: str
    index: int
    first: int
    count: int


@dataclass(frozen=True)
class Shards:
    """A set of files.

    Attributes:
        filesystem: where they lie.
        blocks: of every part, in the order of the files' names; either of ``whole`` alone or of
            any of the others.
        sha256: over every file's name, size and end.
    """

    filesystem: fs.FileSystem
    blocks: dict[PartName, tuple[Block, ...]]
    sha256: str

    def read(self, block: Block) -> Cells:
        """Return a block's rows.

        Raises:
            DataError: the file cannot be read, or a cell does not hold what it must.
        """
        with _opened(self.filesystem, block.path) as file:
            return to_cells(_read_block(file, block), block.path, block.first)


def holds_shards(path: Path) -> bool:
    """Tell whether a path is a file of Parquet or Arrow, or a folder with such files in it."""
    if not path.is_dir():
        return _is_shard(path.name)
    # Folders of images, whose names are single digits, may hold very many files.
    folders = [each for each in entries(path) if each.is_dir() and len(each.name) > 1]
    return any(_is_shard(each.name) for folder in (path, *folders) for each in entries(folder))


def find_shards(source: str) -> Shards:
    """Find the files of a set and read their footers.

    Args:
        source: a file, or a folder with all that lies in it; a path or a URI.

    Raises:
        UsageError: there is nothing there.
        DataError: a file is damaged, or holds no digits.
        DigitnetError: pyarrow is not installed.
    """
    check_pyarrow(source)
    import pyarrow as pa

    try:
        filesystem, path = open_filesystem(source)
        files = _list(filesystem, path, source)
    except (OSError, pa.ArrowException) as error:
        raise UsageError(
            "{source} cannot be opened: {reason}.", source=source, reason=reason(error)
        ) from error
    digest = hashlib.sha256()
    blocks: dict[PartName, list[Block]] = {}
    for info, part in zip(files, _parts(files, path), strict=True):
        with _opened(filesystem, info.path) as file:
            digest.update(f"{info.path.removeprefix(path)}\n{info.size}\n".encode())
            digest.update(_end(file, info.size))
            blocks.setdefault(part, []).extend(_blocks(file, info.path))
    empty = [part for part, found in blocks.items() if not found]
    if empty or not blocks:
        raise DataError("{path} holds no digits.", path=source)
    return Shards(filesystem, {part: tuple(b) for part, b in blocks.items()}, digest.hexdigest())


def _is_shard(name: str) -> bool:
    return name.casefold().endswith(_PARQUET + _ARROW) and not name.startswith((".", "_"))


def _list(filesystem: fs.FileSystem, path: str, source: str) -> list[fs.FileInfo]:
    from pyarrow import fs

    info = filesystem.get_file_info(path)
    if info.type == fs.FileType.NotFound:
        raise UsageError("There is nothing at {path}; check the name.", path=source)
    if info.type == fs.FileType.File:
        return [info]
    found = filesystem.get_file_info(fs.FileSelector(path, recursive=True))
    shards = [each for each in found if each.is_file and _is_shard(each.base_name)]
    return sorted(shards, key=lambda each: str(each.path))


def _parts(files: list[fs.FileInfo], folder: str) -> list[PartName]:
    """The part that every file belongs to, by the name of a folder or the beginning of its own."""
    parts = [_part(str(file.path).removeprefix(folder)) for file in files]
    if "whole" in parts and len(set(parts)) > 1:
        raise DataError(
            "{path} belongs to no part, unlike {other}: let its name begin with train, "
            "validation or test, or remove it.",
            path=files[parts.index("whole")].path,
            other=next(f.path for f, part in zip(files, parts, strict=True) if part != "whole"),
        )
    return parts


def _part(path: str) -> PartName:
    *folders, name = PurePosixPath(path.casefold()).parts or ("",)
    words = [*reversed(folders), re.split(r"[^a-z0-9]", name)[0]]
    return next((PART_NAMES[word] for word in words if word in PART_NAMES), "whole")


@contextmanager
def _opened(filesystem: fs.FileSystem, path: str) -> Iterator[Any]:
    import pyarrow as pa

    try:
        with filesystem.open_input_file(path) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        raise DataError(
            "{path} cannot be read: {reason}.", path=path, reason=reason(error)
        ) from error


def _end(file: Any, size: int) -> bytes:
    file.seek(max(0, size - _END_BYTES))
    return bytes(file.read(_END_BYTES))


def _is_parquet(path: str) -> bool:
    return path.casefold().endswith(_PARQUET)


def _blocks(file: Any, path: str) -> Iterator[Block]:
    """The blocks of an opened file that have rows, with no wrong label as far as is known."""
    rows = _parquet_rows(file, path) if _is_parquet(path) else _arrow_rows(file, path)
    first = 0
    for index, count in enumerate(rows):
        if count:
            yield Block(path, index, first, count)
        first += count


def _parquet_rows(file: Any, path: str) -> Iterator[int]:
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(file)
    check_schema(parquet.schema_arrow, path)
    first = 0
    for index in range(parquet.num_row_groups):
        group = parquet.metadata.row_group(index)
        columns = (group.column(k) for k in range(group.num_columns))
        known = next(c.statistics for c in columns if c.path_in_schema == "label")
        if known and known.has_min_max and not 0 <= known.min <= known.max < CLASSES:
            to_labels(parquet.read_row_group(index, ["label"])["label"], path, first)
        yield int(group.num_rows)
        first += group.num_rows


def _arrow_rows(file: Any, path: str) -> Iterator[int]:
    from pyarrow import ipc

    schema = ipc.open_file(file).schema
    check_schema(schema, path)
    # Its footer does not tell how many rows a record batch has: the labels do.
    labels = ipc.open_file(file, options=_only(schema, ["label"]))
    first = 0
    for index in range(labels.num_record_batches):
        column = labels.get_batch(index)["label"]
        to_labels(column, path, first)
        yield len(column)
        first += len(column)


def _only(schema: pa.Schema, columns: list[str]) -> Any:
    from pyarrow import ipc

    return ipc.IpcReadOptions(included_fields=[schema.get_field_index(name) for name in columns])


def _read_block(file: Any, block: Block) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import ipc

    columns = ["image", "label"]
    if _is_parquet(block.path):
        return pq.ParquetFile(file).read_row_group(block.index, columns, use_threads=False)
    options = _only(ipc.open_file(file).schema, columns)
    return pa.Table.from_batches([ipc.open_file(file, options=options).get_batch(block.index)])
