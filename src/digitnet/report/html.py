"""A report as one HTML file that asks for nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

import jinja2
from markupsafe import Markup
from matplotlib.figure import Figure

from digitnet.figures import style
from digitnet.messages import language

# Figures are drawn in these colours; on the page they follow its own, in the light and in the dark.
_THEMED = {
    style.INK: "var(--ink)",
    style.GRID: "var(--grid)",
    style.BLUE: "var(--blue)",
    style.VERMILION: "var(--vermilion)",
    style.GREEN: "var(--green)",
}


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Code:
    """Lines to be copied as they stand."""

    text: str
    kind: Literal["code"] = "code"


@dataclass(frozen=True)
class Table:
    """A table; ``numbers`` puts all but the first column to the right."""

    rows: Sequence[Sequence[str]]
    head: Sequence[str] = ()
    numbers: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure.

    Attributes:
        name: of its file, where figures are written too; ASCII, without an ending.
        draw: draws it, as a function of `digitnet.figures`.
        caption: what to see on it.
    """

    name: str
    draw: Callable[[], Figure]
    caption: str
    kind: Literal["figure"] = "figure"

    @property
    def svg(self) -> Markup:
        """The figure as an element of the page."""
        svg = style.to_svg(self.draw())
        return Markup(on_page(svg, self.name, self.caption))  # noqa: S704 (the caption is escaped)

    def save(self, folder: Path) -> None:
        """Write the figure as SVG and PNG.

        Raises:
            DigitnetError: the files cannot be written.
        """
        style.save(self.draw(), folder / f"{self.name}.svg")
        with style.drawable_language():  # Whoever looks at an SVG finds a font for it.
            style.save(self.draw(), folder / f"{self.name}.png")


@dataclass(frozen=True)
class Tile:
    """One of the figures that everybody asks for first."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A question, and what answers it."""

    title: str
    parts: Sequence[Text | Code | Table | Picture]


@dataclass(frozen=True)
class Page:
    """A report."""

    title: str
    lead: str
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    footer: str

    def pictures(self) -> list[Picture]:
        """Return all figures, in their order."""
        return [
            part for section in self.sections for part in section.parts if part.kind == "figure"
        ]

    def to_html(self) -> str:
        """Return the page; all that comes from a run or a data set is escaped."""
        source = resources.files("digitnet.report").joinpath("report.html.j2")
        environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
        template = environment.from_string(source.read_text(encoding="utf-8"))
        return template.render(
            language="zh-Hans" if language() == "zh" else "en",
            title=self.title,
            lead=self.lead,
            tiles=self.tiles,
            sections=self.sections,
            footer=self.footer,
        )


def on_page(svg: str, name: str, caption: str) -> str:
    """Return an ``<svg>`` fit for a page with others: its own ids, the page's colours, a label."""
    for colour, variable in _THEMED.items():
        svg = re.sub(re.escape(colour), variable, svg, flags=re.IGNORECASE)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = re.sub(r'(xlink:href|href)="#', rf'\1="#{name}-', svg)
    label = str(Markup.escape(caption))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
