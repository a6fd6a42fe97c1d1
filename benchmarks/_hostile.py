"""Requests that nobody should send: broken, lying, slow, huge, made up from the API's description.

Half-open connections, lengths that do not hold, decompression bombs, damaged pictures, forms cut
short, pipelining and heads without end go over plain sockets; what the API's own description
allows, and what it does not, is made up by schemathesis.
"""

from __future__ import annotations

import random
import socket
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import hypothesis
import schemathesis

from benchmarks._load import single_digits

PATIENCE = 40.0  # seconds; the service's own limits, for heads and bodies, are shorter
CLIENTS = 12  # at a time
SHARE_MADE_UP = 0.4  # by schemathesis; the others go over plain sockets

_READ = ("/v1/read", "/v1/read/batch", "/v1/look")

Attack = Callable[[random.Random, bytes], list[bytes]]
"""Makes, from a picture, the pieces of a request; pauses are made between them."""


def attack(port: int, count: int, seed: int) -> Counter[str]:
    """Send ``count`` hostile requests to 127.0.0.1; how often each status came.

    Besides statuses: "closed" without an answer, and "hung" for what is open after 40 s.
    """
    made_up = int(SHARE_MADE_UP * count)
    answers = over_sockets(port, count - made_up, seed)
    answers += by_description(port, made_up, seed)
    return answers


# ---------------------------------------------------------------- made up from the description


def by_description(port: int, count: int, seed: int) -> Counter[str]:
    """Send what schemathesis makes up, evenly over all addresses."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/openapi.json")
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    # A stream of events ends when its run does: there is none here.
    answers: Counter[str] = Counter()
    for number, operation in enumerate(operations):
        share = count * (number + 1) // len(operations) - count * number // len(operations)
        if share:
            _ask_made_up(operation, share, seed, answers)
    return answers


def _ask_made_up(operation: Any, count: int, seed: int, answers: Counter[str]) -> None:
    left = count

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        nonlocal left
        left -= 1
        answers[str(case.call(timeout=PATIENCE).status_code)] += 1

    ask()
    if left > 0:  # An address without parameters has but one request.
        for _ in range(left):
            answers[str(operation.Case().call(timeout=PATIENCE).status_code)] += 1


# ---------------------------------------------------------------- over plain sockets


def over_sockets(port: int, count: int, seed: int) -> Counter[str]:
    """Send requests of every kind below in turn, several at a time."""
    pictures = [picture for picture, _ in single_digits(50)]

    def one(number: int) -> list[str]:
        rng = random.Random(f"{seed} {number}")  # noqa: S311 (no secret)
        make = ATTACKS[number % len(ATTACKS)]
        return _send(port, make(rng, pictures[number % len(pictures)]), rng)

    with ThreadPoolExecutor(CLIENTS) as clients:
        return Counter(status for found in clients.map(one, range(count)) for status in found[:1])


def _send(port: int, pieces: list[bytes], rng: random.Random) -> list[str]:
    """Send the pieces of a request; the statuses of what comes back, or how it ended."""
    received = b""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            for number, piece in enumerate(pieces):
                if number:
                    time.sleep(0.02)
                connection.sendall(piece)
            if rng.random() < 0.1:  # Gone, without a word.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return ["closed"]
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(1 << 16):
                received += chunk
    except TimeoutError:
        return ["hung"]
    except OSError:
        pass  # It was hung up on; what it had been told before counts.
    found = [part[:3].decode("latin-1") for part in received.split(b"HTTP/1.1 ")[1:]]
    worst = sorted(found, key=lambda status: status == "500", reverse=True)
    return worst or ["closed"]


def _post(body: bytes, path: str = "/v1/read", *headers: str, length: object = None) -> bytes:
    given = len(body) if length is None else length
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {given}", *headers]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


def _lying_length(rng: random.Random, picture: bytes) -> list[bytes]:
    length = rng.choice([0, 1, len(picture) // 2, len(picture) + 9, 2**31, 2**64, -1, "1e3", "٣"])
    return [_post(picture, length=length)]


def _two_lengths(rng: random.Random, picture: bytes) -> list[bytes]:
    other = rng.choice(
        ["Content-Length: 3", "Transfer-Encoding: chunked", "Content-Encoding: gzip"]
    )
    return [_post(picture, "/v1/read", other)]


def _broken_chunks(rng: random.Random, picture: bytes) -> list[bytes]:
    head = b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    size = rng.choice(
        [b"zz", b"ffffffffffffffff", b"-5", b"%x" % len(picture), b"5;x=" + b"y" * 99]
    )
    return [head, size + b"\r\n" + picture + rng.choice([b"", b"\r\n", b"\r\n0\r\n\r\n"])]


def _slow_body(rng: random.Random, picture: bytes) -> list[bytes]:
    cut = rng.randrange(1, len(picture))
    return [_post(b"", length=len(picture)), *(picture[k : k + 40] for k in range(0, cut, 40))]


def _cut_short(rng: random.Random, picture: bytes) -> list[bytes]:
    return [_post(picture[: rng.randrange(len(picture))], rng.choice(_READ))]


def _damaged(rng: random.Random, picture: bytes) -> list[bytes]:
    changed = bytearray(picture)
    for _ in range(rng.randrange(1, 20)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return [_post(bytes(changed), rng.choice(_READ))]


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


_ZEROS = zlib.compress(bytes(20_000_000), 9)


def _bomb(rng: random.Random, _picture: bytes) -> list[bytes]:
    side = rng.choice([60_000, 30_000, 12_000, 4_400])
    text = rng.choice([b"P5 60000 60000 255\n", b"GIF89a" + b"\xff" * 7, b"BM" + b"\xff" * 60])
    return [_post(rng.choice([_png(side, side, _ZEROS), _png(side, 9, _ZEROS[:99]), text]))]


def _wrong_type(rng: random.Random, picture: bytes) -> list[bytes]:
    body = rng.choice(
        [b'{"file": null}', b"file=1", b"\x00" * 999, b"<svg/>", b"%PDF-1.7", picture]
    )
    kind = rng.choice(
        ["application/json", "text/plain; charset=\x07", "multipart/form-data", "é", ""]
    )
    return [_post(body, rng.choice(_READ), f"Content-Type: {kind}")]


def _form(rng: random.Random, picture: bytes) -> list[bytes]:
    part = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    name = rng.choice([b"file", b"files", b"\xff\x00", b"x" * 5000])
    file = rng.choice(
        [b"", b'; filename="a"', b"; filename=" + b'"' * 99, b"; filename*=utf-8''%ff"]
    )
    body = part % (name, file, picture) * rng.choice([1, 2, 70, 400]) + rng.choice(
        [b"--b--", b"--"]
    )
    cut = rng.choice([len(body), rng.randrange(len(body))])
    kind = rng.choice(["multipart/form-data; boundary=b", "multipart/form-data; boundary="])
    return [_post(body[:cut], rng.choice(_READ), f"Content-Type: {kind}")]


def _pipeline(rng: random.Random, picture: bytes) -> list[bytes]:
    some = [_post(picture), b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", _post(b"x")]
    return [b"".join(rng.choice(some) for _ in range(rng.randrange(2, 30))) + b"GET / HT"]


def _huge_head(rng: random.Random, _picture: bytes) -> list[bytes]:
    lines = rng.choice([b"X: " + b"a" * 200_000, b"\r\n".join([b"X: y"] * 5000), b"a" * 99_999])
    return [b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n", lines, b"\r\n\r\n"]


def _strange_head(rng: random.Random, _picture: bytes) -> list[bytes]:
    method = rng.choice(["GET", "BREW", "PRI", "CONNECT", "OPTIONS", "\x00", "HEAD", "DELETE"])
    path = rng.choice(
        ["/", "/%00%ff", "/static/../../etc/passwd", "*", "http://a/", "/" + "a" * 9000]
    )
    path = rng.choice(
        [path, "/static/%2e%2e/app.py", "/v1/runs/%2e%2e", "/v1/read?min_confidence=nan"]
    )
    version = rng.choice(
        ["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "", "HTTP/1.1\r\nUpgrade: h2c"]
    )
    host = rng.choice(["localhost", "evil.example", "[::1", "", "a" * 999, "127.0.0.1:99999"])
    extra = rng.choice(
        ["", "Expect: 100-continue\r\n", "Connection: Upgrade\r\nUpgrade: websocket\r\n"]
    )
    tongue = rng.choice(["zh", "en;q=nan", ";;;q=9", "x" * 4000, "zh;q=-1"])
    head = f"{method} {path} {version}\r\nHost: {host}\r\n{extra}Accept-Language: {tongue}\r\n\r\n"
    return [head.encode("utf-8")]


def _noise(rng: random.Random, picture: bytes) -> list[bytes]:
    return [
        rng.choice(
            [rng.randbytes(rng.randrange(1, 3000)), picture, b"\x16\x03\x01" * 70, b"\n" * 99]
        )
    ]


ATTACKS: tuple[Attack, ...] = (
    _lying_length,
    _two_lengths,
    _broken_chunks,
    _slow_body,
    _cut_short,
    _damaged,
    _bomb,
    _wrong_type,
    _form,
    _pipeline,
    _huge_head,
    _strange_head,
    _noise,
)
