"""Who may ask, and what a browser may do with the answers: the outermost layers of the service."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitnet.errors import DigitnetError, ServiceError
from digitnet.messages import Language
from digitnet.serving.options import is_address
from digitnet.serving.problems import language_of, problem

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # Ask whether it is still so: a page must not mix two versions.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
API = "/v1/"
HOSTS_KEPT = 64  # of which is known whether they are ours: clients ask for the same again and again

Check: TypeAlias = Callable[[Scope, Headers], DigitnetError | None]


class Guard:
    """Refuses requests before anything of them is read, and puts headers on every answer.

    Args:
        app: what answers the others.
        checks: each looks at a request's head and returns what is wrong with it, if anything: one
            of a few errors, of which the answers are kept.
        headers: for every answer.
    """

    def __init__(self, app: ASGIApp, checks: list[Check], headers: dict[str, str]) -> None:
        self._app = app
        self._checks = checks
        # As they go over the line: under load, every answer has to be cheap.
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._refusals: dict[tuple[DigitnetError, Language], Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        for check in self._checks:
            error = check(scope, given)
            if error is not None:
                answer = self._refusal(error, language_of(given.get("accept-language")))
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, self._with_headers(send))

    def _refusal(self, error: DigitnetError, language: Language) -> Response:
        kept = self._refusals.get((error, language))
        if kept is None:
            kept = self._refusals[error, language] = problem(error, language)
            kept.raw_headers = self._and_ours(kept.raw_headers)
        return kept

    def _with_headers(self, send: Send) -> Callable[[Message], Awaitable[None]]:
        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._and_ours(message["headers"])
            await send(message)

        return sender

    def _and_ours(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        theirs = list(headers)
        given = {name for name, _ in theirs}
        return [*theirs, *(header for header in self._headers if header[0] not in given)]


def known_host(names: tuple[str, ...]) -> Check:
    """Return a check of the Host header: an address, or one of our names.

    A page from elsewhere whose name was made to point here (DNS rebinding) has another. A client of
    this machine that speaks HTTP/1.0 need not send the header; a browser always does.
    """
    allowed = {_plain(name) for name in names}
    unknown = ServiceError(421, "This service does not go by that name; see --allow-host.")

    @lru_cache(HOSTS_KEPT)
    def is_known(host: str) -> bool:
        name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        return _plain(name) in allowed or is_address(name)

    def check(scope: Scope, headers: Headers) -> DigitnetError | None:
        host = headers.get("host")
        if host is None and scope["http_version"] == "1.0" and _is_near(scope):
            return None
        return None if is_known(host or "") else unknown

    return check


def bearer(token: str) -> Check:
    """Return a check that requests to the API carry the token."""
    wanted = f"Bearer {token}".encode()
    closed = ServiceError(401, "Send the service's token as “Authorization: Bearer …”.")

    def check(scope: Scope, headers: Headers) -> DigitnetError | None:
        if not scope["path"].startswith(API):
            return None
        given = headers.get("authorization", "").encode("latin-1", "replace")
        # In the same time, however much of it is right.
        return None if hmac.compare_digest(given, wanted) else closed

    return check


def _plain(name: str) -> str:
    """A host name as names are compared: in small letters, without the dot of the root."""
    return name.lower().removesuffix(".")


def _is_near(scope: Scope) -> bool:
    """Whether a request came over an address that only this machine has."""
    host, _port = scope.get("server") or ("", None)
    return is_address(host) and ipaddress.ip_address(host).is_loopback
