"""A client that asks a service as fast as it answers, or at a given rate, and keeps the time.

It runs as a process of its own (``python -m benchmarks._load``, a job as JSON in, figures as JSON
out), so that what it costs is not charged to the service's event loop; it does take its share of
the processors. Requests are written as bytes and answers hardly parsed: that share is small.
"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from digitnet.datasets import load_mnist

PICTURES = 1000  # different ones, sent in turn
PATIENCE = 10.0  # seconds after which a request hangs
TICK = 0.001  # seconds between looks at what is due, where there is a rate
BOUNDARY = "digits"


@dataclass(frozen=True)
class Job:
    """What to ask.

    Attributes:
        port: of the service, on 127.0.0.1.
        connections: kept open; with a rate, at most.
        seconds: after which no more is asked,
        requests: or after so many.
        rate: requests a second, whether answered or not; without it, every connection asks again
            as soon as it has its answer.
        form: send pictures as the part ``file`` of a form instead of the body.
        side: pixels of a picture's side.
    """

    port: int
    connections: int = 16
    seconds: float = 60
    requests: int = sys.maxsize
    rate: float = 0
    form: bool = False
    side: int = 28


@dataclass
class Figures:
    """What came of it; times in milliseconds, of answers with status 200."""

    seconds: float
    statuses: dict[str, int]
    errors: int
    hung: int
    without_retry_after: int
    right: int
    median: float
    p99: float
    longest: float
    refusal_p99: float
    client_seconds: float

    @property
    def answered(self) -> int:
        """Requests answered with 200."""
        return self.statuses.get("200", 0)

    @property
    def rate(self) -> float:
        """Requests answered with 200 a second."""
        return self.answered / self.seconds


def ask(job: Job) -> Figures:
    """Run a job in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._load"],
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Figures(**json.loads(done.stdout))


@dataclass
class _Tally:
    statuses: Counter[int] = field(default_factory=Counter)
    answered: array[float] = field(default_factory=lambda: array("d"))
    refused: array[float] = field(default_factory=lambda: array("d"))
    errors: int = 0
    hung: int = 0
    without_retry_after: int = 0
    right: int = 0


class _Connection(asyncio.Protocol):
    """One connection, on which one request at a time is asked."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._received = b""
        self._began = 0.0
        self._label = 0
        self.busy = False
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def ask(self, number: int, began: float) -> None:
        request, self._label = self._load.requests[number % len(self._load.requests)]
        self._began, self.busy = began, True
        self.transport.write(request)

    def age(self) -> float:
        return time.perf_counter() - self._began if self.busy else 0.0

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        at = lower.find(b"content-length: ")
        length = int(lower[at + 16 : lower.find(b"\r", at) if b"\r" in lower[at:] else None])
        if len(body) < length:
            return
        self._received, self.busy = b"", False
        self._load.note(int(head[9:12]), lower, body, self._began, self._label)
        self._load.free(self)

    def connection_lost(self, _error: Exception | None) -> None:
        if self.busy:
            self.busy = False
            self._load.tally.errors += 1
        self._load.lost(self)


class _Load:
    def __init__(self, job: Job) -> None:
        self._job = job
        self.requests = _requests(job)
        self.tally = _Tally()
        self._asked = 0
        self._open: set[_Connection] = set()
        self._idle: list[_Connection] = []
        self._opening = 0
        # When requests that found no connection should have gone.
        self._due: deque[float] = deque()
        self._end = 0.0
        self._client_seconds = 0.0
        self.free: Callable[[_Connection], None] = self._rest if job.rate else self._again

    async def run(self) -> Figures:
        began, used = time.perf_counter(), time.process_time()
        self._end = began + self._job.seconds
        if self._job.rate:
            await self._at_a_rate(began)
        else:
            for _ in range(self._job.connections):
                self._again(await self._connect())
            while not self._is_over() and self._stuck() == 0:
                await asyncio.sleep(0.05)
        seconds = time.perf_counter() - began
        self._client_seconds = time.process_time() - used
        until = time.perf_counter() + PATIENCE
        while any(c.busy for c in self._open) and time.perf_counter() < until:
            await asyncio.sleep(0.01)
        self.tally.hung = sum(c.busy for c in self._open)
        return self._figures(seconds)

    async def _at_a_rate(self, began: float) -> None:
        sent = 0
        while not self._is_over():
            now = time.perf_counter()
            due = min(int((now - began) * self._job.rate), self._job.requests)
            self._due.extend(began + number / self._job.rate for number in range(sent, due))
            sent = due
            self._send_due()
            await asyncio.sleep(TICK)

    def _send_due(self) -> None:
        while self._due and self._idle:
            self._ask(self._idle.pop(), self._due.popleft())
        room = self._job.connections - len(self._open) - self._opening
        for _ in range(min(room, len(self._due) - self._opening)):
            self._opening += 1
            asyncio.ensure_future(self._open_one())  # noqa: RUF006 (it counts itself)

    async def _open_one(self) -> None:
        try:
            self._idle.append(await self._connect())
        finally:
            self._opening -= 1

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: _Connection(self), "127.0.0.1", self._job.port
        )
        self._open.add(connection)
        return connection

    def _ask(self, connection: _Connection, began: float) -> None:
        connection.ask(self._asked, began)
        self._asked += 1

    def _again(self, connection: _Connection) -> None:
        if not self._is_over():
            self._ask(connection, time.perf_counter())

    def _rest(self, connection: _Connection) -> None:
        if self._due:
            self._ask(connection, self._due.popleft())
        else:
            self._idle.append(connection)

    def lost(self, connection: _Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if not self._job.rate and not self._is_over():
            asyncio.ensure_future(self._replace())  # noqa: RUF006

    async def _replace(self) -> None:
        self._again(await self._connect())

    def _is_over(self) -> bool:
        return self._asked >= self._job.requests or time.perf_counter() > self._end

    def _stuck(self) -> int:
        return sum(c.age() > PATIENCE for c in self._open)

    def note(self, status: int, head: bytes, body: bytes, began: float, label: int) -> None:
        took = time.perf_counter() - began
        tally = self.tally
        tally.statuses[status] += 1
        if status == 200:
            tally.answered.append(took)
            tally.right += body.startswith(b'{"text":"%d"' % label)
        else:
            tally.refused.append(took)
            tally.without_retry_after += status == 503 and b"\nretry-after: " not in head

    def _figures(self, seconds: float) -> Figures:
        tally = self.tally
        times = 1000 * np.asarray(tally.answered or [np.nan])
        refusals = 1000 * np.asarray(tally.refused or [np.nan])
        return Figures(
            seconds=seconds,
            statuses={str(status): count for status, count in sorted(tally.statuses.items())},
            errors=tally.errors,
            hung=tally.hung,
            without_retry_after=tally.without_retry_after,
            right=tally.right,
            median=float(np.median(times)),
            p99=float(np.percentile(times, 99)),
            longest=float(times.max()),
            refusal_p99=float(np.percentile(refusals, 99)),
            client_seconds=self._client_seconds,
        )


def single_digits(count: int, side: int = 28) -> list[tuple[bytes, int]]:
    """PNGs of MNIST's validation digits, dark on white, with their labels."""
    digits, pictures = load_mnist().validation, []
    for number in range(count):
        buffer = io.BytesIO()
        picture = Image.fromarray(255 - digits.images[number])
        picture.resize((side, side), Image.Resampling.BICUBIC).save(buffer, "PNG")
        pictures.append((buffer.getvalue(), int(digits.labels[number])))
    return pictures


def _requests(job: Job) -> list[tuple[bytes, int]]:
    return [
        (_request(picture, form=job.form), label)
        for picture, label in single_digits(PICTURES, job.side)
    ]


def _request(picture: bytes, *, form: bool) -> bytes:
    kind = "image/png"
    if form:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        part = 'Content-Disposition: form-data; name="file"; filename="digit.png"'
        head = f"--{BOUNDARY}\r\n{part}\r\nContent-Type: image/png\r\n\r\n"
        picture = head.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    lines = [
        "POST /v1/read HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {kind}",
        f"Content-Length: {len(picture)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + picture


def main() -> None:
    """Do the job that comes in as JSON."""
    import uvloop

    job = Job(**json.load(sys.stdin))
    figures = uvloop.run(_Load(job).run())
    json.dump(asdict(figures), sys.stdout)


if __name__ == "__main__":
    main()
