"""The data sets: which there are, whether they are whole, how many of each digit they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from rich.text import Text

from digitnet.console.folded import Folded
from digitnet.console.output import err, line, out, wrapped
from digitnet.messages import say, say_error

if TYPE_CHECKING:
    from digitnet.datasets.fetch import Availability, Check


def show_available(rows: Sequence[Availability]) -> None:
    """Print each data set: whether it is here, how large it is, what it is for."""
    states = {
        "shipped": say("shipped"),
        "fetched": say("fetched"),
        "not fetched": say("not fetched"),
    }
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(say("name"), style="bold", no_wrap=True)
    table.add_column(say("state"), no_wrap=True)
    table.add_column(say("size"), justify="right", no_wrap=True)
    table.add_column(say("what it is"))
    for row in rows:
        size = "" if row.size is None else f"{row.size / 1e6:,.1f} MB"
        purpose = Folded(f"{say(row.purpose)} ({row.licence})")
        table.add_row(row.name, states[row.state], size, purpose)
    wrapped.print(table)


def show_checks(checks: Sequence[Check]) -> None:
    """Print, for each data set that is here, whether it is as it should be."""
    for check in checks:
        if check.error is None:
            line(say("{name}: right ({path})", name=check.name, path=check.path))
        else:
            err.print(Text(say("Error: {sentence}", sentence=say_error(check.error))))


def show_parts(counts: dict[str, NDArray[np.int64]]) -> None:
    """Print how many of each digit there are, a column a part."""
    table = Table(box=None, pad_edge=False)
    table.add_column(say("digit"), justify="right")
    for part in counts:
        table.add_column(part, justify="right")
    for digit in range(10):
        table.add_row(str(digit), *(f"{part[digit]:,}" for part in counts.values()))
    table.add_row(say("all"), *(f"{part.sum():,}" for part in counts.values()))
    out.print(table)
