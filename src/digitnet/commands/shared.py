"""What several commands take and do."""

from __future__ import annotations

import errno
from importlib.util import find_spec
from pathlib import Path

import click

from digitnet.errors import DigitnetError
from digitnet.messages import say


class InOrder(click.Group):
    """Commands that are listed in the order in which one needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return their names."""
        return list(self.commands)


# What the system says where output cannot be written: the disk is full, or broken.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
TRAINING = ("torch", "filelock", "safetensors", "onnx", "matplotlib")
PATH = click.Path(path_type=Path)
data_option = click.option(
    "--data",
    metavar="DATA",
    help="Instead of MNIST your own digits (class folders, IDX, CSV, npz, Parquet or Arrow), or a "
    "fetched set by its name.",
)
model_option = click.option(
    "--model",
    type=PATH,
    metavar="RUN|MODEL",
    help="A run folder or an ONNX file, instead of the model that ships.",
)


def check_training() -> None:
    """See that all is installed that a run needs, to its end: some of it is loaded only there.

    Raises:
        DigitnetError: a package is not installed.
    """
    for package in TRAINING:
        if find_spec(package) is None:
            raise DigitnetError(
                "Training needs {package}, which is not installed: pip install 'digitnet[train]'",
                package=package,
            )


def check_networks() -> None:
    """See that all is installed that it takes to look at a network: PyTorch, and no more.

    Raises:
        DigitnetError: it is not.
    """
    if find_spec("torch") is None:
        raise DigitnetError(
            "A network's layers are shown with {package}, which is not installed: "
            "pip install 'digitnet[train]'",
            package="torch",
        )


def complain(sentence: str) -> None:
    """Print an error."""
    click.echo(say("Error: {sentence}", sentence=sentence), err=True)
