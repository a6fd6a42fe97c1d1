"""Figures of what happened, drawn once and used by the run folder, the reports and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, StrMethodFormatter

from digitnet.files import write_atomically

# Two colours that differ in hue and in lightness, so that colour-blind readers and grey printers
# can tell them apart (Okabe and Ito's palette).
LOSS_COLOUR = "#0072B2"
ERROR_COLOUR = "#D55E00"
INK = "#333333"
SMOOTHING = 25  # Lines of metrics in the running mean of the loss.


def training_figure(metrics: list[dict[str, Any]], summary: dict[str, Any], path: Path) -> None:
    """Draw how a run learned: the loss above, the test error below, over the images seen.

    Both axes of values are logarithmic: a network that learns halves them again and again, and
    on a plain axis all but the first hundred steps would lie flat on the bottom.
    """
    figure = Figure(figsize=(8, 6.4), layout="constrained")
    loss_axes, error_axes = figure.subplots(2, 1, sharex=True)
    figure.suptitle(_title(summary), fontsize=12, color=INK)
    _draw_loss(loss_axes, metrics)
    _draw_error(error_axes, metrics, summary)
    for axes in (loss_axes, error_axes):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(True, which="major", color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
    write_atomically(path, lambda partial: figure.savefig(partial, dpi=150))


def _title(summary: dict[str, Any]) -> str:
    return (
        f"{summary['recipe']} on {summary['data']}, seed {summary['seed']}: "
        f"{summary['test_accuracy']:.2%} of {summary['test_images']:,} test digits "
        f"after {summary['steps']:,} steps in {summary['train_seconds']:.0f} s"
    )


def _draw_loss(axes: Axes, metrics: list[dict[str, Any]]) -> None:
    steps = np.array([line["step"] for line in metrics])
    # A batch may be learned so well that its loss is exactly 0, which has no logarithm.
    losses = np.maximum([line["train_loss"] for line in metrics], 1e-6)
    axes.plot(steps, losses, ".", ms=3, color=LOSS_COLOUR, alpha=0.35, label="one batch")
    if len(losses) > 4 * SMOOTHING:
        windows = np.lib.stride_tricks.sliding_window_view(losses, SMOOTHING)
        half = SMOOTHING // 2
        axes.plot(
            steps[half:-half],
            np.exp(np.log(windows).mean(axis=1)),
            color=LOSS_COLOUR,
            linewidth=2,
            label=f"geometric mean of {SMOOTHING}",
        )
    axes.set_yscale("log")
    # One batch in a thousand has a loss of almost nothing; it must not stretch the axis.
    axes.set_ylim(bottom=max(losses.min(), 1e-4) * 0.8)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("training loss")
    axes.legend(frameon=False, loc="upper right")


def _draw_error(axes: Axes, metrics: list[dict[str, Any]], summary: dict[str, Any]) -> None:
    for part in ("test", "validation"):
        evaluated = [line for line in metrics if f"{part}_accuracy" in line]
        if evaluated:
            steps = [line["step"] for line in evaluated]
            errors = np.array([1 - line[f"{part}_accuracy"] for line in evaluated])
            label = f"while training, {part} digits"
            axes.plot(steps, errors, "o-", ms=3, color=ERROR_COLOUR, label=label)
    low, high = summary["test_error_interval"]
    axes.errorbar(
        summary["steps"],
        1 - summary["test_accuracy"],
        yerr=[
            [1 - summary["test_accuracy"] - low],
            [high - 1 + summary["test_accuracy"]],
        ],
        fmt="D",
        ms=6,
        capsize=4,
        color=INK,
        label="at the end, all test digits, 95% interval",
    )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("error")
    axes.set_xlabel("step")
    axes.legend(frameon=False, loc="upper right")
