"""Write docs/command-line.md from the program's own help.

    python tools/build_command_line.py

A test holds the page against what this would write.
"""

from __future__ import annotations

from pathlib import Path

import click

from digitnet.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "command-line.md"
HEAD = """# Command line

This page is made from the program's own help by `python tools/build_command_line.py`.

`--lang en` or `--lang zh` chooses the language, anywhere on the line; without it, the locale does.
Exit codes: 0 done, 1 the job failed, 2 the call was wrong, 130 stopped by Ctrl-C.
"""


def page() -> str:
    """Return the page in Markdown."""
    return HEAD + "".join(_sections(app, "digitnet"))


def _sections(command: click.Command, name: str) -> list[str]:
    if isinstance(command, click.Group):
        return [
            section
            for child_name, child in command.commands.items()
            for section in _sections(child, f"{name} {child_name}")
        ]
    rows = [_row(parameter) for parameter in command.params]
    table = "".join(["\n| | |\n|---|---|\n", *rows]) if rows else ""
    return [f"\n## {name}\n\n{command.help}\n{table}"]


def _row(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        metavar = parameter.metavar or str(parameter.name).upper()
        names = " or ".join(f"`{name}`" for name in metavar.split("|"))
    else:
        names = ", ".join(f"`{option}`" for option in parameter.opts)
    text = " ".join((parameter.help or "").split())
    return f"| {names} | {text} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
