"""The runs of a folder, as they are written."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from digitnet.serving import runs
from digitnet.training.run import Run


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
    (listed,) = runs._listing(tmp_path)
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
    (listed,) = runs._listing(tmp_path)
    assert listed["state"] == "damaged"


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
        (folder / "summary.json").write_text("{}")
        return [*found, *[event async for event in events]]

    steps = [
        [json.loads(part[6:])["step"] for part in event.split("\n") if part.startswith('data: {"s')]
        for event in asyncio.run(follow())[:-1]
    ]
    assert steps == [[0], [10, 20], [], [0]]
