"""`digitnet serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitnet.errors import DigitnetError
from digitnet.messages import say


def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for all of this machine's.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; as many as pictures are read at once.")
    ] = 1,
    model: Annotated[
        Path | None, typer.Option(help="An ONNX file or a run folder, instead of our own model.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="The folder whose runs the page shows.")] = Path(
        "runs"
    ),
    token: Annotated[
        str,
        typer.Option(envvar="DIGITNET_TOKEN", help="What clients of the API must send as Bearer."),
    ] = "",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name by which the service is called; repeatable."),
    ] = None,
    allow_origin: Annotated[
        str, typer.Option(metavar="URL", help="A web origin whose pages may call the API.")
    ] = "",
) -> None:
    """Open a page to draw on, and a service to build on."""
    try:
        from digitnet.serving.server import address, serve_until_stopped
        from digitnet.serving.settings import Settings
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "The service needs {package}, which is not installed: pip install 'digitnet[serve]'",
            package=error.name,
        ) from error
    settings = Settings(
        model=str(model or ""),
        runs=str(runs),
        token=token,
        hosts=("localhost", host, *(allow_host or ())),
        origin=allow_origin,
    )

    def announce(port: int) -> None:
        typer.echo(
            say("The page is at {address} (Ctrl-C stops it)", address=address(host, port)), err=True
        )

    serve_until_stopped(settings, host, port, workers, announce)
