"""The command line: all commands under one name, in the language of who calls."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import typer

from digitnet.commands.data import data_app
from digitnet.commands.evaluate import evaluate, report
from digitnet.commands.read import read
from digitnet.commands.serve import serve
from digitnet.commands.shared import complain
from digitnet.commands.show import recipes, show
from digitnet.commands.train import train
from digitnet.errors import DigitnetError
from digitnet.messages import choose_language, say, say_error

app = typer.Typer(
    help="Handwritten digits: train on them, read them, look inside.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (train, evaluate, report, read, show, recipes, serve):
    app.command()(command)
app.add_typer(data_app, name="data", no_args_is_help=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and exit.

    Exit codes: 0 done, 1 the job failed, 2 the call was wrong, 130 stopped by Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        choose_language(_take_language(words))
        command = typer.main.get_command(app)
        _translate_help(command)
        code = command.main(words, prog_name="digitnet", standalone_mode=False)
    except DigitnetError as error:
        complain(say_error(error))
        code = error.exit_code
    except typer.TyperException as error:
        # Without a message it has shown the help instead.
        if message := error.format_message():
            complain(message)
        code = error.exit_code
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does.
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def _take_language(words: list[str]) -> str | None:
    """Take ``--lang X`` out of the words, wherever it stands: it holds for help and errors too."""
    for index, word in enumerate(words):
        if word == "--":
            break
        if word == "--lang":
            wanted = words[index + 1 : index + 2]
            del words[index : index + 2]
            return wanted[0] if wanted else ""
        if word.startswith("--lang="):
            del words[index]
            return word.removeprefix("--lang=")
    return None


def _translate_help(command: Any) -> None:
    command.help = say(command.help or "")
    command.epilog = say("--lang en or --lang zh chooses the language, anywhere on the line.")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = say(parameter.help)
    for child in getattr(command, "commands", {}).values():
        _translate_help(child)
