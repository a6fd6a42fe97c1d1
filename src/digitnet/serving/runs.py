"""The runs of a folder, for the page: their settings, curves and mistakes."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from functools import lru_cache
from pathlib import Path

import numpy as np
from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from numpy.typing import NDArray

from digitnet.datasets import reload_dataset
from digitnet.errors import ServiceError
from digitnet.evaluation import evaluate
from digitnet.reading.classify import Classifier
from digitnet.serving.run_folders import (
    METRICS,
    Json,
    damage_told,
    find,
    lines_from,
    listing,
    state_of,
    told,
)
from digitnet.serving.stopping import STOP, stopped
from digitnet.training.run import Run

MISTAKES = 50  # the surest of them
POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 5.0  # of silence: then a comment says that the line is still there
BATCH = 256  # test digits at once, after which the end of the service is looked for
LAST_SECONDS = 2.0  # for those digits, when the service ends


def routes(folder: Path) -> APIRouter:
    """Return the addresses under which the runs of a folder are found."""
    router = APIRouter(prefix="/v1/runs", tags=["runs"])
    # One at a time: a page that is opened twice must not read a data set twice at once.
    evaluating = asyncio.Lock()

    @router.get("", summary="The runs, the newest first")
    def runs() -> list[Json]:
        return listing(folder)

    @router.get("/{name}", summary="What a run was told, and how it ended")
    def run(name: str) -> Json:
        return told(find(folder, name))

    @router.get(
        "/{name}/metrics",
        summary="A run's metrics as server-sent events, as they are written",
        response_class=StreamingResponse,
    )
    def metrics(name: str) -> StreamingResponse:
        return StreamingResponse(_events(find(folder, name)), media_type="text/event-stream")

    @router.get("/{name}/confusion", summary="What a run confuses, and its surest mistakes")
    async def confusion(name: str) -> Json:
        found = find(folder, name)
        if not found.finished:
            raise ServiceError(409, "This run has no model yet; wait for its end.")
        with damage_told():
            written = found.model.stat().st_mtime_ns
            async with evaluating:
                if STOP.begun:
                    raise stopped()
                return await _beside(lambda: _confusion(found.folder, written))

    return router


async def _events(run: Run) -> AsyncIterator[str]:
    """A line of metrics as an event each; after the last one of a run at rest, ``end``.

    While nothing is written, a comment every few seconds. The end of the service ends the events
    without a word, and whoever follows them asks again.
    """
    path, place, file = run.folder / METRICS, 0, 0
    spoken = time.monotonic()
    while not STOP.begun:
        lines: list[Json] = []
        try:
            state = state_of(run)  # Before the lines: the last of them must not be missed.
            if path.exists():
                found = path.stat()
                # A resumed run has taken back its last steps.
                if place and (found.st_ino != file or found.st_size < place):
                    yield "event: restart\ndata: {}\n\n"
                    place = 0
                file = found.st_ino
                lines, place = await asyncio.to_thread(lines_from, path, place)
        except OSError:
            state = "damaged"  # It is being deleted.
        if lines:
            yield "".join(f"data: {json.dumps(line)}\n\n" for line in lines)
            spoken = time.monotonic()
        if state != "training":
            yield f"event: end\ndata: {json.dumps({'state': state})}\n\n"
            return
        if time.monotonic() - spoken >= HEARTBEAT_SECONDS:
            yield ": still training\n\n"
            spoken = time.monotonic()
        await asyncio.sleep(POLL_SECONDS)


async def _beside(work: Callable[[], Json]) -> Json:
    """Return what is computed in a thread of its own, which the end of the service can leave.

    Raises:
        ServiceError: the service is being stopped.
    """
    future: Future[Json] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    waiting = asyncio.wrap_future(future)
    threading.Thread(target=run, name="confusion", daemon=True).start()
    try:
        while not STOP.begun:
            done, _ = await asyncio.wait([waiting], timeout=POLL_SECONDS)
            if done:
                return waiting.result()
        # A thread that computes while Python goes down would take the process with it.
        await asyncio.wait([waiting], timeout=LAST_SECONDS)
        raise stopped()
    finally:
        waiting.cancel()


@lru_cache(maxsize=8)
def _confusion(folder: Path, _written: int) -> Json:
    """Classify the test digits; kept until the model is written anew."""
    run = Run(folder)
    test = reload_dataset(run.settings.data).test
    probabilities = _classified(run.model, test.images)
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


def _classified(model: Path, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The probabilities of many digits, (N, 11), which the end of the service breaks off."""
    # One thread: pictures are read meanwhile.
    classifier = Classifier(model, threads=1)
    parts = []
    for start in range(0, len(images), BATCH):
        if STOP.begun:
            raise stopped()
        parts.append(classifier.classify(images[start : start + BATCH]))
    return np.concatenate(parts)
