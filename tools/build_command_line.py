"""Write docs/command-line.md from the program's own help.

    python tools/build_command_line.py

A test holds the page against what this would write.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from digitnet.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "command-line.md"
HEAD = """# Command line

This page is made from the program's own help by `python tools/build_command_line.py`.

`--lang en` or `--lang zh` chooses the language, anywhere on the line; without it, the locale does.
Exit codes: 0 done, 1 the job failed, 2 the call was wrong, 130 stopped by Ctrl-C.
"""


def page() -> str:
    """Return the page in Markdown."""
    return HEAD + "".join(_sections(typer.main.get_command(app), "digitnet"))


def _sections(command: Any, name: str) -> list[str]:
    children = getattr(command, "commands", None)
    if children:
        return [
            section
            for child_name, child in children.items()
            for section in _sections(child, f"{name} {child_name}")
        ]
    rows = [_row(parameter) for parameter in command.params if not _is_help(parameter)]
    table = "".join(["\n| | |\n|---|---|\n", *rows]) if rows else ""
    return [f"\n## {name}\n\n{command.help}\n{table}"]


def _is_help(parameter: Any) -> bool:
    return "--help" in parameter.opts


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        metavar = parameter.metavar or parameter.name.upper()
        names = " or ".join(f"`{name}`" for name in metavar.split("|"))
    else:
        names = ", ".join(f"`{option}`" for option in parameter.opts)
    text = " ".join((parameter.help or "").split())
    return f"| {names} | {text} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
