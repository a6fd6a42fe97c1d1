"""`digitnet data list`, `digitnet data verify` and `digitnet data fetch`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from digitnet.commands.shared import PATH, InOrder
from digitnet.messages import say

cache_folder = click.option(
    "--folder",
    type=PATH,
    metavar="DIR",
    help="Where fetched sets lie. Default: the user's cache folder.",
)


@click.group(cls=InOrder)
def data() -> None:
    """The data sets: what is here, is it whole, get more."""


@data.command("list")
@cache_folder
def data_list(folder: Path | None) -> None:
    """List the data sets: what ships, what was fetched, what can be."""
    from digitnet.console.datasets import show_available
    from digitnet.datasets.fetch import available

    show_available(available(folder))


@data.command("verify")
@cache_folder
def data_verify(folder: Path | None) -> None:
    """Check every data set that is here against its checksums."""
    from digitnet.console.datasets import show_checks
    from digitnet.datasets.fetch import verify

    checks = verify(folder)
    show_checks(checks)
    if any(check.error for check in checks):
        raise click.exceptions.Exit(1)


@data.command("fetch")
@click.argument("name", help="Which one; see `digitnet data list`.")
@cache_folder
def data_fetch(name: str, folder: Path | None) -> None:
    """Download a data set; what was begun goes on where it stopped."""
    from digitnet.console.live import DownloadView
    from digitnet.console.output import line
    from digitnet.datasets.fetch import fetch

    with DownloadView() as view:
        place = fetch(name, folder, view.on_progress)
    line(say("{name} is in {folder}.", name=name, folder=place))
    source = name if folder is None else shlex.quote(str(place))
    line(say("Next: digitnet train --data {data}", data=source))
