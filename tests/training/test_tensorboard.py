from __future__ import annotations

import sys
from pathlib import Path

import pytest

from digitnet.errors import DigitnetError
from digitnet.training.tensorboard import EventWriter
from tests.conftest import CommandLine, write_digits


def test_the_curves_are_written(digitnet: CommandLine, tmp_path: Path) -> None:
    write_digits(tmp_path / "few.npz", 300)
    digitnet("train", "--steps", 21, "--data", "few.npz", "--out", "run", "--tensorboard")
    # Its readers need TensorFlow or warn without it; the names of the curves stand there as text.
    (events,) = (tmp_path / "run" / "tensorboard").iterdir()
    content = events.read_bytes()
    assert content.count(b"loss/train") == 3
    assert content.count(b"accuracy/test") == 1


def test_without_the_package_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(DigitnetError, match=r"digitnet\[tensorboard\]"):
        EventWriter(tmp_path, 0)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "tensorboard").write_text("in the way")
    with pytest.raises(DigitnetError, match="tensorboard could not be written"):
        EventWriter(tmp_path, 0)
