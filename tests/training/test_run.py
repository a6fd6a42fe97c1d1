"""The run folder: what may not be one, and files that are damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from digitnet import Run
from digitnet.errors import DigitnetError, RunError, UsageError
from digitnet.training.train import Session


def damage(run: Run, name: str, content: str | dict[str, Any]) -> Run:
    """Write other content, or values that take the place of those there, into a run's file."""
    path = run.folder / name
    if isinstance(content, dict):
        content = json.dumps(json.loads(path.read_text()) | content)
    path.write_text(content)
    return Run(run.folder)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="is not empty"):
        Session.start("tutorial", out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DigitnetError, match="file/run could not be written"):
        Session.start("tutorial", out=tmp_path / "file" / "run")


def test_what_is_no_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"it has no run\.json"):
        Session.resume(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"recipe": 3}', "\x00"])
def test_a_damaged_run_json_is_said_to_be_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        Session.resume(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="stands in for the end of the disk")
def test_a_disk_that_is_full_of_metrics_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").symlink_to("/dev/full")
    with (
        pytest.raises(DigitnetError, match=r"The disk is full: .*metrics\.jsonl"),
        Run(tmp_path).metrics_writer() as writer,
    ):
        writer.write({"step": 0})


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"data": None}, r"run\.json is damaged"),
        ({"seed": "one"}, r"run\.json is damaged"),
        ({"news": 1}, r"run\.json was written by another version of digitnet"),
    ],
)
def test_values_that_no_run_has_are_noticed(
    copied: Run, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RunError, match=sentence):
        _ = damage(copied, "run.json", values).settings


def test_damaged_files_of_a_run_are_said_to_be_so(copied: Run) -> None:
    recipe = copied.settings.recipe.to_dict() | {"schedule": "cosine"}
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        _ = damage(copied, "run.json", {"recipe": recipe}).settings
    with pytest.raises(RunError, match=r"summary\.json is damaged"):
        _ = damage(copied, "summary.json", "{}").summary
    for content in ("garbage\n", "3\n", '{"step": "x"}\n'):
        with pytest.raises(RunError, match="or delete it: only the curves are lost"):
            damage(copied, "metrics.jsonl", content).metrics()
    (copied.folder / "run.json").unlink()
    (copied.folder / "run.json").mkdir()
    with pytest.raises(RunError, match=r"run\.json cannot be read: Is a directory"):
        _ = Run(copied.folder).settings
