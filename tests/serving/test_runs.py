"""The runs of a folder, as they are written, damaged and deleted."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from digitnet.serving import run_folders, runs
from digitnet.serving.run_folders import STILL_TRAINING, listing, state_of
from digitnet.training.run import Run
from tests.serving.conftest import Service, running


def line(step: int) -> str:
    return json.dumps({"step": step, "train_loss": 0.5}) + "\n"


def written(folder: Path, *, lines: str) -> Run:
    told = {"recipe": {"name": "mine", "steps": 90, "of another version": 1}, "seed": 3}
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(told))
    (folder / "metrics.jsonl").write_text(lines)
    return Run(folder)


def test_a_run_of_another_version_is_listed(tmp_path: Path) -> None:
    many = "".join(line(step) for step in range(1000))
    written(tmp_path / "first", lines=many + '{"step": 10')
    (listed,) = listing(tmp_path)
    assert listed == {
        "name": "first",
        "recipe": "mine",
        "seed": 3,
        "state": "training",
        "step": 999,
        "steps": 90,
    }


def test_what_is_no_run_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "run.json").write_text("[]")
    (listed,) = listing(tmp_path)
    assert listed["state"] == "damaged"


def quiet(run: Run) -> Run:
    """The run, as if nothing had been written for longer than a trainer is usually silent."""
    for file in run.folder.iterdir():
        then = file.stat().st_mtime - 2 * STILL_TRAINING
        os.utime(file, (then, then))
    return run


def test_a_silent_run_is_in_training_as_long_as_its_lock_is_held(tmp_path: Path) -> None:
    run = quiet(written(tmp_path / "first", lines=line(0)))
    assert state_of(run) == "stopped"
    with FileLock(run.folder / ".lock"):
        assert state_of(run) == "training"
    assert state_of(run) == "stopped"
    # To look at a lock is not to take it.
    with FileLock(run.folder / ".lock", timeout=0):
        pass


def test_a_line_without_news_is_known_to_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(runs, "POLL_SECONDS", 0.02)
    run = written(tmp_path / "first", lines=line(0))

    async def follow() -> list[str]:
        events = runs._events(run)
        return [await anext(events) for _ in range(3)]

    first, *rest = asyncio.run(follow())
    assert first.startswith("data: ")
    assert all(event.startswith(":") and event.endswith("\n\n") for event in rest)


def test_lines_that_hold_no_metrics_are_left_out(tmp_path: Path) -> None:
    bad = '{"step": 3, "tr\n\xff\x00\n[]\n{}\n' + "[" * 9000 + '\n{"step": 4, "loss": NaN}\n'
    run = written(tmp_path / "first", lines=line(0) + bad + line(9))
    (listed,) = listing(tmp_path)
    assert (listed["state"], listed["step"]) == ("training", 9)
    lines, _ = run_folders.lines_from(run.folder / "metrics.jsonl", 0)
    assert [each["step"] for each in lines] == [0, 4, 9]
    assert lines[1]["loss"] is None


def test_a_run_that_is_deleted_meanwhile_ends_its_events(tmp_path: Path) -> None:
    run = written(tmp_path / "first", lines=line(0))

    async def follow() -> list[str]:
        events = runs._events(run)
        found = [await anext(events)]
        shutil.rmtree(run.folder)
        return [*found, *[event async for event in events]]

    assert asyncio.run(follow())[-1] == 'event: end\ndata: {"state": "damaged"}\n\n'


def test_a_run_that_is_deleted_while_it_is_listed_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        written(tmp_path / name, lines=line(0))
    read = run_folders._read

    def deleting(path: Path) -> dict[str, object]:
        if path.parent.name == "first":
            shutil.rmtree(path.parent)
        return read(path)

    monkeypatch.setattr(run_folders, "_read", deleting)
    assert [entry["name"] for entry in listing(tmp_path)] == ["second"]
    assert listing(tmp_path / "nowhere") == []


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Service]]:
    folder = tmp_path_factory.mktemp("damaged")
    with running("--runs", str(folder)) as service:
        yield folder, service
    assert service.log == ""


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", b'{"recipe": {"name": "mi'),
        ("run.json", b"\xff\xfe"),
        ("run.json", b"[" * 100_000),
        ("run.json", b"{}"),
        ("summary.json", b"{"),
        ("summary.json", b'{"test_accuracy": NaN}'),
    ],
)
def test_a_damaged_run_is_told_and_the_others_are_listed(
    damaged: tuple[Path, Service], tiny_run: Path, file: str, content: bytes
) -> None:
    folder, service = damaged
    for name in ("whole", "broken"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(tiny_run, folder / name)
    (folder / "broken" / file).write_bytes(content)
    nameless = Path(os.fsdecode(os.fsencode(folder) + b"/\xff"))  # Of no Unicode name.
    nameless.mkdir(exist_ok=True)
    shutil.copy(tiny_run / "run.json", nameless)
    with service.client() as client:
        listed = {entry["name"]: entry["state"] for entry in client.get("/v1/runs").json()}
        is_readable = b"NaN" in content
        assert listed == {"whole": "finished", "broken": "finished" if is_readable else "damaged"}
        for address in ("", "/metrics", "/confusion"):
            answer = client.get(f"/v1/runs/broken{address}")
            assert answer.status_code in (200, 409, 422)
            if answer.status_code != httpx.codes.OK:
                assert answer.headers["content-type"] == "application/problem+json"
                assert "damaged" in answer.json()["detail"]


def test_events_follow_the_lines_as_they_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "first"
    run = written(folder, lines=line(0) + line(10)[:9])

    async def follow() -> list[str]:
        events = runs._events(run)
        found = [await anext(events)]
        with (folder / "metrics.jsonl").open("a") as file:
            file.write(line(10)[9:] + line(20))
        found.append(await anext(events))
        (folder / "again").write_text(line(0))  # As a resumed run replaces it.
        (folder / "again").rename(folder / "metrics.jsonl")
        found += [await anext(events), await anext(events)]
        (folder / "model.onnx").touch()
        (folder / "summary.json").write_text("{}")
        return [*found, *[event async for event in events]]

    steps = [
        [json.loads(part[6:])["step"] for part in event.split("\n") if part.startswith('data: {"s')]
        for event in asyncio.run(follow())[:-1]
    ]
    assert steps == [[0], [10, 20], [], [0]]
