"""The service as a process: overload, hostile clients, dying workers, and the end."""

from __future__ import annotations

import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.serving.conftest import Service, running, seven

CLIENTS = 48


def raw(service: Service, data: bytes, *, patience: float = 30) -> bytes:
    """Send bytes as they are; return all that comes back until the service hangs up."""
    with socket.create_connection(("127.0.0.1", service.port), patience) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00\xff\x16\x03\x01" * 50,
        b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nshort",
        b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /%00%ff%2e%2e HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v1/read/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
        b"Content-Type: multipart/form-data; boundary=\r\n\r\nabcd",
    ],
)
def test_broken_requests_neither_crash_nor_hang(service: Service, request_bytes: bytes) -> None:
    answer = raw(service, request_bytes)
    assert b" 500 " not in answer.split(b"\r\n")[0]
    assert service.process.poll() is None


def post(body: bytes) -> bytes:
    head = f"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_a_client_that_has_sent_all_and_closed_its_end_gets_its_answers(service: Service) -> None:
    answer = raw(service, post(seven()))
    assert answer.startswith(b"HTTP/1.1 200")
    assert raw(service, post(seven()) * 3).count(b"HTTP/1.1 200") == 3


def test_clients_that_leave_are_nobodys_fault() -> None:
    with running() as service:
        for number in range(16):
            with socket.create_connection(("127.0.0.1", service.port), 20) as connection:
                connection.sendall(post(seven()) * (1 + number % 3))
                time.sleep(0.003 * number)
                if number % 2:
                    gone = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
        raw(service, b"no HTTP\r\n\r\n")
        with service.client() as client:
            assert client.post("/v1/read", content=seven()).json()["text"] == "7"
            assert 'status="500"' not in client.get("/metrics").text
    assert service.log == ""


def test_under_too_much_load_some_are_refused_at_once_and_none_hang(service: Service) -> None:
    statuses: list[int] = []

    def hammer(_number: int) -> None:
        with service.client() as client:
            for _ in range(6):
                answer = client.post("/v1/read", content=seven())
                statuses.append(answer.status_code)
                if answer.status_code == 503:
                    assert answer.headers["retry-after"] == "1"

    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(hammer, range(CLIENTS)))
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) > 0
    assert len(statuses) == 6 * CLIENTS
    with service.client() as client:
        assert client.post("/v1/read", content=seven()).json()["text"] == "7"


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with running("--workers", "2", "--runs", str(tmp_path)) as service:
        first = httpx.get(f"{service.address}/healthz").json()["process"]
        subprocess.run(["kill", "-9", str(first)], check=True)
        seen: set[int] = set()
        until = time.monotonic() + 60
        while len(seen - {first}) < 2 and time.monotonic() < until:
            try:
                seen.add(httpx.get(f"{service.address}/healthz", timeout=20).json()["process"])
            except httpx.TransportError:
                continue  # It had been taken up by the one that died.
        assert len(seen - {first}) == 2
        answer = httpx.post(f"{service.address}/v1/read", content=seven(), timeout=30)
        assert answer.json()["text"] == "7"
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(10) in (0, -signal.SIGTERM)


SLOW = """
from digitnet.reading import Reader

read_each = Reader.read_each

def slowly(self, *arguments, **options):
    import time
    time.sleep(0.5)
    yield from read_each(self, *arguments, **options)

Reader.read_each = slowly
"""


def workers_of(service: Service, but: set[int] = frozenset()) -> set[int]:  # type: ignore[assignment]
    """The processes of both workers, others than those."""
    seen: set[int] = set()
    until = time.monotonic() + 60
    while len(seen) < 2 and time.monotonic() < until:
        with suppress(httpx.TransportError):  # It had been taken up by one that died.
            answer = httpx.get(f"{service.address}/healthz", timeout=20)
            seen |= {answer.json()["process"]} - but
    return seen


def waiting(service: Service) -> float:
    counts = httpx.get(f"{service.address}/metrics").text
    (found,) = re.findall(r"^digitnet_waiting_requests (.*)$", counts, re.MULTILINE)
    return float(found)


def test_what_waits_is_counted_as_it_is_now_and_not_in_dead_workers(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SLOW)

    def ask(_number: int) -> None:
        with suppress(httpx.TransportError):
            httpx.post(f"{service.address}/v1/read", content=seven(), timeout=60)

    with (
        running("--workers", "2", PYTHONPATH=str(tmp_path)) as service,
        ThreadPoolExecutor(12) as threads,
    ):
        asked = threads.map(ask, range(12))
        while not waiting(service):
            time.sleep(0.05)
        list(asked)
        assert [waiting(service) for _ in range(6)] == [0] * 6
        first = workers_of(service)
        asked = threads.map(ask, range(12))
        while not waiting(service):
            time.sleep(0.05)
        for process in first:
            os.kill(process, signal.SIGKILL)
        list(asked)
        assert len(workers_of(service, but=first)) == 2
        assert waiting(service) == 0


def test_workers_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with running("--workers", "2", TMPDIR=str(tmp_path)) as service:
        assert len(workers_of(service)) == 2
        assert list(tmp_path.glob("digitnet-counts-*"))
        service.process.kill()
        assert service.process.stderr is not None
        assert service.process.stderr.read() == ""  # All who could write into it have ended.
        assert not list(tmp_path.glob("digitnet-counts-*"))
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{service.address}/healthz")


def test_stopping_finishes_what_is_at_hand() -> None:
    picture = seven()
    with running() as service:
        with socket.create_connection(("127.0.0.1", service.port), 20) as connection:
            head = f"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(picture)}"
            connection.sendall(head.encode() + b"\r\n\r\n" + picture[:10])
            assert httpx.get(f"{service.address}/healthz").status_code == 200  # It has that by now.
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            connection.sendall(picture[10:])
            answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200")
        assert service.process.wait(10) in (0, -signal.SIGTERM)


@pytest.fixture(scope="module")
def impatient() -> Iterator[Service]:
    patches = """
from digitnet.serving import bodies, patience
patience.HEADER_SECONDS = patience.TAKING_SECONDS = 0.3
bodies.MAX_ARRIVING = 1_000_000
"""
    with running(patches=patches) as service:
        yield service


def test_a_head_that_does_not_come_is_not_waited_for(impatient: Service) -> None:
    with socket.create_connection(("127.0.0.1", impatient.port), 20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert connection.recv(1) == b""  # It hung up.


def test_a_client_that_does_not_take_its_answers_is_not_waited_for(impatient: Service) -> None:
    asked, size = 2000, len(httpx.get(f"{impatient.address}/static/style.css").content)
    request = b"GET /static/style.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", impatient.port), 20) as connection:
        connection.settimeout(20)
        received = 0
        with suppress(ConnectionError):
            connection.sendall(request * asked)
            time.sleep(4)  # Many times as long as it waits for us.
            while chunk := connection.recv(1 << 20):
                received += len(chunk)
    assert received < asked * size


def test_bodies_that_come_slowly_have_their_share_of_the_memory(impatient: Service) -> None:
    picture = seven()
    head = b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", impatient.port), 20) as slow:
        slow.sendall(head + bytes(1_000_000 - len(picture) // 2))
        with impatient.client() as client:
            until = time.monotonic() + 20
            while (answer := client.post("/v1/read", content=picture)).status_code == 200:
                assert time.monotonic() < until
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            slow.close()
            while client.post("/v1/read", content=picture).status_code == 503:
                assert time.monotonic() < until


@pytest.fixture(scope="module")
def unhurried() -> Iterator[Service]:
    patches = """
from digitnet.serving import bodies
bodies.BODY_STALL_SECONDS, bodies.BODY_GRACE_SECONDS, bodies.BODY_RATE = 3, 1, 100
"""
    with running(patches=patches) as service:
        yield service


def test_a_body_that_keeps_coming_may_take_its_time(unhurried: Service) -> None:
    request = post(seven() + bytes(4000))
    with socket.create_connection(("127.0.0.1", unhurried.port), 30) as connection:
        for start in range(0, len(request), 300):
            connection.sendall(request[start : start + 300])
            time.sleep(0.2)  # All together, many times the second in which nobody looks.
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("pause", [0.1, 60])
def test_a_body_that_stalls_or_drips_is_not_waited_for(unhurried: Service, pause: float) -> None:
    with socket.create_connection(("127.0.0.1", unhurried.port), 30) as connection:
        connection.sendall(post(seven())[:250])
        answer = b""
        for _ in range(300):
            connection.settimeout(pause)
            with suppress(TimeoutError):
                answer = connection.recv(65536)
                break
            connection.sendall(b"x")
    assert answer.startswith(b"HTTP/1.1 408")


def test_an_address_that_is_taken_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "digitnet", "--lang", "zh", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}（地址已被占用）" in done.stderr


def test_a_model_that_cannot_be_used_is_said_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"nothing")
    done = subprocess.run(
        [sys.executable, "-m", "digitnet", "serve", "--model", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no ONNX model" in done.stderr
