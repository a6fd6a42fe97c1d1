"""What a network sees: its filters, its feature maps, its evidence, its order of the digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from digitnet.figures.style import (
    AMOUNT,
    BLUE,
    INK,
    SERIES,
    SIGNED,
    picture,
    styled,
    tiles,
)
from digitnet.inside import Convolution
from digitnet.messages import say

Floats = NDArray[np.floating[Any]]
FILTERS_A_ROW = 16
SHEETS = 6
OUTLINE = "#222222"  # On a picture, which stays light in the dark.


@dataclass(frozen=True, eq=False)
class Evidence:
    """Where on a glyph the evidence for a digit lies.

    Attributes:
        glyph: uint8 (28, 28).
        digit: for which digit.
        evidence: float32 (28, 28), as `Lens.evidence` gives it.
    """

    glyph: NDArray[np.uint8]
    digit: int
    evidence: Floats


@styled
def architecture(stages: Sequence[tuple[str, tuple[int, ...]]]) -> Figure:
    """Draw a network as the shapes of the values on their way through it.

    Args:
        stages: for each value, what gives it and its shape: (channels, height, width), drawn as
            that many sheets (at most `SHEETS`), or (units,), drawn as a column.
    """
    figure = Figure(figsize=(8, 2.3), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_aspect("equal")
    left, arrow_from = 0.0, 0.0
    for index, (name, shape) in enumerate(stages):
        sheets = min(SHEETS, max(1, shape[0] // 8)) if len(shape) == 3 else 1
        height = shape[1] if len(shape) == 3 else 6 + 7 * math.log10(shape[0])
        width = shape[2] if len(shape) == 3 else 3
        for sheet in range(sheets):
            corner = (left + 1.5 * sheet, -height / 2 + 1.5 * (sheet - sheets / 2))
            axes.add_patch(Rectangle(corner, width, height, facecolor="white", edgecolor=BLUE))
        right = left + width + 1.5 * (sheets - 1)
        middle = (left + right) / 2
        axes.text(middle, -24, " × ".join(map(str, shape[::-1])), ha="center", fontsize=8)
        axes.text(middle, 22, name, ha="center", fontsize=8)
        if index:
            tip = {"arrowstyle": "->", "color": INK}
            axes.annotate("", (left - 1, 0), (arrow_from + 1, 0), arrowprops=tip)
        arrow_from, left = right, right + 13
    axes.set_xlim(-8, arrow_from + 8)
    axes.set_ylim(-27, 26)
    return figure


@styled
def filters(convolution: Convolution) -> Figure:
    """Draw a convolution's filters over its first input channel, all on one scale."""
    shown = convolution.filters[:, 0]
    rows = math.ceil(len(shown) / FILTERS_A_ROW)
    figure = Figure(figsize=(8, 0.62 * rows + 0.5), layout="constrained")
    axes = figure.subplots()
    limit = float(np.abs(shown).max()) or 1.0
    columns = min(FILTERS_A_ROW, len(shown))
    image = picture(axes, tiles(shown, columns), cmap=SIGNED, vmin=-limit, vmax=limit)
    bar = figure.colorbar(image, ax=axes, shrink=0.9, aspect=12, ticks=(-limit, 0, limit))
    bar.ax.set_yticklabels([f"{-limit:.2f}", "0", f"{limit:.2f}"])
    bar.outline.set_visible(False)
    return figure


@styled
def feature_maps(glyph: NDArray[np.uint8], convolutions: Sequence[Convolution]) -> Figure:
    """Draw one glyph and what each convolution makes of it, each layer on its own scale.

    Args:
        glyph: uint8 (28, 28).
        convolutions: of this glyph alone, maps (1, channels, height, width).
    """
    rows = [math.ceil(layer.maps.shape[1] / FILTERS_A_ROW) for layer in convolutions]
    figure = Figure(figsize=(8, 1.3 + sum(0.48 * count + 0.3 for count in rows)))
    figure.set_layout_engine("constrained")
    all_axes = figure.subplots(
        len(rows) + 1, 1, height_ratios=[2, *(max(1, count) for count in rows)]
    )
    picture(all_axes[0], 255 - glyph, cmap="gray", vmin=0, vmax=255)
    all_axes[0].set_title(say("the digit, 28 × 28"))
    for axes, layer in zip(all_axes[1:], convolutions, strict=True):
        maps = layer.maps[0]
        picture(axes, tiles(maps, min(FILTERS_A_ROW, len(maps))), cmap=AMOUNT)
        channels, height, width = maps.shape
        axes.set_title(
            say(
                "{layer}: {channels} maps, {height} × {width}",
                layer=layer.name,
                channels=channels,
                height=height,
                width=width,
            )
        )
    return figure


@styled
def evidence(found: Sequence[Evidence]) -> Figure:
    """Draw glyphs, and below each where the evidence for its digit lies, all on one scale."""
    count = max(2, len(found))
    figure = Figure(figsize=(8, 2.1), layout="constrained")
    all_axes = figure.subplots(2, count, squeeze=False)
    limit = max((float(np.abs(entry.evidence).max()) for entry in found), default=1.0) or 1.0
    for axes in all_axes.flat:
        axes.set_axis_off()
    image = None
    for column, entry in enumerate(found):
        top, below = all_axes[:, column]
        picture(top, 255 - entry.glyph, cmap="gray", vmin=0, vmax=255)
        top.set_title(str(entry.digit))
        image = picture(below, entry.evidence, cmap=SIGNED, vmin=-limit, vmax=limit)
        outline = entry.glyph.astype(float)
        below.contour(outline, levels=[127.5], colors=[OUTLINE], linewidths=0.6)
    if image is not None:
        bar = figure.colorbar(image, ax=all_axes, shrink=0.8, aspect=18)
        bar.set_label(say("nats"))
        bar.outline.set_visible(False)
    return figure


@styled
def arrangement(
    points: Floats, labels: NDArray[np.integer[Any]], wrong: NDArray[np.bool_]
) -> Figure:
    """Draw digits where the network's last layer but one puts them.

    Args:
        points: (N, 2).
        labels: (N,): each point is drawn as its digit, so that it is told by more than colour.
        wrong: (N,): those are ringed.
    """
    figure = Figure(figsize=(8, 6.4), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_aspect("equal")
    for digit in range(10):
        those = points[labels == digit]
        colour = SERIES[digit % len(SERIES)]
        axes.plot(*those.T, ls="", marker=f"${digit}$", ms=6, color=colour, mew=0)
    if wrong.any():
        rings: dict[str, Any] = {
            "ls": "",
            "marker": "o",
            "ms": 13,
            "mfc": "none",
            "mec": INK,
            "mew": 1.4,
        }
        axes.plot(*points[wrong].T, label=say("read wrong"), **rings)
        axes.legend(loc="upper right")
    return figure
