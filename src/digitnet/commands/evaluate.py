"""`digitnet evaluate` and `digitnet report`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from digitnet.commands.shared import PATH, data_option
from digitnet.errors import DigitnetError, UsageError
from digitnet.messages import say

DRAWN_MISTAKES = 50


@click.command()
@click.argument(
    "models",
    nargs=-1,
    required=True,
    type=PATH,
    metavar="RUN|MODEL…",
    help="A run folder or a model.onnx, or several to compare.",
)
@data_option
@click.option(
    "--mistakes",
    type=PATH,
    metavar="FILE",
    help="Also draw the worst mistakes here (PNG, SVG or PDF).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def evaluate(
    models: Sequence[Path], data: str | None, mistakes: Path | None, *, as_json: bool
) -> None:
    """Say how good a network is: accuracy, confidence, worst mistakes."""
    from digitnet.assessment import assess_several, wrong_in_all

    if mistakes is not None and mistakes.suffix not in (".png", ".svg", ".pdf"):
        raise UsageError("{path} should end in .png, .svg or .pdf.", path=mistakes)
    found = assess_several(models, data)
    shared = wrong_in_all(found)
    if as_json:
        if len(found) == 1:
            click.echo(json.dumps(found[0].to_dict()))
        else:
            values = {"models": [each.to_dict() for each in found]}
            click.echo(json.dumps(values | {"wrong_in_all": shared.tolist()}))
    else:
        from digitnet.console.evaluation import show_assessment, show_several

        if len(found) == 1:
            show_assessment(found[0], own_data=data is not None)
        else:
            show_several(found, shared)
    if mistakes is not None:
        _draw_mistakes(found, shared, mistakes, quiet=as_json)


def _draw_mistakes(found: list[Any], shared: Any, path: Path, *, quiet: bool) -> None:
    try:
        from digitnet import figures
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "Drawing needs {package}, which is not installed: pip install 'digitnet[report]'",
            package=error.name,
        ) from error
    from digitnet.assessment import mean_probabilities
    from digitnet.console.output import line

    if not len(shared):
        message = say("There is no mistake to draw.")
    else:
        chosen = shared[:DRAWN_MISTAKES]
        with figures.drawable_language():
            drawn = figures.mistakes(found[0].digits, mean_probabilities(found), chosen)
            figures.save(drawn, path)
        message = say(
            "{count} of them are drawn in {path}: label → answer, and how sure.",
            count=len(chosen),
            path=path,
        )
    if not quiet:
        line(message)


@click.command()
@click.argument(
    "runs",
    nargs=-1,
    required=True,
    type=PATH,
    metavar="RUN…",
    help="One run folder, or several to compare.",
)
@click.option(
    "--figures",
    type=PATH,
    metavar="DIR",
    help="Also write the figures here, as SVG and PNG.",
)
def report(runs: Sequence[Path], figures: Path | None) -> None:
    """Tell what a run did, or compare runs, in one HTML file."""
    from digitnet.console.output import line

    try:
        from digitnet import report as reports
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "Reports need {package}, which is not installed: pip install 'digitnet[report]'",
            package=error.name,
        ) from error
    path = reports.report(runs[0], figures) if len(runs) == 1 else reports.compare(runs, figures)
    line(say("The report is {path}; open it in a browser.", path=path))
    if figures is not None:
        line(say("Its figures are in {folder}, as SVG and PNG.", folder=figures))
