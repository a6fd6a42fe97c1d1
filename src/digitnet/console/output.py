"""Where a person reads: standard output and standard error, as lines and as tables."""

from __future__ import annotations

import errno
import os
import sys

from rich.console import Console
from rich.text import Text


class _Output(Console):
    """Says so when nobody reads any more; rich would end the process, whatever it is doing."""

    def on_broken_pipe(self) -> None:
        """Print nothing from now on, not even at Python's end, and raise what the system said."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


out = _Output(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)
# For tables with sentences in them, which are folded to the width of the terminal, and for
# sentences, which in a pipe are a line each.
wrapped = _Output(highlight=False, soft_wrap=not out.is_terminal)


def line(text: str = "", style: str | None = None) -> None:
    """Print one line as it stands, without looking for markup in it."""
    out.print(Text(text, style=style or ""))


def be_quiet() -> None:
    """Print nothing from now on but errors."""
    out.quiet = wrapped.quiet = True
