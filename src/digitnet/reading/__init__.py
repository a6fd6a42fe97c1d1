"""Reading: a picture goes in, the digits on it come out. No torch.

    from digitnet.reading import Reader

    reader = Reader()
    reader.read("photo.jpg").text     # "05221859"

Its stages are the modules of this folder: `decode` (a file → grey pages), `page` (→ ink), `segment`
(→ pieces, in lines), `writing` (→ digits), `recognise` (→ all of a page) and `reader`, which is
asked for it. What a stage is made of lies in a room, and no room asks one below it in this list:

    paper    how bright the paper is under the ink, and where on the picture it lies
    rules    ruled lines, squares, frames and rings, which are no writing
    ink      what on a page is ink
    pieces   where ink is cut, in what lines its pieces stand, and in what order
    rows     what the networks say of each piece, and the likeliest way through a row of them
    signs    what is written and is no digit: words, print, signs, slashes, faces, scribbles
    views    ways to see one page, and on which of them writing shows

The names of this module are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitnet.reading.reader import Reader, ReadingStopped, read
    from digitnet.reading.reading import Digit, Line, Reading

__all__ = ["Digit", "Line", "Reader", "Reading", "ReadingStopped", "read"]

_HOMES = {"Reader": "reader", "ReadingStopped": "reader", "read": "reader"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f"{__name__}.{_HOMES.get(name, 'reading')}")
    return getattr(home, name)
