"""The command line: all commands under one name, in the language of who calls."""

from __future__ import annotations

import gettext
import io
import os
import sys
from collections.abc import Sequence

import click

from digitnet import __version__
from digitnet.commands.data import data
from digitnet.commands.evaluate import evaluate, report
from digitnet.commands.read import read
from digitnet.commands.serve import serve
from digitnet.commands.shared import FULL, InOrder, complain
from digitnet.commands.show import recipes, show
from digitnet.commands.train import train
from digitnet.errors import DigitnetError
from digitnet.messages import CATALOGUES, choose_language, language, say, say_error


@click.group(
    cls=InOrder,
    help="Handwritten digits: train on them, read them, look inside.",
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
)
@click.version_option(__version__, message="digitnet %(version)s", help="Print the version.")
def app() -> None:
    """Everything that `digitnet` can do."""


for command in (train, evaluate, report, read, show, recipes, serve, data):
    app.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and exit.

    Exit codes: 0 done, 1 the job failed, 2 the call was wrong, 130 stopped by Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = 0
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        # A character that the terminal's encoding lacks becomes a question mark, and no traceback.
        sys.stdout.reconfigure(errors="replace")
    try:
        choose_language(_take_language(words))
        _translate_click()
        _translate_help(app)
        with app.make_context("digitnet", words) as context:
            app.invoke(context)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except click.ClickException as error:
        complain(error.format_message())
        code = error.exit_code
    except DigitnetError as error:
        complain(say_error(error))
        code = error.exit_code
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does.
        sys.stderr.close()
    except OSError as error:
        if error.errno not in FULL:
            raise
        complain(say("The output could not be written: {reason}.", reason=error.strerror))
        # Python would try once more at its end, and say so in its own way.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


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


def _translate_click() -> None:
    """Let click speak the chosen language: it asks gettext, which asks the environment."""
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain(gettext.textdomain(), str(CATALOGUES))


def _translate_help(command: click.Command) -> None:
    if command.help:
        command.help = say(command.help)
    command.epilog = say("Choose the language with --lang en or --lang zh, anywhere on the line.")
    for parameter in command.params:
        if isinstance(parameter, click.Option | click.Argument) and parameter.help:
            parameter.help = say(parameter.help)
    if isinstance(command, click.Group):
        for child in command.commands.values():
            _translate_help(child)
