"""`digitnet read`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitnet.commands.shared import PATH, complain, model_option
from digitnet.errors import DigitnetError, UsageError
from digitnet.messages import say, say_error

if TYPE_CHECKING:
    from digitnet.reading.files import FileReading


@click.command()
@click.argument(
    "images",
    nargs=-1,
    required=True,
    metavar="IMAGE…",
    help="Pictures of any common format; - is standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture.")
@click.option(
    "--annotate",
    type=PATH,
    metavar="DIR",
    help="Also draw what was read onto copies of the pictures.",
)
@model_option
@click.option(
    "--min-confidence",
    default=0.0,
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Put ? in place of a digit less sure than this.",
)
@click.option(
    "--engine",
    default="local",
    type=click.Choice(["local", "ray"]),
    help="ray reads an archive (folder, pattern, list or Parquet) into --out.",
)
@click.option("--out", metavar="DIR", help="With ray: folder for the Parquet shards.")
@click.option(
    "--address",
    metavar="ADDRESS",
    help="With ray: the cluster's address. Default: this machine.",
)
@click.option("--resume", is_flag=True, help="With ray: go on with the job in --out.")
def read(
    images: Sequence[str],
    annotate: Path | None,
    model: Path | None,
    min_confidence: float,
    engine: str,
    out: str | None,
    address: str | None,
    *,
    as_json: bool,
    resume: bool,
) -> None:
    """Read the handwritten digits on pictures."""
    if engine == "ray":
        if len(images) != 1 or out is None or as_json or annotate:
            raise UsageError(
                "--engine ray takes one archive and --out, and neither --json nor --annotate."
            )
        _read_archive(images[0], out, model, min_confidence, address, resume=resume)
        return
    if out is not None or address is not None or resume:
        raise UsageError("--out, --address and --resume go with --engine ray.")
    if images.count("-") > 1:
        raise UsageError("Standard input, -, can be read once only.")
    # Without the console module: a tenth of a second counts where the whole takes half a one.
    from digitnet.reading.files import read_files

    failed = False
    for result in read_files(
        images, model=model, min_confidence=min_confidence, annotate_into=annotate
    ):
        failed |= result.error is not None
        if as_json:
            click.echo(json.dumps(result.to_dict(say_error), ensure_ascii=False))
        else:
            _print_reading(result, name_it=len(images) > 1)
    if failed:
        raise click.exceptions.Exit(1)


def _read_archive(
    source: str,
    out: str,
    model: Path | None,
    min_confidence: float,
    address: str | None,
    *,
    resume: bool,
) -> None:
    try:
        from digitnet.cluster.read import read_archive
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "--engine ray needs {package}, which is not installed: pip install 'digitnet[cluster]'",
            package=error.name,
        ) from error
    from digitnet.console.archive import show_job
    from digitnet.console.live import JobView
    from digitnet.console.output import line

    try:
        with JobView() as view:
            for progress in read_archive(
                source,
                out,
                model=model,
                min_confidence=min_confidence,
                address=address,
                resume=resume,
            ):
                view.on_progress(progress)
    except KeyboardInterrupt:
        line(say("Stopped. What is finished is in {folder}; go on by --resume.", folder=out))
        raise
    show_job(progress, out)


def _print_reading(result: FileReading, *, name_it: bool) -> None:
    from digitnet.reading.hush import STANDARD_ERROR

    if result.error is not None:
        with STANDARD_ERROR:
            complain(say_error(result.error))
    if result.reading is None:
        return
    if not result.reading.lines:
        with STANDARD_ERROR:
            click.echo(say("{image}: there is no digit on it.", image=result.image), err=True)
    for line in result.reading.lines:
        page = f"[{line.page}]" if result.reading.pages > 1 else ""
        click.echo(f"{result.image}{page}: {line.text}" if name_it or page else line.text)
