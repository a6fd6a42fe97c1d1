"""`digitnet read`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitnet.commands.shared import complain
from digitnet.errors import DigitnetError, UsageError
from digitnet.messages import say, say_error

if TYPE_CHECKING:
    from digitnet.reading.files import FileReading


class Engine(StrEnum):
    """What reads many pictures."""

    LOCAL = "local"
    RAY = "ray"


def read(
    images: Annotated[
        list[str], typer.Argument(help="Pictures of any common format; - is standard input.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per picture.")
    ] = False,
    annotate: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also draw what was read onto copies of the pictures."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="An ONNX file or a run folder, instead of our own model.")
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Put ? in place of a digit less sure than this.")
    ] = 0.0,
    engine: Annotated[
        Engine,
        typer.Option(help="ray reads an archive (folder, pattern, list or Parquet) into --out."),
    ] = Engine.LOCAL,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="With ray: folder for the Parquet shards.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="With ray: the cluster's address. Default: this machine.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With ray: go on with the job in --out.")
    ] = False,
) -> None:
    """Read the handwritten digits on pictures."""
    if engine is Engine.RAY:
        if len(images) != 1 or out is None or as_json or annotate:
            raise UsageError(
                "--engine ray takes one archive and --out, and neither --json nor --annotate."
            )
        _read_archive(images[0], out, model, min_confidence, address, resume=resume)
        return
    if out is not None or address is not None or resume:
        raise UsageError("--out, --address and --resume go with --engine ray.")
    # Without the console module: a tenth of a second counts where the whole takes half a one.
    from digitnet.reading.files import read_files

    failed = False
    for result in read_files(
        images, model=model, min_confidence=min_confidence, annotate_into=annotate
    ):
        failed |= result.error is not None
        if as_json:
            typer.echo(json.dumps(result.to_dict(say_error), ensure_ascii=False))
        else:
            _print_reading(result, name_it=len(images) > 1)
    if failed:
        raise typer.Exit(1)


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
    from digitnet import console

    try:
        with console.JobView() as view:
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
        console.line(
            say("Stopped. What is finished is in {folder}; go on by --resume.", folder=out)
        )
        raise
    console.show_job(progress, out)


def _print_reading(result: FileReading, *, name_it: bool) -> None:
    from digitnet.reading.hush import STANDARD_ERROR

    if result.reading is None:
        with STANDARD_ERROR:
            complain(say_error(result.error) if result.error else "")
        return
    if not result.reading.lines:
        with STANDARD_ERROR:
            typer.echo(say("{image}: there is no digit on it.", image=result.image), err=True)
    for line in result.reading.lines:
        typer.echo(f"{result.image}: {line.text}" if name_it else line.text)
