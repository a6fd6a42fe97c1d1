"""How every figure looks, and how it becomes a file."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from digitnet.files import write_atomically
from digitnet.messages import language, speaking

# Colours that differ in hue and in lightness, so that colour-blind readers and grey printers can
# tell them apart (M. Okabe and K. Ito, *Color universal design*, 2008).
BLUE, VERMILION, GREEN, PURPLE, SKY, ORANGE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
)
SERIES = (BLUE, VERMILION, GREEN, PURPLE, SKY, ORANGE)
INK = "#333333"
GRID = "#dddddd"
SIGNED = "PuOr_r"  # Orange for positive, purple for negative: safe for the colour-blind.
AMOUNT = "cividis"  # Even in lightness, and the same to colour-blind eyes.

_RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "font.size": 10,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "svg.fonttype": "none",  # Text stays text: small, sharp, and in the reader's own fonts.
    "svg.hashsalt": "digitnet",  # The same figure gives the same file.
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",  # All that matplotlib sees of the collection that Linux installs.
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_DOTS_PER_INCH = 150

P = ParamSpec("P")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and save in the house's style."""
    fonts = ["DejaVu Sans"]
    if language() == "zh" and (chinese := chinese_font()):
        fonts.append(chinese)
    settings: dict[Any, Any] = {**_RC, "font.family": fonts}
    with mpl.rc_context(settings):
        yield


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw its figure in the house's style."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with house_style():
            return draw(*args, **kwargs)

    return drawn


@cache
def chinese_font() -> str | None:
    """Return the name of an installed font with Chinese characters, if there is one."""
    installed = set(font_manager.get_font_names())
    return next((name for name in _CHINESE_FONTS if name in installed), None)


def to_svg(figure: Figure) -> str:
    """Return a figure as an ``<svg>`` element, with nothing around it."""
    buffer = io.StringIO()
    with house_style(), warnings.catch_warnings():
        # The reader's program chooses the font, so it does not matter what is missing from ours.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        figure.savefig(
            buffer, format="svg", transparent=True, dpi=_DOTS_PER_INCH, metadata=_NO_METADATA
        )
    content = buffer.getvalue()
    content = re.sub(r"<metadata>.*?</metadata>", "", content, flags=re.DOTALL)
    return content[content.index("<svg") :]


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure atomically, as SVG, PNG or whatever else the name ends in.

    Raises:
        DigitnetError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix == ".svg":
        content = '<?xml version="1.0" encoding="utf-8"?>\n' + to_svg(figure)
        write_atomically(path, lambda partial: partial.write_text(content, encoding="utf-8"))
        return
    with house_style():
        write_atomically(
            path, lambda partial: figure.savefig(partial, dpi=_DOTS_PER_INCH, facecolor="white")
        )


@contextmanager
def drawable_language() -> Iterator[None]:
    """Label figures in English where no font on this machine could draw Chinese into a PNG."""
    if chinese_font():
        yield
    else:
        with speaking("en"):
            yield


def tiles(images: NDArray[Any], columns: int, gap: int = 1) -> NDArray[np.float32]:
    """Lay images (N, height, width) out in rows; what lies between them is NaN.

    Returns:
        float32 (rows × (height + gap) - gap, columns × (width + gap) - gap).
    """
    count, height, width = images.shape
    rows = -(-count // columns)
    table = np.full((rows * (height + gap), columns * (width + gap)), np.nan, np.float32)
    for index, image in enumerate(images):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        table[top : top + height, left : left + width] = image
    return table[: table.shape[0] - gap, : table.shape[1] - gap]


def picture(axes: Axes, image: NDArray[Any], **options: Any) -> Any:
    """Show an image pixel for pixel, without axes; returns what `Axes.imshow` does."""
    axes.set_axis_off()
    return axes.imshow(image, interpolation="none", **options)
