"""The service as a process: overload, hostile clients, dying workers, and the end."""

from __future__ import annotations

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


def test_under_too_much_load_some_are_refused_at_once_and_none_hang(tmp_path: Path) -> None:
    with running("--runs", str(tmp_path)) as service:
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


def test_an_address_that_is_taken_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "digitnet", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr


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
