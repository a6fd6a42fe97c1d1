"""How runs learned: the loss above, the error below, over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, StrMethodFormatter

from digitnet.figures.style import BLUE, INK, SERIES, VERMILION, styled
from digitnet.messages import say

SMOOTHING = 25  # Lines of metrics in the running mean of the loss.


@dataclass(frozen=True)
class Curve:
    """What a figure needs of one run.

    Attributes:
        name: in the legend, where there are several runs.
        metrics: the lines of metrics.jsonl, as `Run.metrics` gives them.
        summary: summary.json.
    """

    name: str
    metrics: list[dict[str, Any]]
    summary: dict[str, Any]


@styled
def learning(curves: Sequence[Curve], title: str | None = None) -> Figure:
    """Draw how one run learned, or several over each other.

    Both axes of values are logarithmic: a network that learns halves them again and again, and
    on a plain axis all but the first hundred steps would lie flat on the bottom.
    """
    figure = Figure(figsize=(8, 6.4), layout="constrained")
    loss_axes, error_axes = figure.subplots(2, 1, sharex=True)
    if title:
        figure.suptitle(title, fontsize=12)
    alone = len(curves) == 1
    floors = []
    for index, curve in enumerate(curves):
        colour = SERIES[index % len(SERIES)]
        floors.append(_draw_loss(loss_axes, curve, BLUE if alone else colour, alone=alone))
        _draw_error(error_axes, curve, VERMILION if alone else colour, alone=alone)
    loss_axes.set_ylim(bottom=min(floors))
    loss_axes.set_ylabel(say("training loss"))
    loss_axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    error_axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    error_axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    error_axes.set_ylabel(say("error"))
    error_axes.set_xlabel(say("step"))
    for axes in (loss_axes, error_axes):
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(visible=True)
        axes.legend(loc="upper right")
    return figure


def _draw_loss(axes: Axes, curve: Curve, colour: str, *, alone: bool) -> float:
    """Draw one run's loss, and return where the axis should begin."""
    steps = np.array([line["step"] for line in curve.metrics])
    # A batch may be learned so well that its loss is exactly 0, which has no logarithm.
    losses = np.maximum([line["train_loss"] for line in curve.metrics], 1e-6)
    smooth = len(losses) > 3 * SMOOTHING
    axes.set_yscale("log")
    # One batch in a thousand has a loss of almost nothing; it must not stretch the axis.
    floor = max(float(losses.min()), 1e-4) * 0.8
    if alone or not smooth:
        label = say("one batch") if alone else curve.name
        axes.plot(steps, losses, ".", ms=3, color=colour, alpha=0.35, label=label)
    if smooth:
        windows = np.lib.stride_tricks.sliding_window_view(losses, SMOOTHING)
        half = SMOOTHING // 2
        means = np.exp(np.log(windows).mean(axis=1))
        label = say("geometric mean of {count}", count=SMOOTHING) if alone else curve.name
        axes.plot(steps[half:-half], means, color=colour, linewidth=2, label=label)
        floor = floor if alone else float(means.min()) * 0.8
    return floor


def _draw_error(axes: Axes, curve: Curve, colour: str, *, alone: bool) -> None:
    axes.set_yscale("log")
    for part in ("test", "validation"):
        evaluated = [line for line in curve.metrics if f"{part}_accuracy" in line]
        if evaluated:
            steps = [line["step"] for line in evaluated]
            # No error at all has no logarithm: it is left out.
            errors = np.array([1 - line[f"{part}_accuracy"] or np.nan for line in evaluated])
            label = (
                say("while training, test digits")
                if part == "test"
                else say("while training, validation digits")
            )
            axes.plot(steps, errors, "o-", ms=3, color=colour, label=label if alone else curve.name)
    summary = curve.summary
    low, high = summary["test_error_interval"]
    error = 1 - summary["test_accuracy"]
    axes.errorbar(
        summary["steps"],
        error or np.nan,
        yerr=[[max(0.0, error - low)], [max(0.0, high - error)]],
        fmt="D",
        ms=6,
        capsize=4,
        color=INK if alone else colour,
        label=say("at the end, all test digits, 95% interval") if alone else None,
    )
