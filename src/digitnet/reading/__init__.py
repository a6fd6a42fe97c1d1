"""Reading: a picture goes in, the digits on it come out. No torch.

    from digitnet.reading import Reader

    reader = Reader()
    reader.read("photo.jpg").text     # "05221859"

The names are loaded when they are first used.
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
