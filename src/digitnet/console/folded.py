"""Sentences folded to the width of a table's column, in English or Chinese.

Rich breaks lines at spaces only. In Chinese these stand beside Latin words, so that a line would
end after the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.text import Text

# What stays together: a Chinese character or a word, what opens before it and what closes after.
_PIECE = re.compile(
    r"[（“]*(?:[\u4e00-\u9fff]|[^\s\u4e00-\u9fff，。：；、（）“”]+)[，。：；、）”]*\s*"
)


class Folded:
    """A sentence that a table breaks between words and between Chinese characters."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text("\n".join(fold(self._text, options.max_width)))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max((cell_len(piece.rstrip()) for piece in _PIECE.findall(self._text)), default=0)
        return Measurement(longest, cell_len(self._text))


def fold(text: str, width: int) -> list[str]:
    """Break a sentence into lines.

    Args:
        text: without line breaks.
        width: columns of the terminal, of which a Chinese character takes two. A word that has more
            stands alone in a line.
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and cell_len(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]
