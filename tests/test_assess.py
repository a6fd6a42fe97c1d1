from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitnet import assess, load_mnist, train
from digitnet.errors import ModelError, RunError, UsageError


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of one's own: 280 digits in one npz, without a test part."""
    digits = load_mnist().validation
    path = tmp_path_factory.mktemp("own") / "digits.npz"
    np.savez(path, images=digits.images[:280], labels=digits.labels[:280])
    return path


@pytest.fixture(scope="module")
def run(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train("tutorial", steps=20, data=own, out=tmp_path_factory.mktemp("runs") / "a").folder


def test_a_run_is_assessed_on_what_it_kept_back(run: Path, own: Path) -> None:
    for data in (None, own):
        _, digits, evaluation = assess(run, data)
        assert len(digits) == evaluation.count == 40


def test_a_model_file_is_assessed_on_mnist(run: Path) -> None:
    name, digits, evaluation = assess(run / "model.onnx")
    assert (name, len(digits)) == ("mnist", 10_000)
    assert evaluation.accuracy > 0.3


def test_other_data_are_taken_whole(run: Path, own: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    other.write_bytes(own.read_bytes())
    assert len(assess(run, other)[1]) == 280


def test_what_is_no_model_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        assess(tmp_path / "gone")
    with pytest.raises(RunError, match=r"no run\.json"):
        assess(tmp_path)
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="no ONNX model"):
        assess(tmp_path / "text.onnx")
