"""What the service bears of its clients' connections: slowness up to a point, and sudden leave.

uvicorn closes connections that are idle between requests, and the application limits how long a
body may take; a client that sends the head of a request byte by byte, or does not take its answer,
is left to this. So is one that leaves before its answer is there, which is no fault of ours.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from digitnet.serving.settings import HANG_UP_SECONDS, HEADER_SECONDS, TAKING_SECONDS
from digitnet.serving.stopping import STOP


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 that hangs up on clients who neither ask nor take their answers in time."""

    _head_timer: asyncio.TimerHandle | None = None
    _taking_timer: asyncio.TimerHandle | None = None
    _ending_timer: asyncio.TimerHandle | None = None
    _ended = False

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(_Tolerant(transport))  # type: ignore[arg-type]
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a head that has begun; once it is here, no longer."""
        super().data_received(data)
        if not self._expects_head():
            self._stop_waiting()
        elif self._head_timer is None:
            self._wait()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the line open for the answer where all of the request is here."""
        self._ended = True
        return not self._expects_head() and not self.cycle.more_body

    def on_response_complete(self) -> None:
        """Let uvicorn's own limit for idle connections count from here."""
        self._stop_waiting()
        super().on_response_complete()
        if self._ended and self._expects_head():
            self._hang_up()

    def pause_writing(self) -> None:
        """Wait for a client that does not take its answer, but not for ever."""
        super().pause_writing()
        self._taking_timer = self.loop.call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It takes more."""
        super().resume_writing()
        self._stop_taking()

    def shutdown(self) -> None:
        """Let the answer at hand be the last one: the service is being stopped."""
        STOP.begin()
        self._ending_timer = self.loop.call_later(HANG_UP_SECONDS, self.transport.abort)
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self._stop_taking()
        if self._ending_timer is not None:
            self._ending_timer.cancel()
        super().connection_lost(exc)

    def _expects_head(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._head_timer = self.loop.call_later(HEADER_SECONDS, self._hang_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_taking(self) -> None:
        if self._taking_timer is not None:
            self._taking_timer.cancel()
            self._taking_timer = None

    def _hang_up(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()


class _Tolerant:
    """A transport that takes what is written after the client has left, and forgets it.

    Others raise then, which uvicorn would put into the log as a fault of the application.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if not self.is_closing():
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
