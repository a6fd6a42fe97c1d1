"""`digitnet data list`, `digitnet data verify` and `digitnet data fetch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitnet.messages import say

data_app = typer.Typer(help="The data sets: what is here, is it whole, get more.")

CacheFolder = Annotated[
    Path | None,
    typer.Option("--folder", help="Where fetched sets lie. Default: the user's cache folder."),
]


@data_app.command("list")
def data_list(folder: CacheFolder = None) -> None:
    """List the data sets: what ships, what was fetched, what can be."""
    from digitnet import console
    from digitnet.datasets.fetch import available

    console.show_available(available(folder))


@data_app.command("verify")
def data_verify(folder: CacheFolder = None) -> None:
    """Check every data set that is here against its checksums."""
    from digitnet import console
    from digitnet.datasets.fetch import verify

    checks = verify(folder)
    console.show_checks(checks)
    if any(check.error for check in checks):
        raise typer.Exit(1)


@data_app.command("fetch")
def data_fetch(
    name: Annotated[str, typer.Argument(help="Which one; see `digitnet data list`.")],
    folder: CacheFolder = None,
) -> None:
    """Download a data set; what was begun goes on where it stopped."""
    from digitnet import console
    from digitnet.datasets.fetch import fetch

    with console.DownloadView() as view:
        place = fetch(name, folder, view.on_progress)
    console.line(say("{name} is in {folder}.", name=name, folder=place))
    console.line(say("Next: digitnet train --data {data}", data=name if folder is None else place))
