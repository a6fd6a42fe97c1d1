"""Errors as problem objects (RFC 9457): one sentence, in the language that was asked for."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from digitnet.errors import DigitnetError, ServiceError, UsageError
from digitnet.messages import Language, say_error

RETRY_SECONDS = 1
MEDIA_TYPE = "application/problem+json"


def language_of(accept: str | None) -> Language:
    """Return the first of our languages in an Accept-Language header, by its weights (RFC 9110)."""
    best, wanted = 0.0, "en"
    for part in (accept or "").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights = [piece[2:] for piece in parameters if piece.startswith("q=")]
        try:
            quality = float(weights[0]) if weights else 1.0
        except ValueError:
            continue
        primary = name.partition("-")[0]
        if primary in ("en", "zh") and quality > best:
            best, wanted = quality, primary
    return "zh" if wanted == "zh" else "en"


def problem(error: DigitnetError, language: Language) -> JSONResponse:
    """Return the answer for an error: its status, and its sentence in the client's language."""
    status = HTTPStatus(status_of(error))
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": say_error(error, language),
    }
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def status_of(error: DigitnetError) -> int:
    """Return the HTTP status: what the client sent cannot be used, or is more than that wrong."""
    if isinstance(error, ServiceError):
        return error.status
    return 400 if isinstance(error, UsageError) else 422


def install(app: FastAPI) -> None:
    """Let every error of the application be answered as a problem."""

    def answer(request: Request, error: DigitnetError) -> JSONResponse:
        return problem(error, language_of(request.headers.get("accept-language")))

    async def known(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, DigitnetError)  # noqa: S101 (tells the type checker)
        return answer(request, error)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        said = answer(request, _as_error(error.status_code))
        said.headers.update(error.headers or {})
        return said

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        where = ".".join(str(part) for part in error.errors()[0]["loc"][1:])
        wrong = ServiceError(
            422, "The value of {name} is not allowed; see /docs for what is.", name=where or "?"
        )
        return answer(request, wrong)

    async def unexpected(request: Request, _error: Exception) -> JSONResponse:
        fault = ServiceError(500, "Something went wrong here; the service's log says what.")
        return answer(request, fault)

    app.add_exception_handler(DigitnetError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


def _as_error(status: int) -> ServiceError:
    if status == HTTPStatus.NOT_FOUND:
        return ServiceError(status, "There is nothing at this address; /docs lists what there is.")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return ServiceError(status, "This address does not take that method; see /docs.")
    return ServiceError(status, "The request cannot be understood; see /docs for how to ask.")
