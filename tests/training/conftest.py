from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digitnet import Run, train
from tests.training.runs import STEPS


@pytest.fixture(scope="session")
def whole(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One short run that was never stopped."""
    folder = tmp_path_factory.mktemp("run") / "whole"
    return train("tutorial", steps=STEPS, seed=3, data=own, out=folder)


@pytest.fixture
def copied(whole: Run, tmp_path: Path) -> Run:
    return Run(shutil.copytree(whole.folder, tmp_path / "copied"))
