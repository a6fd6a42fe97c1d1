"""What came of reading an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitnet.console.output import line
from digitnet.messages import say

if TYPE_CHECKING:
    from digitnet.cluster.read import JobProgress


def show_job(progress: JobProgress, folder: str) -> None:
    """Print what a finished job did."""
    line(
        say(
            "All {pictures:,} pictures are read; {digits:,} digits this time, in {seconds:.1f} s.",
            pictures=progress.pictures,
            digits=progress.digits,
            seconds=progress.seconds,
        ),
        style="bold",
    )
    if progress.errors:
        line(
            say(
                "{errors:,} pictures could not be read this time: column error says why.",
                errors=progress.errors,
            )
        )
    line(say("The shards are in {folder}.", folder=folder))
