"""The end of the service: what is at hand may be finished, but not for ever."""

from __future__ import annotations

import asyncio
import threading

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitnet.errors import ServiceError
from digitnet.serving.problems import language_of, problem
from digitnet.serving.settings import FINISH_SECONDS


class Stop:
    """Whether this process is about to end, and how long its requests may still take.

    Requests that are answered bit by bit, and long work in threads, look at `begun` and end
    themselves.
    """

    def __init__(self) -> None:
        self._begun = threading.Event()
        self._limits: set[asyncio.Timeout] = set()

    @property
    def begun(self) -> bool:
        """Whether the service is being stopped; it may be asked from any thread."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Limit the requests at hand, and those that follow on their lines, from now on.

        Called in the thread of the event loop, more than once too.
        """
        if self.begun:
            return
        self._begun.set()
        for limit in self._limits:
            limit.reschedule(asyncio.get_running_loop().time() + FINISH_SECONDS)

    def limiting(self, app: ASGIApp) -> ASGIApp:
        """Return the application with its requests answered 503 that the end does not wait for.

        An answer that has begun is only limited by its line, see `digitnet.serving.patience`.
        """

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            limit = asyncio.timeout(FINISH_SECONDS if self.begun else None)

            async def answering(message: Message) -> None:
                if limit in self._limits and not limit.expired():
                    self._limits.remove(limit)
                    limit.reschedule(None)
                await send(message)

            try:
                async with limit:
                    self._limits.add(limit)
                    try:
                        await app(scope, receive, answering)
                    finally:
                        self._limits.discard(limit)
            except TimeoutError:
                if not limit.expired():
                    raise  # One of the application's own.
                language = language_of(Headers(scope=scope).get("accept-language"))
                await problem(stopped(), language)(scope, receive, send)

        return limited


STOP = Stop()


def stopped() -> ServiceError:
    """Return the error that tells a client that the service ends."""
    return ServiceError(503, "The service is being stopped; try again in a moment.")
