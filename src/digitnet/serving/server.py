"""Start the service: uvicorn with our limits, in one process or several."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

from digitnet.errors import UsageError
from digitnet.reading.classify import Classifier
from digitnet.serving.measures import SHARED
from digitnet.serving.settings import STOP_SECONDS, Settings

BACKLOG = 512
IDLE_SECONDS = 15  # between the requests of one connection
INTERRUPTED = 130  # the exit code after Ctrl-C, as for every other command


def serve_until_stopped(
    settings: Settings, host: str, port: int, workers: int, announce: Callable[[int], None]
) -> None:
    """Serve until a signal says stop; then finish what is at hand.

    Args:
        settings: what the service is told.
        host: the address to listen on.
        port: 0 takes a free one.
        workers: processes; one that dies is started again.
        announce: told the port when it is listened on.

    Raises:
        DigitnetError: the model cannot be used.
        UsageError: the address cannot be listened on.
    """
    Classifier(
        settings.model or None
    )  # What is wrong with it is said here, once, before any worker.
    listener = listen(host, port)
    settings.publish()
    announce(listener.getsockname()[1])
    config = uvicorn.Config(
        "digitnet.serving.app:create_app",
        factory=True,
        workers=workers,
        http="digitnet.serving.patience:PatientProtocol",
        ws="none",
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
        proxy_headers=False,  # Nobody asks who the client is.
        access_log=False,  # Nothing a client sends is kept.
        log_level="error",  # What is wrong with a request is told to who sent it.
    )
    with listener:
        if workers == 1:
            try:
                _Server(config).run([listener])
            except KeyboardInterrupt:
                _leave_threads_behind(INTERRUPTED)
                raise
            return
        with tempfile.TemporaryDirectory(prefix="digitnet-counts-") as folder:
            os.environ[SHARED] = folder
            _Supervisor(config, sockets=[listener]).run()


class _Server(uvicorn.Server):
    """Serves in this process."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; at the second Ctrl-C, end at once."""
        if self.should_exit and sig == signal.SIGINT:
            os._exit(INTERRUPTED)  # uvicorn would break off its tasks, each with a traceback.
        super().handle_exit(sig, frame)


class _Supervisor(Multiprocess):
    """Starts workers, and starts those again that die."""

    def keep_subprocess_alive(self) -> None:
        """Replace dead workers; what waited in them waits no more."""
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _leave_threads_behind(code: int) -> None:
    """End the process at once if a thread still works on what nobody waits for any more.

    Python's own way to end takes its lock away from such a thread, at which C++ code aborts.
    """
    if threading.active_count() > 1:
        os._exit(code)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that what is wrong with the address is said at once.

    Raises:
        UsageError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError, TypeError, ValueError) as error:
        raise UsageError(
            "{host}:{port} cannot be listened on ({reason}); give another --host or --port.",
            host=host,
            port=port,
            # As the system says it: Python adds the address once more.
            reason=str(getattr(error, "strerror", None) or error).partition(" (while")[0],
        ) from error
    listener.set_inheritable(True)
    # Connections inherit it. Without it, the second half of an answer waits for the client to
    # acknowledge the first, up to 40 ms, where uvloop is not there to set it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address(host: str, port: int) -> str:
    """Return the address of the page."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
