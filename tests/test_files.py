from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from digitnet.errors import DigitnetError
from digitnet.files import write_atomically, write_json


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    write_json(path, {"a": "数字"})
    assert json.loads(path.read_text("utf-8")) == {"a": "数字"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")

    def fill_the_disk(partial: Path) -> None:
        partial.write_text("half of")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DigitnetError, match="The disk is full"):
        write_atomically(path, fill_the_disk)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DigitnetError, match=r"gone/a\.json could not be written: No such file"):
        write_json(tmp_path / "gone" / "a.json", {})
