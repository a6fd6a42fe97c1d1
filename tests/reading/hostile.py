"""Read damaged and hostile pictures, and print what happened as JSON.

Run by test_hostile.py in a process of its own, so that a crash is seen and memory can be measured.
"""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from digitnet.errors import ImageError
from digitnet.reading import Reader


def peak_mib() -> float:
    # Linux lets a child begin with the peak of who started it, and pytest is large by then.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def picture(width: int = 90, height: int = 64) -> Image.Image:
    image = Image.new("L", (width, height), 225)
    pen = ImageDraw.Draw(image)
    pen.ellipse((12, 14, 34, 50), outline=30, width=4)
    pen.line((58, 12, 52, 52), fill=30, width=4)
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def sound_pictures() -> list[bytes]:
    gray = picture()
    colour = gray.convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = Image.fromarray(np.asarray(gray, np.uint16) * 257)
    return [
        encoded(colour, "JPEG"),
        encoded(gray, "JPEG", progressive=True),
        encoded(gray.convert("CMYK"), "JPEG"),
        encoded(colour, "JPEG", exif=exif),
        encoded(gray, "PNG"),
        encoded(colour.convert("RGBA"), "PNG"),
        encoded(colour.convert("P"), "PNG"),
        encoded(gray.convert("1"), "PNG"),
        encoded(wide, "PNG"),
        encoded(colour, "WEBP"),
        encoded(colour.convert("RGBA"), "WEBP", lossless=True),
        encoded(colour, "BMP"),
        encoded(gray.convert("1"), "BMP"),
        encoded(gray, "TIFF"),
        encoded(colour, "TIFF", compression="tiff_lzw"),
        encoded(colour, "TIFF", compression="tiff_adobe_deflate"),
        encoded(colour, "TIFF", compression="jpeg"),
        encoded(gray.convert("1"), "TIFF", compression="group4"),
        encoded(gray, "TIFF", save_all=True, append_images=[gray, gray]),
        encoded(wide, "TIFF"),
        encoded(gray, "GIF"),
        encoded(gray, "GIF", save_all=True, append_images=[gray.rotate(90)]),
    ]


def cut_short(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: int(rng.integers(1, len(data)))]


def flipped(data: bytes, rng: np.random.Generator) -> bytes:
    damaged = bytearray(data)
    for place in rng.integers(0, len(data), int(rng.integers(1, 12))):
        damaged[place] ^= 1 << int(rng.integers(8))
    return bytes(damaged)


def lying_header(data: bytes, rng: np.random.Generator) -> bytes:
    damaged = bytearray(data)
    place = int(rng.integers(0, min(200, len(data) - 4)))
    value = int(rng.choice([0, 1, 0x7F, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 65000]))
    order = "<I" if rng.random() < 0.5 else ">I"
    damaged[place : place + 4] = struct.pack(order, value)
    return bytes(damaged)


def noise_inside(data: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(0, len(data)))
    length = int(rng.integers(1, 64))
    return data[:start] + rng.bytes(length) + data[start + length * int(rng.integers(2)) :]


def twice(data: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(0, len(data)))
    return data[:start] + data[start // 2 : start] + data[start:]


def only_the_beginning_is_right(data: bytes, rng: np.random.Generator) -> bytes:
    keep = int(rng.integers(8, 40))
    return data[:keep] + rng.bytes(int(rng.integers(0, 2000)))


DAMAGES: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    cut_short,
    flipped,
    lying_header,
    noise_inside,
    twice,
    only_the_beginning_is_right,
)


def png(width: int, height: int, depth: int, colour: int, body: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    end = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + end


def bombs() -> Iterator[bytes]:
    """Small files that claim, or hold, very many pixels."""
    yield png(60_000, 60_000, 8, 6, zlib.compress(bytes(10_000)))
    yield png(2**31 - 1, 2**31 - 1, 1, 0, b"")
    yield png(9_990, 9_990, 8, 6, zlib.compress(bytes(10_000)))
    yield png(9_990, 9_990, 16, 6, zlib.compress(bytes(10_000)))
    squeeze = zlib.compressobj(9)
    rows = b"".join(squeeze.compress(bytes(9_991)) for _ in range(9_990)) + squeeze.flush()
    yield png(9_990, 9_990, 8, 0, rows)
    yield (
        b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b",\0\0\0\0\xff\xff\xff\xff\0"
    )
    yield (
        b"BM"
        + struct.pack("<IHHI", 54, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, 30_000, -30_000, 1, 24, 0, 0, 0, 0, 0, 0)
    )
    tile = Image.new("1", (9_000, 9_000))
    yield encoded(tile, "TIFF", compression="group4", save_all=True, append_images=[tile] * 3)


def busy_pictures(rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Sound pictures that are nothing but marks."""
    yield rng.integers(0, 256, (1500, 2000), np.uint8)
    yield np.kron(rng.integers(0, 2, (400, 500), np.uint8), np.full((4, 4), 255, np.uint8))
    yield np.indices((1200, 1600)).sum(0).astype(np.uint8)
    yield np.tile(np.array([0, 255], np.uint8), (900, 700))
    yield (np.hypot(*np.ogrid[-500:500, -700:700]) * 9 % 256).astype(np.uint8)
    yield np.full((6, 1200), 255, np.uint8)
    yield rng.random((64, 64)).astype(np.float32)


def sources(count: int, seed: int) -> Iterator[bytes | np.ndarray]:
    rng = np.random.default_rng(seed)
    yield from bombs()
    yield from busy_pictures(rng)
    sound = sound_pictures()
    for number in range(count - 15):
        data = sound[number % len(sound)]
        yield DAMAGES[int(rng.integers(len(DAMAGES)))](data, rng)


def main(count: int, seed: int) -> None:
    reader = Reader()
    outcome = {"read": 0, "refused": 0, "slowest": 0.0}
    faults = []
    for number, source in enumerate(sources(count, seed)):
        start = time.perf_counter()
        try:
            reader.read(source)
            outcome["read"] += 1
        except ImageError as error:
            outcome["refused"] += 1
            if "\n" in str(error) or not str(error).endswith("."):
                faults.append(f"{number}: {error}")
        except Exception as error:
            faults.append(f"{number}: {type(error).__name__}: {error}")
        outcome["slowest"] = max(outcome["slowest"], time.perf_counter() - start)
    sys.stdout.write(json.dumps({**outcome, "faults": faults, "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
