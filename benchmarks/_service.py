"""Services in processes of their own, and how much memory they take."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True)
class Service:
    """A service that answers.

    Attributes:
        name: as it is printed.
        port: on 127.0.0.1.
        process: the process that was started; its children work, where there are several.
    """

    name: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def megabytes(self) -> float:
        """The memory of all its processes together (resident set), as Linux counts it."""
        return sum(_resident(pid) for pid in _family(self.process.pid)) / 2**20


def ours(workers: int) -> tuple[str, list[str]]:
    """`digitnet serve`, without its port."""
    command = [sys.executable, "-m", "digitnet", "serve", "--workers", str(workers), "--port"]
    return f"digitnet serve, {_many(workers)}", command


def peer(workers: int) -> tuple[str, list[str]]:
    """The obvious service, without its port."""
    command = [sys.executable, "-m", "uvicorn", "benchmarks._fastapi_peer:app"]
    if workers > 1:  # Their threads would wait for one another: it is several times slower then.
        command = ["env", "OMP_NUM_THREADS=1", *command]
    command += ["--log-level", "warning", "--workers", str(workers), "--port"]
    return f"FastAPI + PyTorch, {_many(workers)}", command


def floor(workers: int) -> tuple[str, list[str]]:
    """A service of FastAPI's that reads nothing, without its port: none of them can be faster."""
    command = [sys.executable, "-m", "uvicorn", "benchmarks._fastapi_floor:app"]
    command += ["--log-level", "warning", "--workers", str(workers), "--port"]
    return f"FastAPI alone, {_many(workers)}", command


def _many(workers: int) -> str:
    return "1 worker" if workers == 1 else f"{workers} workers"


@contextmanager
def running(kind: tuple[str, list[str]]) -> Iterator[Service]:
    """Start a service on a free port, wait until all of its workers answer, and stop it."""
    name, command = kind
    port = _free_port()
    process = subprocess.Popen([*command, str(port)], stderr=subprocess.DEVNULL)
    service = Service(name, port, process)
    try:
        _wait(service)
        yield service
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        finally:
            process.kill()


def _wait(service: Service) -> None:
    until, answers = time.monotonic() + START_SECONDS, 0
    while answers < 60:  # Some more: the last worker may be slower than the first.
        if time.monotonic() > until or service.process.poll() is not None:
            raise RuntimeError(f"{service.name} does not start")
        try:
            with urllib.request.urlopen(f"{service.address}/healthz", timeout=10):  # noqa: S310
                answers += 1
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.02)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return 1024 * int(line.split()[1])
    return 0
