"""What a network answers: its confusions, its mistakes, and whether it knows when it is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.evaluation import Bin, Evaluation, risk_by_coverage, wilson_interval
from digitnet.figures.style import BLUE, GREEN, INK, VERMILION, styled
from digitnet.messages import say

Probabilities = NDArray[np.floating[Any]]

MISTAKES_A_ROW = 10
LIMITS = (1 / 1000, 1 / 10_000)


@styled
def confusion(evaluation: Evaluation) -> Figure:
    """Draw how often each digit was taken for which, and each digit's recall beside it."""
    figure = Figure(figsize=(8, 5.4), layout="constrained")
    table_axes, recall_axes = figure.subplots(1, 2, width_ratios=(3, 1.1), sharey=True)
    table = np.column_stack([evaluation.confusion, evaluation.unanswered])
    width = 11 if evaluation.unanswered.any() else 10
    wrong = table * (1 - np.eye(10, 11, dtype=int))
    for row in range(10):
        for column in range(width):
            count = int(table[row, column])
            if count:
                share = 1.0 if row == column else float(wrong[row, column] / wrong.max())
                colour = GREEN if row == column else VERMILION
                alpha = 0.25 if row == column else 0.15 + 0.6 * share
                corner = (column - 0.5, row - 0.5)
                table_axes.add_patch(Rectangle(corner, 1, 1, color=colour, alpha=alpha, lw=0))
            table_axes.text(column, row, f"{count:,}" if count else "·", ha="center", va="center")
    table_axes.set_xlim(-0.5, width - 0.5)
    table_axes.set_ylim(9.5, -0.5)
    table_axes.set_xticks(range(width), [*map(str, range(10)), say("none")][:width])
    table_axes.set_yticks(range(10))
    table_axes.set_xlabel(say("answer"))
    table_axes.set_ylabel(say("true digit"))
    _draw_recall(recall_axes, evaluation)
    for axes in (table_axes, recall_axes):
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    return figure


def _draw_recall(axes: Axes, evaluation: Evaluation) -> None:
    totals = evaluation.confusion.sum(1) + evaluation.unanswered
    there = np.flatnonzero(totals)
    right = np.diag(evaluation.confusion)
    intervals = np.array([wilson_interval(int(right[d]), int(totals[d])) for d in there])
    recall = evaluation.recall[there]
    spread = np.abs(intervals.T - recall)
    axes.errorbar(recall, there, xerr=spread, fmt="o", ms=5, capsize=3, color=BLUE)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.set_xlabel(say("recall, 95% interval"))
    axes.tick_params(labelleft=False)
    axes.grid(visible=True, axis="x")


@styled
def mistakes(digits: Digits, probabilities: Probabilities, chosen: NDArray[np.intp]) -> Figure:
    """Draw digits with the probability of each answer below.

    Args:
        digits: all of them.
        probabilities: (N, 10 or 11), of each class for each digit.
        chosen: which to draw, in this order.
    """
    columns = min(MISTAKES_A_ROW, max(4, len(chosen)))
    rows = -(-len(chosen) // columns)
    figure = Figure(figsize=(columns * 0.96, rows * 1.5), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    for place, index in enumerate(chosen):
        left, top = place % columns, place // columns
        label, given = int(digits.labels[index]), probabilities[index]
        _draw_glyph(axes, digits.images[index], left, top)
        _draw_bars(axes, given, label, left, top)
        answer = int(given.argmax())
        axes.text(
            left + 0.5,
            top + 0.11,
            f"{label} → {_class_name(answer)}  {given[answer]:.0%}",
            ha="center",
            va="center",
            fontsize=8,
        )
    return figure


def _class_name(number: int) -> str:
    return str(number) if number < 10 else say("none")


def _draw_glyph(axes: Axes, image: NDArray[np.uint8], left: float, top: float) -> None:
    extent = (left + 0.18, left + 0.82, top + 0.62, top + 0.2)
    axes.imshow(
        255 - image, cmap="gray", vmin=0, vmax=255, extent=extent, aspect="auto", zorder=2
    ).set_interpolation("none")
    axes.set_aspect("auto")


def _draw_bars(axes: Axes, given: Probabilities, label: int, left: float, top: float) -> None:
    foot, room = top + 0.86, 0.2
    classes = 11 if len(given) > 10 and given[10] > 0.005 else 10
    step = 0.84 / classes
    for number in range(classes):
        centre = left + 0.08 + (number + 0.5) * step
        height = float(given[number]) * room
        colour = GREEN if number == label else VERMILION
        axes.add_patch(
            Rectangle((centre - 0.4 * step, foot - height), 0.8 * step, height, color=colour, lw=0)
        )
        name = str(number) if number < 10 else "–"
        axes.text(centre, foot + 0.045, name, ha="center", va="center", fontsize=5)


@styled
def differing(
    digits: Digits, answers: NDArray[np.integer[Any]], chosen: NDArray[np.intp]
) -> Figure:
    """Draw digits that two networks read differently, with both answers.

    Args:
        digits: all of them.
        answers: (2, N), the first network's and the second's.
        chosen: which to draw, in this order.
    """
    columns = 12
    rows = -(-len(chosen) // columns)
    figure = Figure(figsize=(8, 0.95 * rows), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    for place, index in enumerate(chosen):
        left, top = place % columns, place // columns
        _draw_glyph(axes, digits.images[index], left, top + 0.14)
        first, second = (_class_name(int(answer)) for answer in answers[:, index])
        text = f"{digits.labels[index]}:  {first} | {second}"
        axes.text(left + 0.5, top + 0.2, text, ha="center", va="center", fontsize=7.5)
    return figure


@styled
def reliability(bins: list[Bin]) -> Figure:
    """Draw how often answers of each confidence are right; on the diagonal it is as it says."""
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes, count_axes = figure.subplots(1, 2, width_ratios=(3, 2))
    there = [entry for entry in bins if entry.count]
    confidence = np.array([entry.confidence for entry in there])
    accuracy = np.array([entry.accuracy for entry in there])
    intervals = np.array([wilson_interval(entry.correct, entry.count) for entry in there])
    axes.plot([0, 1], [0, 1], "--", color=INK, lw=1, label=say("as sure as it is right"))
    axes.errorbar(
        confidence,
        accuracy,
        yerr=np.abs(intervals.T - accuracy),
        fmt="o",
        ms=5,
        capsize=3,
        color=BLUE,
        label=say("answers, 95% interval"),
    )
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    axes.set_xlabel(say("confidence"))
    axes.set_ylabel(say("share of right answers"))
    axes.legend(loc="upper left")
    edges = [entry.low for entry in bins]
    width = 1 / len(bins)
    heights = [max(entry.count, 0.5) for entry in bins]
    count_axes.bar(edges, heights, width=0.9 * width, align="edge", color=BLUE)
    count_axes.set_yscale("log")
    count_axes.set_ylim(bottom=0.5)
    count_axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    count_axes.yaxis.set_minor_formatter(NullFormatter())
    count_axes.set_xlabel(say("confidence"))
    count_axes.set_ylabel(say("answers"))
    for each in (axes, count_axes):
        each.grid(visible=True)
    return figure


@styled
def coverage(probabilities: Probabilities, labels: NDArray[np.integer[Any]]) -> Figure:
    """Draw how many answers one has to do without to have few wrong ones among the rest."""
    figure = Figure(figsize=(8, 3.8), layout="constrained")
    axes = figure.subplots()
    covered, risk = risk_by_coverage(probabilities, labels)
    wrong = np.where(risk > 0, risk, np.nan)
    axes.plot(100 * covered, wrong, color=BLUE, lw=2)
    axes.set_yscale("log")
    bottom = 0.5 * min(LIMITS)
    highest = max(np.nanmax(wrong), 2 * max(LIMITS)) if risk.any() else 1.0
    axes.set_ylim(bottom, 1.5 * highest)
    for limit in LIMITS:
        axes.axhline(limit, color=VERMILION, lw=1, ls="--")
        text = say("1 wrong in {count:,}", count=round(1 / limit))
        axes.text(0.5, limit * 1.07, text, va="bottom", color=VERMILION)
    axes.set_xlim(0, 100)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.set_xlabel(say("share of digits that are answered, the surest first"))
    axes.set_ylabel(say("wrong among them"))
    axes.grid(visible=True)
    return figure
