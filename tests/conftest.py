"""What several tests share: the command line as a person runs it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from digitnet.datasets import load_mnist
from digitnet.messages import choose_language

# No test is held against the clock: machines are shared.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have slow tests, lest one process be left with them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


class CommandLine:
    """Runs ``digitnet`` in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *arguments: object, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "digitnet", *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "80", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(
        self, *arguments: object, code: int = 0, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end and hold the exit code against ``code``."""
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, out + err
        assert "Traceback" not in err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def write_digits(path: Path, count: int, first: int = 0) -> Path:
    """Write some of MNIST's validation digits as a set of one's own, and return its path."""
    digits, some = load_mnist().validation, slice(first, first + count)
    np.savez(path, images=digits.images[some], labels=digits.labels[some])
    return path


@pytest.fixture
def digitnet(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of one's own, which is learned from and answered faster than MNIST."""
    return write_digits(tmp_path_factory.mktemp("own") / "digits.npz", 700)


@pytest.fixture(autouse=True)
def _english() -> None:
    choose_language("en")
