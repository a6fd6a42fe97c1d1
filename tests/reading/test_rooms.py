"""The rooms of `digitnet.reading`, and that none asks one that stands below it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import digitnet.reading

HOME = Path(digitnet.reading.__file__).parent
ROOMS = re.findall(r"^    (\w+)  +\w", digitnet.reading.__doc__ or "", re.MULTILINE)


def test_every_room_is_told_of() -> None:
    assert sorted(ROOMS) == sorted(path.parent.name for path in HOME.glob("*/__init__.py"))


def test_no_room_asks_one_below_it() -> None:
    for place, room in enumerate(ROOMS):
        above = set(ROOMS[: place + 1])
        for path in (HOME / room).glob("*.py"):
            assert _rooms_asked(path) <= above, path


def _rooms_asked(path: Path) -> set[str]:
    modules = [
        node.module.split(".")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    ]
    return {names[2] for names in modules if names[:2] == ["digitnet", "reading"]} & set(ROOMS)
