"""The runs of a folder, for the page: their settings, curves and mistakes."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from digitnet.datasets import reload_dataset
from digitnet.errors import DigitnetError, ServiceError
from digitnet.evaluation import evaluate
from digitnet.reading.classify import Classifier
from digitnet.training.run import Run

MISTAKES = 50  # the surest of them
METRICS = "metrics.jsonl"
POLL_SECONDS = 0.5
LAST_BYTES = 4096  # hold a line of metrics
STILL_TRAINING = 60.0  # seconds since the last line of metrics

Json = dict[str, Any]


def routes(folder: Path) -> APIRouter:
    """Return the addresses under which the runs of a folder are found."""
    router = APIRouter(prefix="/v1/runs", tags=["runs"])
    # One at a time: a page that is opened twice must not read a data set twice at once.
    evaluating = asyncio.Lock()

    @router.get("", summary="The runs, the newest first")
    def runs() -> list[Json]:
        return _listing(folder)

    @router.get("/{name}", summary="What a run was told, and how it ended")
    def run(name: str) -> Json:
        found = _find(folder, name)
        told: Json = json.loads((found.folder / "run.json").read_text("utf-8"))
        return {"run": told} | ({"summary": found.summary} if found.finished else {})

    @router.get(
        "/{name}/metrics",
        summary="A run's metrics as server-sent events, as they are written",
        response_class=StreamingResponse,
    )
    def metrics(name: str) -> StreamingResponse:
        return StreamingResponse(_events(_find(folder, name)), media_type="text/event-stream")

    @router.get("/{name}/confusion", summary="What a run confuses, and its surest mistakes")
    async def confusion(name: str) -> Json:
        found = _find(folder, name)
        if not found.finished:
            raise ServiceError(409, "This run has no model yet; wait for its end.")
        async with evaluating:
            return await asyncio.to_thread(_confusion, found.folder, found.model.stat().st_mtime_ns)

    return router


def _runs(folder: Path) -> list[Run]:
    if not folder.is_dir():
        return []
    folders = [path for path in folder.iterdir() if (path / "run.json").is_file()]
    return [Run(path) for path in sorted(folders, key=_began, reverse=True)]


def _began(folder: Path) -> float:
    return (folder / "run.json").stat().st_mtime


def _listing(folder: Path) -> list[Json]:
    return [_entry(run) for run in _runs(folder)]


def _find(folder: Path, name: str) -> Run:
    # By its name among those that are there: no path that a client makes up is ever opened.
    for run in _runs(folder):
        if run.folder.name == name:
            return run
    raise ServiceError(404, "There is no run of that name.")


def _entry(run: Run) -> Json:
    entry: Json = {"name": run.folder.name}
    try:
        # As it was written, by whatever version: what is shown here all of them have.
        told = json.loads((run.folder / "run.json").read_text("utf-8"))
        entry |= {
            "recipe": told["recipe"]["name"],
            "seed": told["seed"],
            "state": _state(run),
            "step": _last_step(run.folder / METRICS),
            "steps": told["recipe"]["steps"],
        }
        if run.finished:
            entry["test_accuracy"] = run.summary["test_accuracy"]
    except (DigitnetError, OSError, ValueError, KeyError, TypeError):
        entry["state"] = "damaged"
    return entry


def _last_step(path: Path) -> int:
    """The step of the last whole line; the list is asked for often, and files grow long."""
    if not path.exists():
        return 0
    lines, _ = _lines_from(path, max(0, path.stat().st_size - LAST_BYTES))
    return int(lines[-1]["step"]) if lines else 0


def _lines_from(path: Path, start: int) -> tuple[list[Json], int]:
    """The whole lines from a byte on, and the byte after them; a first part of a line is left."""
    with path.open("rb") as file:
        file.seek(max(0, start - 1))
        if start:
            start += len(file.readline()) - 1
        content = file.read()
    end = content.rfind(b"\n") + 1
    return [json.loads(line) for line in content[:end].splitlines()], start + end


def _state(run: Run) -> str:
    if run.finished:
        return "finished"
    metrics = run.folder / METRICS
    written = metrics if metrics.exists() else run.folder / "run.json"
    recent = time.time() - written.stat().st_mtime < STILL_TRAINING
    return "training" if recent else "stopped"


async def _events(run: Run) -> AsyncIterator[str]:
    """A line of metrics as an event each; after the last one of a run at rest, ``end``."""
    path, place, file = run.folder / METRICS, 0, 0
    while True:
        state = _state(run)  # Before the lines: the last of them must not be missed.
        if path.exists():
            found = path.stat()
            if place and found.st_ino != file:  # A resumed run has taken back its last steps.
                yield "event: restart\ndata: {}\n\n"
                place = 0
            file = found.st_ino
            lines, place = await asyncio.to_thread(_lines_from, path, place)
            if lines:
                yield "".join(f"data: {json.dumps(line)}\n\n" for line in lines)
        if state != "training":
            yield f"event: end\ndata: {json.dumps({'state': state})}\n\n"
            return
        await asyncio.sleep(POLL_SECONDS)


@lru_cache(maxsize=8)
def _confusion(folder: Path, _written: int) -> Json:
    """Classify the test digits; kept until the model is written anew."""
    run = Run(folder)
    test = reload_dataset(run.settings.data).test
    # One thread: pictures are read meanwhile.
    probabilities = Classifier(run.model, threads=1).classify(test.images)
    answers = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(answers != test.labels)
    surest = wrong[np.argsort(-probabilities[wrong, answers[wrong]], kind="stable")][:MISTAKES]
    evaluation = evaluate(probabilities, test.labels)
    return {
        "matrix": np.asarray(evaluation.confusion).tolist(),
        "accuracy": evaluation.accuracy,
        "count": evaluation.count,
        "mistakes": [
            {
                "index": int(k),
                "label": int(test.labels[k]),
                "prediction": int(answers[k]),
                "confidence": round(float(probabilities[k, answers[k]]), 4),
                "glyph": base64.b64encode(test.images[k].tobytes()).decode("ascii"),
            }
            for k in surest
        ],
    }
