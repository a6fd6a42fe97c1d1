"""`digitnet serve`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from digitnet.commands.shared import PATH, model_option
from digitnet.errors import DigitnetError
from digitnet.messages import say


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    help="The address to listen on; 0.0.0.0 for all of this machine's.",
)
@click.option(
    "--port",
    default=8000,
    type=click.IntRange(0, 65535),
    metavar="N",
    help="0 takes a free one.",
)
@click.option(
    "--workers",
    default=1,
    type=click.IntRange(1, 64),
    metavar="N",
    help="How many processes; each reads with one thread.",
)
@model_option
@click.option(
    "--runs",
    default=Path("runs"),
    type=PATH,
    metavar="DIR",
    help="The folder whose runs the page shows.",
)
@click.option(
    "--token",
    envvar="DIGITNET_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="A secret that clients of the API must send: “Authorization: Bearer TOKEN”.",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="A name by which the service is called; repeatable.",
)
@click.option("--allow-origin", metavar="URL", help="A web origin whose pages may call the API.")
def serve(
    host: str,
    port: int,
    workers: int,
    model: Path | None,
    runs: Path,
    token: str | None,
    allow_host: Sequence[str],
    allow_origin: str | None,
) -> None:
    """Open a page to draw on, and a service to build on."""
    try:
        from digitnet.serving.options import check_options
        from digitnet.serving.server import address, serve_until_stopped
        from digitnet.serving.settings import Settings
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "The service needs {package}, which is not installed: pip install 'digitnet[serve]'",
            package=error.name,
        ) from error
    check_options(host, token, allow_host, allow_origin)
    settings = Settings(
        model=str(model or ""),
        runs=str(runs),
        token=token or "",
        hosts=("localhost", host, *allow_host),
        origin=allow_origin or "",
    )

    def announce(port: int) -> None:
        click.echo(
            say("The page is at {address} (Ctrl-C stops it)", address=address(host, port)), err=True
        )

    serve_until_stopped(settings, host, port, workers, announce)
