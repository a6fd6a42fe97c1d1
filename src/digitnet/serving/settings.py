"""What the service is told when it starts, and the limits it keeps."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields

MAX_BODY = 20 * 2**20  # bytes of a request; it is read no further
MAX_ARRIVING = 256 * 2**20  # bytes of bodies that are not all here yet, of all clients together
MAX_BATCH = 64  # pictures of a batch
BODY_STALL_SECONDS = 10.0  # without a byte of a body that is not all here
BODY_GRACE_SECONDS = 20.0  # until a body has to have come at this rate on the average:
BODY_RATE = 32 * 2**10  # bytes a second; 20 MB then take ten minutes at the most
HEADER_SECONDS = 10.0  # for the head of a request to arrive
TAKING_SECONDS = 20.0  # for a client to take some of its answer
READ_SECONDS = 15.0  # for a picture to be read, with the time it waits
WAITING = 24  # requests that may wait in a burst; fewer in a crowd, see `digitnet.serving.pool`
FINISH_SECONDS = 5.0  # for the work at hand, when the service is stopped; then it is refused
HANG_UP_SECONDS = 5.5  # for clients to take that; then they are disconnected
STOP_SECONDS = 6  # until uvicorn breaks off what is left, and says so in the log

ENVIRONMENT = "DIGITNET_SERVE"  # Hands the settings on to worker processes.


@dataclass(frozen=True)
class Settings:
    """What `digitnet serve` was told.

    Attributes:
        model: an ONNX file or a run folder; empty for the model that ships.
        runs: the folder whose runs the page shows.
        token: what clients of the API must send as ``Authorization: Bearer``; empty for none.
        hosts: names by which the service may be called, besides addresses.
        origin: the one web origin that may call the API from a page of its own; empty for none.
        read_seconds: for a picture to be read, with the time it waits.
        waiting: requests that may wait in one process.
    """

    model: str = ""
    runs: str = "runs"
    token: str = ""
    hosts: tuple[str, ...] = ("localhost",)
    origin: str = ""
    read_seconds: float = READ_SECONDS
    waiting: int = WAITING

    def publish(self) -> None:
        """Put the settings where `published` of this process and its children finds them."""
        os.environ[ENVIRONMENT] = json.dumps(asdict(self))

    @classmethod
    def published(cls) -> Settings:
        """Return the settings that `publish` put there; all defaults where nothing is."""
        values = json.loads(os.environ.get(ENVIRONMENT, "{}"))
        values["hosts"] = tuple(values.get("hosts", cls.hosts))
        return cls(**{f.name: values[f.name] for f in fields(cls) if f.name in values})
