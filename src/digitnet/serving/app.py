"""The application: the page, the API behind it, and what a proxy asks for."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import cv2
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

import digitnet
from digitnet.errors import DigitnetError, ServiceError
from digitnet.look import look, look_at_glyph
from digitnet.messages import say_error
from digitnet.reading import Reader, Reading
from digitnet.serving import problems, runs
from digitnet.serving.bodies import picture_of, pictures_of
from digitnet.serving.glyphs import glyph_of, with_glyphs
from digitnet.serving.measures import Measures
from digitnet.serving.orphans import clear_counts_of_orphan, end_with_supervisor
from digitnet.serving.pool import ReadingPool, overloaded
from digitnet.serving.schemas import BATCH_BODY, ERRORS, PICTURE_BODY, Batch, Look, Read
from digitnet.serving.security import HEADERS, Check, Guard, bearer, known_host
from digitnet.serving.settings import Settings
from digitnet.serving.stopping import STOP

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
    measures = Measures()
    pool = ReadingPool(
        Reader(model, threads=1),
        threads=1,
        waiting=settings.waiting,
        seconds=settings.read_seconds,
        note=measures.note_waiting,
    )

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        end_with_supervisor()
        gc.freeze()  # What is there now stays: to look through it again and again costs 4%.
        yield
        STOP.begin()
        pool.stop()
        clear_counts_of_orphan()

    app = FastAPI(
        title="digitnet",
        summary="Reads handwritten digits.",
        version=digitnet.__version__,
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere.
        redoc_url=None,
        redirect_slashes=False,  # Behind a proxy it would lead to an address of ours.
        lifespan=life,
        responses=ERRORS,
    )
    problems.install(app)
    _add_reading(app, pool, model, settings.waiting)
    app.include_router(runs.routes(Path(settings.runs)))
    _add_upkeep(app, measures)
    _add_page(app)
    return _guarded(app, settings, pool, measures)


class _DirectRoute(APIRoute):
    """A route whose requests, where they have no query, go to its function as they are.

    The function takes the request, has a default for all that a query may say, and returns a
    response: to find that out each time takes FastAPI a quarter of all that a request costs besides
    the reading.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        solve = super().get_route_handler()

        async def answer(request: Request) -> Response:
            handle = solve if request.scope["query_string"] else self.endpoint
            response: Response = await handle(request)
            return response

        return answer


def _add_reading(app: FastAPI, pool: ReadingPool, model: str | None, most: int) -> None:
    router = APIRouter(tags=["reading"], route_class=_DirectRoute)
    looks = 0  # at hand: they wait for threads beside the pool's, and may be as many

    async def seen(look: Callable[[], dict[str, object]]) -> Response:
        nonlocal looks
        if looks >= most:
            raise overloaded()
        looks += 1
        try:
            return JSONResponse(await asyncio.to_thread(look))
        finally:
            looks -= 1

    @router.post("/v1/read", openapi_extra=PICTURE_BODY, responses={200: {"model": Read}})
    async def read(
        request: Request,
        min_confidence: MinConfidence = 0.0,
        glyphs: Annotated[
            bool, Query(description="with what the network saw of each digit, as `glyph`")
        ] = False,
    ) -> Response:
        """Read the digits on a picture, sent as the body or as the part `file` of a form."""
        (answer,) = await pool.read([await picture_of(request)])
        if isinstance(answer, DigitnetError):
            raise answer
        reading = _with_doubt(answer, min_confidence)
        if glyphs:  # On a large page they are many, and take their time.
            return JSONResponse(await asyncio.to_thread(with_glyphs, reading))
        return JSONResponse(reading.to_dict())

    @router.post("/v1/read/batch", openapi_extra=BATCH_BODY, responses={200: {"model": Batch}})
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

    @router.post("/v1/look", openapi_extra=PICTURE_BODY, responses={200: {"model": Look}})
    async def look_inside(
        request: Request,
        line: Annotated[int, Query(ge=0, le=100_000)] = 0,
        digit: Annotated[int, Query(ge=0, le=100_000)] = 0,
        glyph: Annotated[
            bool,
            Query(description="the picture is one `glyph` as `/v1/read` gives it, not to be read"),
        ] = False,
    ) -> Response:
        """Show what the network sees of one digit of a picture: its maps, filters, evidence."""
        picture = await picture_of(request)
        if glyph:
            return await seen(lambda: look_at_glyph(glyph_of(picture), model))
        (answer,) = await pool.read([picture])
        if isinstance(answer, DigitnetError):
            raise answer
        try:
            chosen = answer.lines[line].digits[digit]
        except IndexError:
            raise ServiceError(404, "There is no such digit on this picture.") from None
        return await seen(lambda: look(chosen, model))

    app.include_router(router)


def _with_doubt(reading: Reading, min_confidence: float) -> Reading:
    lines = tuple(replace(line, min_confidence=min_confidence) for line in reading.lines)
    return replace(reading, lines=lines)


def _add_upkeep(app: FastAPI, measures: Measures) -> None:
    @app.head("/healthz", include_in_schema=False)
    @app.get("/healthz", tags=["upkeep"])
    async def health() -> dict[str, Any]:
        """Say that this process answers."""
        return {"status": "ok", "version": digitnet.__version__, "process": os.getpid()}

    @app.head("/metrics", include_in_schema=False)
    @app.get("/metrics", tags=["upkeep"], response_class=Response)
    async def metrics() -> Response:
        """Count what was asked and how long it took, for Prometheus."""
        return Response(measures.exposition(), media_type=measures.content_type)


def _add_page(app: FastAPI) -> None:
    @app.head("/", include_in_schema=False)
    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.head("/docs", include_in_schema=False)
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
    guarded = measures.watching(Guard(STOP.limiting(guarded), checks, HEADERS))
    if settings.origin:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=[settings.origin],
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    return guarded
