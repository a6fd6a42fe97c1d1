"""What several commands take and do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from digitnet.errors import DigitnetError
from digitnet.messages import say

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DataPath = Annotated[
    str | None,
    typer.Option(
        "--data",
        help="Your own digits instead of MNIST: class folders, IDX, CSV, npz, Parquet or Arrow.",
    ),
]


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
    typer.echo(say("Error: {sentence}", sentence=sentence), err=True)
