"""A real service in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from digitnet.datasets import load_mnist

START_SECONDS = 60


@dataclass
class Service:
    """A service that runs: where it is, its process, and what it logs, known at its end."""

    address: str
    process: subprocess.Popen[str]
    log: str = ""

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=30, **options)  # type: ignore[arg-type]


@contextmanager
def running(*options: str, patches: str = "", **environment: str) -> Iterator[Service]:
    """Start `digitnet serve` on a free port; stop it as a user would.

    ``patches`` is Python that runs first, for limits that nobody would wait for.
    """
    starter = f"{patches}\nfrom digitnet.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", starter, "serve", "--port", "0", *options],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"LANG": "C.UTF-8"} | environment,
    )
    started = Service("", process)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + process.stderr.read()
        started.address = address = found[0].rstrip("/")
        with httpx.Client(transport=httpx.HTTPTransport(retries=5)) as client:
            # The socket listens before the model is loaded: the first request waits for it.
            assert client.get(f"{address}/healthz", timeout=START_SECONDS).status_code == 200
        yield started
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        finally:
            process.kill()
            started.log = process.communicate()[1]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    runs = tmp_path_factory.mktemp("served") / "runs"
    runs.mkdir()
    with running("--runs", str(runs)) as started:
        yield started


@pytest.fixture(scope="session")
def guarded() -> Iterator[Service]:
    """A service that wants the token “secret”."""
    with running("--token", "secret") as started:
        yield started


@pytest.fixture(scope="session")
def served_runs(service: Service) -> Path:
    """The folder whose runs the service shows."""
    arguments = service.process.args
    assert isinstance(arguments, list)
    return Path(str(arguments[arguments.index("--runs") + 1]))


def seven(width: int = 400, height: int = 300) -> bytes:
    """A PNG with a 7 on it."""
    image = np.full((height, width), 255, np.uint8)
    points = np.array([[120, 80], [220, 76], [150, 230]], np.int32)
    cv2.polylines(image, [points], False, 0, 12, cv2.LINE_AA)
    return cv2.imencode(".png", image)[1].tobytes()


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a few steps."""
    from digitnet.training.train import train

    folder = tmp_path_factory.mktemp("trained")
    some = load_mnist().validation
    np.savez(folder / "some.npz", x=some.images[:600], y=some.labels[:600])
    return train(steps=3, data=folder / "some.npz", out=folder / "run").folder
