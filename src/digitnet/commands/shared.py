"""What several commands take and do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from digitnet.errors import DigitnetError
from digitnet.messages import say


class InOrder(click.Group):
    """Commands that are listed in the order in which one needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return their names."""
        return list(self.commands)


PATH = click.Path(path_type=Path)
data_option = click.option(
    "--data",
    help="Your own digits instead of MNIST: class folders, IDX, CSV, npz, Parquet or Arrow.",
)
model_option = click.option(
    "--model",
    type=PATH,
    help="An ONNX file or a run folder, instead of our own model.",
)


def training() -> Any:
    """Return the module that trains.

    Raises:
        DigitnetError: PyTorch is not installed.
    """
    try:
        from digitnet.training import train
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "Training needs {package}, which is not installed: pip install 'digitnet[train]'",
            package=error.name,
        ) from error
    return train


def complain(sentence: str) -> None:
    """Print an error."""
    click.echo(say("Error: {sentence}", sentence=sentence), err=True)
