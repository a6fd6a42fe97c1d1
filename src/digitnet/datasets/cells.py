"""The cells of Parquet and Arrow tables: what must stand in them, and their images decoded."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from digitnet.datasets.digits import CLASSES, SIDE
from digitnet.datasets.image_folder import decode_image
from digitnet.errors import DataError
from digitnet.messages import say

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

PIXELS = SIDE * SIDE

# What the first and last bytes of almost every image are: PNG, 28×28, 8 bits, grey.
_HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + 2 * SIDE.to_bytes(4) + b"\x08\0\0\0\0"
_TAIL = b"IEND\xaeB`\x82"


class Cells(NamedTuple):
    """Rows of a table.

    Attributes:
        images: (N,) of encoded images, as bytes; or (N, 784) uint8.
        labels: (N,) uint8, 0 to 9.
    """

    images: NDArray[Any]
    labels: NDArray[np.uint8]


@dataclass(frozen=True)
class Row:
    """A row of a file, as a message calls it: counted from 1.

    Attributes:
        path: of the file.
        number: from 0.
    """

    path: str
    number: int

    def __str__(self) -> str:
        return say("{path}, row {row}", path=self.path, row=self.number + 1)


def check_schema(schema: pa.Schema, path: str) -> None:
    """Check that a file has digits in it.

    Raises:
        DataError: the column ``image`` or ``label`` is missing, or of an unsuited type.
    """
    for column, suits in (("image", _holds_images), ("label", _holds_labels)):
        if column not in schema.names:
            raise DataError(
                "{path} has no column {column}: digits need a column image (encoded images, or "
                "784 whole numbers each) and a column label; here are {columns}.",
                path=path,
                column=column,
                columns=", ".join(schema.names) or "–",
            )
        if not suits(schema.field(column).type):
            raise DataError(
                "{path}: the column {column} holds values of type {type}; digits need images as "
                "encoded bytes or as 784 whole numbers each, and labels as whole numbers.",
                path=path,
                column=column,
                type=schema.field(column).type,
            )


def _holds_images(kind: pa.DataType) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):  # The images of Hugging Face's datasets: {bytes, path}.
        return any(f.name == "bytes" and _is_binary(f.type) for f in kind)
    return _is_binary(kind) or (_is_list(kind) and pa.types.is_integer(kind.value_type))


def _holds_labels(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind))


def _is_binary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    checks = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(check(kind) for check in checks)


def to_cells(table: pa.Table, path: str, first: int) -> Cells:
    """Return the cells of a table that `check_schema` let pass.

    Args:
        table: with the columns ``image`` and ``label``.
        path: what a message calls its file.
        first: the number of the table's first row in the file, from 0.

    Raises:
        DataError: a cell is empty, a label is no digit, or an image has not 784 values.
    """
    return Cells(_images(table["image"], path, first), to_labels(table["label"], path, first))


def to_labels(column: pa.ChunkedArray, path: str, first: int) -> NDArray[np.uint8]:
    """Return labels, (N,) uint8; see `to_cells`."""
    _refuse_empty(column, "label", path, first)
    labels: NDArray[np.integer] = column.to_numpy()
    wrong = (labels < 0) | (labels >= CLASSES)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            "{path}: label {row} is {label}, which is no digit from 0 to 9: correct or remove it.",
            path=path,
            row=first + row + 1,
            label=labels[row],
        )
    return labels.astype(np.uint8)


def _images(column: pa.ChunkedArray, path: str, first: int) -> NDArray[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_struct(column.type):
        column = pc.struct_field(column, "bytes")
    _refuse_empty(column, "image", path, first)
    if _is_binary(column.type):
        images = np.empty(len(column), object)
        images[:] = column.to_pylist()
        return images
    lengths = pc.list_value_length(column).to_numpy()
    if (lengths != PIXELS).any():
        row = int(np.argmax(lengths != PIXELS))
        raise DataError(
            "{path} has {count} values as its image, not 784: correct or remove it.",
            path=Row(path, first + row),
            count=lengths[row],
        )
    pixels = pc.list_flatten(column)
    # A missing value becomes one that is out of range.
    values = pc.fill_null(pixels.cast(pa.int64(), safe=False), -1) if pixels.null_count else pixels
    array: NDArray[np.integer] = values.to_numpy()
    wrong = (array < 0) | (array > 255)
    if wrong.any():
        raise DataError(
            "{path} has a pixel that is no whole number from 0 to 255: correct or remove it.",
            path=Row(path, first + int(np.argmax(wrong)) // PIXELS),
        )
    return array.astype(np.uint8).reshape(-1, PIXELS)


def _refuse_empty(column: pa.ChunkedArray, name: str, path: str, first: int) -> None:
    if column.null_count:
        row = int(np.argmax(column.is_null().to_numpy()))
        raise DataError(
            "{path} has no {column}: fill or remove it.",
            path=Row(path, first + row),
            column=name,
        )


def decode(content: bytes, row: Row) -> NDArray[np.uint8]:
    """Return one encoded image as (28, 28) uint8.

    Raises:
        DataError: it is damaged, of another size, or not plain grey or colour of 8 bits.
    """
    import cv2

    if content.startswith(_HEAD) and content.endswith(_TAIL):
        # Five times as fast as Pillow, which is asked about whatever OpenCV cannot read.
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        if image is not None and image.shape == (SIDE, SIDE) and image.dtype == np.uint8:
            return np.asarray(image, np.uint8)
    return decode_image(BytesIO(content), row)
