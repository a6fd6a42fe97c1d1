"""What the service counts, for Prometheus: requests, how long they took, how many wait."""

from __future__ import annotations

import os
import time
from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # The folder by which several workers count together.
BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)
PATHS = ("/", "/v1/read", "/v1/read/batch", "/v1/look", "/v1/runs", "/healthz", "/metrics", "/docs")


class Measures:
    """Counts of one process, or of all workers together where they share a folder."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._shared = SHARED in os.environ
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "digitnet_requests",
            "Requests by path and status.",
            ["path", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "digitnet_request_seconds",
            "Seconds from a request's head to its answer's end.",
            ["path"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._waiting = Gauge(
            "digitnet_waiting_requests",
            "Requests that wait to be read.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        # To look up labels takes longer than to count.
        self._counts = cache(self._find_counts)

    def note_waiting(self, requests: int) -> None:
        """Note how many requests wait in this process now."""
        self._waiting.set(requests)

    def _find_counts(self, path: str, status: int) -> tuple[Counter, Histogram]:
        return self._requests.labels(path, str(status)), self._seconds.labels(path)

    def exposition(self) -> bytes:
        """Return all counts in Prometheus's format."""
        if not self._shared:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def watching(self, app: ASGIApp) -> ASGIApp:
        """Return the application with every request counted."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            began, status = time.perf_counter(), 500

            async def noting(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, noting)
            finally:
                requests, seconds = self._counts(_known(scope["path"]), status)
                requests.inc()
                seconds.observe(time.perf_counter() - began)

        return watched


def _known(path: str) -> str:
    """The path by which a request is counted: what clients make up must not fill the memory."""
    if path in PATHS:
        return path
    for prefix in ("/v1/runs/", "/static/"):
        if path.startswith(prefix):
            return prefix
    return "other"
