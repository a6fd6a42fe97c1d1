"""Every kind of picture that people send, made here with Pillow, gives the same grey page."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from digitnet.errors import ImageError
from digitnet.reading import decode as module
from digitnet.reading.decode import decode


def scene(width: int = 60, height: int = 40) -> Image.Image:
    """Light paper with one dark square in the upper left quarter."""
    image = Image.new("L", (width, height), 230)
    image.paste(20, (width // 8, height // 8, width // 3, height // 3))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def corner_is_dark(gray: np.ndarray) -> bool:
    height, width = gray.shape
    dark = gray[height // 5, width // 5]
    paper = gray[height * 3 // 4, width * 3 // 4]
    return bool(dark < 60 and paper > 200)


pillow_heif.register_heif_opener()
HEIC = encoded(scene().convert("RGB"), "HEIF")

PICTURES = {
    "heic": HEIC,
    "jpeg": encoded(scene(), "JPEG"),
    "jpeg in colour": encoded(scene().convert("RGB"), "JPEG"),
    "jpeg in CMYK": encoded(scene().convert("CMYK"), "JPEG"),
    "progressive jpeg": encoded(scene(), "JPEG", progressive=True),
    "png": encoded(scene(), "PNG"),
    "png in colour": encoded(scene().convert("RGB"), "PNG"),
    "png with alpha": encoded(scene().convert("RGBA"), "PNG"),
    "png with grey and alpha": encoded(scene().convert("LA"), "PNG"),
    "png with palette": encoded(scene().convert("P"), "PNG"),
    "png of 1 bit": encoded(scene().convert("1"), "PNG"),
    "png of 16 bits": encoded(Image.fromarray(np.asarray(scene(), np.uint16) * 16), "PNG"),
    "webp": encoded(scene().convert("RGB"), "WEBP"),
    "lossless webp": encoded(scene().convert("RGBA"), "WEBP", lossless=True),
    "bmp": encoded(scene(), "BMP"),
    "bmp of 1 bit": encoded(scene().convert("1"), "BMP"),
    "tiff": encoded(scene(), "TIFF"),
    "tiff with LZW": encoded(scene().convert("RGB"), "TIFF", compression="tiff_lzw"),
    "fax": encoded(scene().convert("1"), "TIFF", compression="group4"),
    "tiff of floats": encoded(Image.fromarray(np.asarray(scene(), np.float32) / 255), "TIFF"),
    "tiff of 16 bits": encoded(Image.fromarray(np.asarray(scene(), np.uint16) * 257), "TIFF"),
    "gif": encoded(scene(), "GIF"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_every_kind_of_file_gives_the_same_page(name: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong-extension.txt"
    path.write_bytes(PICTURES[name])
    (page,) = decode(path)
    assert page.gray.dtype == np.uint8
    assert page.gray.shape == (40, 60)
    assert corner_is_dark(page.gray)
    assert corner_is_dark(np.asarray(page.rgb().convert("L")))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_the_page_stands_upright_whatever_the_camera_noted(orientation: int, kind: str) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = scene().transpose(undo[orientation]) if orientation > 1 else scene()
    exif = Image.Exif()
    exif[0x0112] = orientation
    (page,) = decode(encoded(stored, kind, exif=exif))
    assert (page.width, page.height) == (60, 40)
    assert corner_is_dark(page.gray)
    assert page.rgb().size == (60, 40)
    assert corner_is_dark(np.asarray(page.rgb().convert("L")))


def test_what_is_transparent_is_white() -> None:
    ink = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    ink.paste((0, 0, 0, 255), (8, 6, 20, 13))
    (page,) = decode(ink)
    assert corner_is_dark(page.gray)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_under_light_writing_what_is_transparent_is_black(mode: str) -> None:
    ink = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    ink.paste((255, 255, 240, 255), (8, 6, 20, 13))
    source = encoded(ink.quantize(16), "PNG") if mode == "P" else ink.convert(mode)
    (page,) = decode(source)
    assert corner_is_dark(255 - page.gray)
    assert corner_is_dark(255 - np.asarray(page.rgb().convert("L")))


def test_a_light_page_with_transparent_edges_is_laid_over_white() -> None:
    page = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    page.paste((250, 250, 250, 255), (4, 4, 56, 36))
    assert decode(page)[0].gray.min() > 240


def test_all_pages_of_a_tiff_and_the_first_frame_of_a_gif() -> None:
    frames = [scene(), scene(80, 50), scene(30, 90)]
    tiff = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert [(p.width, p.height) for p in decode(tiff)] == [(60, 40), (80, 50), (30, 90)]
    assert decode(tiff)[2].rgb().size == (30, 90)
    gif = encoded(frames[0], "GIF", save_all=True, append_images=[scene().rotate(90)])
    assert len(decode(gif)) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_large_pictures_are_reduced_and_remember_their_size(kind: str) -> None:
    (page,) = decode(encoded(scene(3001, 2003), kind))
    assert (page.width, page.height) == (3001, 2003)
    assert page.scale == 2
    assert page.gray.shape == (1002, 1501)
    assert corner_is_dark(page.gray)
    assert page.rgb().size == (3001, 2003)
    reduced = page.rgb(page.scale)
    assert (reduced.mode, reduced.size) == ("RGB", (1501, 1002))
    assert corner_is_dark(np.asarray(reduced.convert("L")))


@pytest.mark.parametrize(
    "array",
    [
        np.asarray(scene()),
        np.asarray(scene())[:, :, None],
        np.asarray(scene().convert("RGB")),
        np.asarray(scene().convert("RGBA")),
        np.asarray(scene()) > 128,
        (np.asarray(scene()) > 128).astype(np.uint8),
        (np.asarray(scene()) > 128).astype(np.int64),
        np.asarray(scene(), np.float64) / 255,
        np.asarray(scene(), np.float32),
        np.asarray(scene(), np.uint16) * 100,
        np.asarray(scene(), np.int64),
    ],
)
def test_arrays_of_any_type(array: np.ndarray) -> None:
    (page,) = decode(array)
    assert corner_is_dark(page.gray)
    assert page.rgb().size == (60, 40)


@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.float32, np.int16, np.bool_, np.complex64]),
        hnp.array_shapes(min_dims=0, max_dims=4, max_side=12),
    )
)
def test_an_array_is_a_page_or_one_sentence(array: np.ndarray) -> None:
    try:
        (page,) = decode(array)
    except ImageError as error:
        assert str(error).endswith(".")  # noqa: PT017
    else:
        assert page.gray.dtype == np.uint8
        assert page.gray.shape == array.shape[:2]


def test_the_callers_image_stays_where_it_was() -> None:
    frames = [scene(), scene(80, 50)]
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    image = Image.open(io.BytesIO(data))
    image.seek(1)
    (page,) = decode(image)
    assert (page.width, page.height) == (80, 50)
    assert image.tell() == 1


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "empty"),
        (b"not a picture at all", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (PICTURES["png"][:-40], "damaged"),
        (PICTURES["jpeg"][:-100], "damaged"),
        (png_claiming(50_000, 50_000), "100 million pixels"),
        (png_claiming(11_000, 10_000), "100 million"),
        (encoded(scene(5, 40), "PNG"), "5 × 40"),
        (encoded(Image.new("L", (6, 1300)), "PNG"), "6 × 1300"),
        (HEIC[:200], "picture that can be read"),
        (np.full((20, 20), np.nan), "finite"),
        (np.zeros((20, 20, 7)), "shape"),
        (np.zeros((20, 20), np.complex64), "complex64"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(source: bytes, says: str) -> None:
    with pytest.raises(ImageError) as caught:
        decode(source)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("turned", [False, True])
def test_heic_is_read_upright_where_its_plugin_is_there(turned: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6 if turned else 1
    image = scene().convert("RGB")
    image = image.rotate(90, expand=True) if turned else image
    (page,) = decode(encoded(image, "HEIF", exif=exif.tobytes()))
    assert page.gray.shape == (40, 60)
    assert corner_is_dark(page.gray)


def test_heic_without_its_plugin_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ImageError, match="install the package pillow-heif"):
        decode(HEIC)


def test_what_is_no_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no such file"):
        decode(tmp_path / "missing.png")
    with pytest.raises(ImageError, match="folder"):
        decode(tmp_path)
    with pytest.raises(ImageError, match="cannot be opened"):
        decode("a\0b")
    with pytest.raises(ImageError, match=r"https://a\.org/b\.png: this is an address"):
        decode("https://a.org/b.png")
    with pytest.raises(ImageError, match="is empty"):
        decode("")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (None, "NoneType is not a picture"),
        ([[0, 255]], "list is not a picture"),
        (io.StringIO("x"), "for reading bytes"),
        (io.BytesIO(), "image: the file is empty"),
        (Image.new("LAB", (60, 40)), "LAB"),
    ],
)
def test_what_is_no_picture_is_told_in_one_sentence(source: Any, says: str) -> None:
    with pytest.raises(ImageError, match=says):
        decode(source)


def test_of_an_open_file_no_more_is_read_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 100)
    endless = io.BytesIO(bytes(1000))
    with pytest.raises(ImageError, match="larger than"):
        decode(endless)
    assert endless.tell() == 101


def test_limits_on_bytes_and_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [scene()] * 4
    tiff = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    monkeypatch.setattr(module, "MAX_PAGES", 3)
    with pytest.raises(ImageError, match="more than 3 pages"):
        decode(tiff)
    monkeypatch.setattr(module, "MAX_PAGES", 4)
    monkeypatch.setattr(module, "MAX_TOTAL_PIXELS", 60 * 40 * 3)
    with pytest.raises(ImageError, match="together"):
        decode(tiff)
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 100)
    with pytest.raises(ImageError, match="larger than"):
        decode(tiff)
