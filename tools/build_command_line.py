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
    table = "".join(["\n| | value | |\n|---|---|---|\n", *rows]) if rows else ""
    return [f"\n## {name}\n\n{command.help}\n{table}"]


def _row(parameter: click.Parameter) -> str:
    text = [*(parameter.help or "").split()]
    if isinstance(parameter, click.Option):
        names, value = ", ".join(f"`{option}`" for option in parameter.opts), _value(parameter)
        if parameter.envvar:
            text.append(f"Or by the environment: `{parameter.envvar}`.")
        if _has_default(parameter):
            text.append(f"Default: {_plain(parameter.default)}.")
    else:
        names, value = _argument(parameter), ""
    return f"| {names} | {value} | {' '.join(text)} |\n"


def _argument(argument: click.Parameter) -> str:
    metavar = argument.metavar or str(argument.name).upper()
    if argument.nargs == -1 and not metavar.endswith("…"):
        metavar += "…"
    names = _names(metavar)
    return names if argument.required else f"{names} (may be left out)"


def _names(metavar: str) -> str:
    """A placeholder, without the bar between two of them, which would end the table's cell."""
    return " or ".join(f"`{name}`" for name in metavar.split("|"))


def _value(option: click.Option) -> str:
    """What stands after the option: the choices, the range or a placeholder."""
    kind = option.type
    if option.is_flag:
        return ""
    if isinstance(kind, click.Choice):
        *others, last = (f"`{choice}`" for choice in kind.choices)
        return f"{', '.join(others)} or {last}"
    if isinstance(kind, click.IntRange | click.FloatRange) and kind.max is not None:
        return f"{kind.min}…{kind.max}"
    return _names(option.metavar or kind.name.upper())


def _has_default(option: click.Option) -> bool:
    """Whether the option has a default of which its help does not speak."""
    default = option.default
    return (
        not option.is_flag and not option.multiple and isinstance(default, int | float | str | Path)
    )


def _plain(default: object) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
