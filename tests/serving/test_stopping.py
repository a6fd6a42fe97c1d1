"""The service's end: soon, and without a word in the log, whatever is at hand."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.serving.conftest import running

ENDS = [
    pytest.param(signal.SIGINT, "1", 130, id="SIGINT"),
    pytest.param(signal.SIGTERM, "1", -signal.SIGTERM, id="SIGTERM"),
    pytest.param(signal.SIGINT, "2", 0, id="SIGINT-of-workers"),
    pytest.param(signal.SIGTERM, "2", 0, id="SIGTERM-of-workers"),
]
PATIENCE = 10  # seconds: what uvicorn breaks off itself would be in the log

# Loaded by every process of the service: test digits that take minutes to be classified.
SLOW = """
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from digitnet.reading.classify import Classifier
from digitnet.serving import runs

classify = Classifier.classify

def slowly(self, glyphs):
    import time
    Path({begun!r}).touch()
    time.sleep(0.3)
    return classify(self, glyphs)

Classifier.classify = slowly
many = 400 * runs.BATCH
test = SimpleNamespace(images=np.zeros((many, 28, 28), np.uint8), labels=np.zeros(many, np.int64))
runs.reload_dataset = lambda data: SimpleNamespace(test=test)
"""


@pytest.mark.parametrize(("number", "workers", "code"), ENDS)
def test_it_ends_while_a_run_is_followed_and_mistakes_are_looked_for(
    tmp_path: Path, tiny_run: Path, number: signal.Signals, workers: str, code: int
) -> None:
    begun = tmp_path / "begun"
    (tmp_path / "sitecustomize.py").write_text(SLOW.format(begun=str(begun)))
    runs = tmp_path / "runs"
    shutil.copytree(tiny_run, runs / "mine")
    (runs / "live").mkdir()
    (runs / "live" / "run.json").write_text('{"recipe": {"name": "x", "steps": 9}, "seed": 0}')
    (runs / "live" / "metrics.jsonl").write_text(json.dumps({"step": 0}) + "\n")
    options = ("--runs", str(runs), "--workers", workers)
    with running(*options, PYTHONPATH=str(tmp_path)) as service:
        with (
            httpx.stream("GET", f"{service.address}/v1/runs/live/metrics", timeout=30) as followed,
            socket.create_connection(("127.0.0.1", service.port), 30) as connection,
        ):
            lines = followed.iter_lines()
            assert next(lines) == 'data: {"step": 0}'
            connection.sendall(b"GET /v1/runs/mine/confusion HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while not begun.exists():
                time.sleep(0.1)
            service.process.send_signal(number)
            assert connection.recv(65536).startswith(b"HTTP/1.1 503")
            assert "".join(lines) == ""
        assert service.process.wait(PATIENCE) == code
    assert service.log == ""


def test_a_second_signal_ends_it_at_once() -> None:
    head = b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999\r\n\r\n"
    with (
        running() as service,
        socket.create_connection(("127.0.0.1", service.port), 30) as uploading,
    ):
        uploading.sendall(head)
        assert httpx.get(f"{service.address}/healthz").status_code == 200
        service.process.send_signal(signal.SIGINT)
        with suppress(httpx.TransportError):
            while True:  # It listens until it has seen the first.
                httpx.get(f"{service.address}/healthz")
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(PATIENCE) == 130
    assert service.log == ""


def test_what_never_comes_to_its_end_is_broken_off() -> None:
    head = b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999\r\n\r\n"
    with (
        running() as service,
        socket.create_connection(("127.0.0.1", service.port), 30) as uploading,
        socket.create_connection(("127.0.0.1", service.port), 30) as taking_nothing,
    ):
        uploading.sendall(head)
        taking_nothing.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3000)
        assert httpx.get(f"{service.address}/healthz").status_code == 200
        service.process.send_signal(signal.SIGTERM)
        assert uploading.recv(65536).startswith(b"HTTP/1.1 503")
        assert service.process.wait(PATIENCE) == -signal.SIGTERM
    assert service.log == ""
