"""The table of rooms in CONTRIBUTING.md is true to the imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "digitnet"
APART = {"__init__", "__main__"}  # They open the rooms to whoever comes, from Python or a shell.


def rows() -> list[list[str]]:
    """The modules and packages of each row, in order."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ((?:`[\w./]+`(?:, )?)+) \|", page, re.MULTILINE)
    return [re.findall(r"`(\w+)(?:\.py|/)`", row) for row in found]


def imported(file: Path) -> Iterator[str]:
    """The modules and packages of digitnet that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "digitnet":
            names = [f"digitnet.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("digitnet."))


def test_every_room_has_a_row() -> None:
    rooms = {path.stem for path in SOURCE.glob("*.py")} - APART
    rooms |= {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    named = [room for row in rows() for room in row]
    assert sorted(named) == sorted(rooms)


def test_rooms_import_only_from_rooms_above() -> None:
    place = {room: number for number, row in enumerate(rows()) for room in row}
    for room, number in place.items():
        package = SOURCE / room
        for file in package.rglob("*.py") if package.is_dir() else [SOURCE / f"{room}.py"]:
            below = {other for other in imported(file) if place.get(other, -1) > number}
            assert not below, file
