"""The application: the page, the API behind it, and what a proxy asks for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import cv2
from fastapi import FastAPI, Query, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

import digitnet
from digitnet.errors import DigitnetError, ServiceError
from digitnet.inside import look
from digitnet.messages import say_error
from digitnet.reading import Reader, Reading
from digitnet.serving import problems, runs
from digitnet.serving.bodies import picture_of, pictures_of
from digitnet.serving.measures import Measures
from digitnet.serving.pool import ReadingPool, overloaded
from digitnet.serving.schemas import BATCH_BODY, ERRORS, PICTURE_BODY, Batch, Look, Read
from digitnet.serving.security import HEADERS, Check, Guard, bearer, known_host
from digitnet.serving.settings import Settings

STATIC = Path(__file__).parent / "static"
READS = ("/v1/read", "/v1/read/batch", "/v1/look")

MinConfidence = Annotated[
    float, Query(ge=0, le=1, description="`?` in place of a digit less sure than this")
]


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Return the application.

    Args:
        settings: what the service was told; without them, what was published to this process.

    Raises:
        DigitnetError: the model cannot be used.
    """
    settings = Settings.published() if settings is None else settings
    model = settings.model or None
    # A worker reads with one thread: there are as many workers as are wanted.
    cv2.setNumThreads(1)
    pool = ReadingPool(
        Reader(model, threads=1),
        threads=1,
        waiting=settings.waiting,
        seconds=settings.read_seconds,
    )
    measures = Measures(pool)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        yield
        pool.stop()

    app = FastAPI(
        title="digitnet",
        summary="Reads handwritten digits.",
        version=digitnet.__version__,
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere.
        redoc_url=None,
        lifespan=life,
        responses=ERRORS,
    )
    problems.install(app)
    _add_reading(app, pool, model)
    app.include_router(runs.routes(Path(settings.runs)))
    _add_upkeep(app, measures)
    _add_page(app)
    return _guarded(app, settings, pool, measures)


def _add_reading(app: FastAPI, pool: ReadingPool, model: str | None) -> None:
    @app.post(
        "/v1/read", tags=["reading"], openapi_extra=PICTURE_BODY, responses={200: {"model": Read}}
    )
    async def read(request: Request, min_confidence: MinConfidence = 0.0) -> Response:
        """Read the digits on a picture, sent as the body or as the part `file` of a form."""
        (answer,) = await pool.read([await picture_of(request)])
        if isinstance(answer, DigitnetError):
            raise answer
        return JSONResponse(_with_doubt(answer, min_confidence).to_dict())

    @app.post(
        "/v1/read/batch",
        tags=["reading"],
        openapi_extra=BATCH_BODY,
        responses={200: {"model": Batch}},
    )
    async def read_batch(request: Request, min_confidence: MinConfidence = 0.0) -> Response:
        """Read up to 64 pictures; one that cannot be read has an error in its place."""
        language = problems.language_of(request.headers.get("accept-language"))
        answers = await pool.read(await pictures_of(request))
        results: list[dict[str, Any]] = [
            {"error": say_error(answer, language)}
            if isinstance(answer, DigitnetError)
            else _with_doubt(answer, min_confidence).to_dict()
            for answer in answers
        ]
        return JSONResponse({"results": results})

    @app.post(
        "/v1/look", tags=["reading"], openapi_extra=PICTURE_BODY, responses={200: {"model": Look}}
    )
    async def look_inside(
        request: Request,
        line: Annotated[int, Query(ge=0, le=100_000)] = 0,
        digit: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> Response:
        """Show what the network sees of one digit of a picture: its maps, filters, evidence."""
        (answer,) = await pool.read([await picture_of(request)])
        if isinstance(answer, DigitnetError):
            raise answer
        try:
            chosen = answer.lines[line].digits[digit]
        except IndexError:
            raise ServiceError(404, "There is no such digit on this picture.") from None
        return JSONResponse(await asyncio.to_thread(look, chosen, model))


def _with_doubt(reading: Reading, min_confidence: float) -> Reading:
    lines = tuple(replace(line, min_confidence=min_confidence) for line in reading.lines)
    return replace(reading, lines=lines)


def _add_upkeep(app: FastAPI, measures: Measures) -> None:
    @app.get("/healthz", tags=["upkeep"])
    async def health() -> dict[str, Any]:
        """Say that this process answers."""
        return {"status": "ok", "version": digitnet.__version__, "process": os.getpid()}

    @app.get("/metrics", tags=["upkeep"], response_class=Response)
    async def metrics() -> Response:
        """Count what was asked and how long it took, for Prometheus."""
        return Response(measures.exposition(), media_type=measures.content_type)


def _add_page(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _guarded(app: FastAPI, settings: Settings, pool: ReadingPool, measures: Measures) -> ASGIApp:
    full = overloaded()

    def not_full(scope: Scope, _headers: Headers) -> DigitnetError | None:
        # Refused before a byte of the body is read: under load that has to be cheap.
        return full if scope["path"] in READS and pool.turns_away() else None

    checks: list[Check] = [known_host(settings.hosts)]
    guarded: ASGIApp = app
    if settings.token:
        checks.append(bearer(settings.token))
    checks.append(not_full)
    guarded = measures.watching(Guard(guarded, checks, HEADERS))
    if settings.origin:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=[settings.origin],
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    return guarded
