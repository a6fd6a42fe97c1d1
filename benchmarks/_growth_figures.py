"""Growth as a figure: measured points, and the straight line nearest to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from benchmarks._growth_fit import in_words, line
from benchmarks._section import Section
from digitnet.figures.style import BLUE, INK, VERMILION, save, styled


def draw(sections: Sequence[Section], folder: Path) -> None:
    """Write ``growth.svg`` and ``growth.png`` into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    figure = growth(*sections)
    for kind in ("svg", "png"):
        save(figure, folder / f"growth.{kind}")


@styled
def growth(training: Section, reading: Section) -> Figure:
    """Draw time, and below it memory, of training to the left and of reading to the right.

    Three sizes within a factor of 4 show a line best on plain axes; a page may have 10 digits or
    10,000, and its axes are logarithmic.
    """
    figure = Figure(figsize=(9, 5.4), layout="constrained")
    axes = figure.subplots(2, 2, height_ratios=(2, 1), sharex="col")
    for column, (section, title, what) in enumerate(
        (
            (training, "Training: one pass over a data set", "digits in the data set"),
            (reading, "Reading: one page", "digits on the page"),
        )
    ):
        digits = _column(section, "digits")
        _time(axes[0, column], digits, _column(section, "seconds"))
        axes[0, column].set_title(title)
        _memory(axes[1, column], digits, _column(section, "largest memory, MB"))
        axes[1, column].set_xlabel(what)
    axes[0, 0].set_xlim(left=0)
    axes[0, 0].set_xticks([0, *_column(training, "digits")])
    axes[0, 0].set_ylim(bottom=0)
    axes[0, 1].set_xscale("log")
    axes[0, 1].set_yscale("log")
    axes[0, 1].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes[0, 1].yaxis.set_minor_formatter(NullFormatter())
    for axis in (axes[1, 0].xaxis, axes[1, 1].xaxis):
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    for axis in (axes[0, 0].yaxis, axes[0, 1].yaxis):
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes[0, 0].set_ylabel("seconds")
    axes[1, 0].set_ylabel("memory, MB")
    return figure


def _time(axes: Axes, digits: list[float], seconds: list[float]) -> None:
    fitted = line(digits, seconds)
    way = np.geomspace(digits[0], digits[-1], 200)
    label = f"{in_words(fitted)} a digit"
    axes.plot(way, fitted.fixed + fitted.each * way, color=INK, lw=1, label=label)
    axes.plot(digits, seconds, "o", color=BLUE, label="measured")
    axes.grid(visible=True)
    axes.legend(loc="upper left")


def _memory(axes: Axes, digits: list[float], megabytes: list[float]) -> None:
    axes.plot(digits, megabytes, "o-", color=VERMILION)
    axes.set_ylim(bottom=0, top=1.25 * max(megabytes))
    axes.grid(visible=True)


def _column(section: Section, name: str) -> list[float]:
    return [float(str(row[name])) for row in section.rows]
