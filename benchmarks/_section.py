"""What one question of a benchmark came to: a table for the terminal, plain values for JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from numbers import Real

WIDTH = 80
NARROWEST = 8  # characters: no column of text becomes narrower
GAP = "  "


@dataclass(frozen=True)
class Section:
    """A table and what there is to say about it.

    Attributes:
        title: what was measured.
        rows: by column; a value is text, a number, or None where there is none.
        notes: sentences below the table: what was counted, what was left out.
    """

    title: str
    rows: list[dict[str, object]]
    notes: list[str] = field(default_factory=list)

    def to_text(self) -> str:
        """Return the section as plain text, at most 80 columns wide."""
        notes = [textwrap.fill(note, WIDTH) for note in self.notes]
        return "\n".join([self.title, "=" * len(self.title), *table(self.rows), *notes])

    def to_dict(self) -> dict[str, object]:
        """Return the section as plain values for JSON."""
        return asdict(self)


def table(rows: Sequence[dict[str, object]], width: int = WIDTH) -> list[str]:
    """Lay rows out in columns: text to the left, numbers under one another by their points.

    Headings and texts that would make it too wide are folded; numbers never are.

    Raises:
        ValueError: the numbers alone are wider than ``width``.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: _cells([row.get(name) for row in rows]) for name in columns}
    numeric = {name: any(_is_number(row.get(name)) for row in rows) for name in columns}
    widths = {name: max(map(len, [name, *cells[name]])) for name in columns}
    room = width - len(GAP) * (len(columns) - 1)
    least = {
        name: max(
            map(
                len,
                [*name.split(), *(cells[name] if numeric[name] else " ".join(cells[name]).split())],
            )
        )
        for name in columns
    }
    if sum(least.values()) > room:  # Then words of text are broken as well.
        least |= {name: min(least[name], NARROWEST) for name in columns if not numeric[name]}
    while sum(widths.values()) > room:
        foldable = [name for name in columns if widths[name] > least[name]]
        if not foldable:
            raise ValueError(f"A table of {len(columns)} columns does not fit {width} characters.")
        widths[max(foldable, key=lambda name: widths[name])] -= 1
    lines = _line(columns, {name: name for name in columns}, widths, numeric, head=True)
    lines.append(GAP.join("-" * widths[name] for name in columns))
    for number in range(len(rows)):
        texts = {name: cells[name][number] for name in columns}
        lines += _line(columns, texts, widths, numeric, head=False)
    return lines


def _line(
    columns: Sequence[str],
    texts: dict[str, str],
    widths: dict[str, int],
    numeric: dict[str, bool],
    *,
    head: bool,
) -> list[str]:
    """One row, on as many lines as its longest cell takes; headings stand at the bottom."""
    folded = {
        name: [texts[name]]
        if numeric[name] and not head
        else textwrap.wrap(texts[name], widths[name]) or [""]
        for name in columns
    }
    height = max(map(len, folded.values()))
    lines = []
    for name, parts in folded.items():
        missing = [""] * (height - len(parts))
        folded[name] = missing + parts if head else parts + missing
    for index in range(height):
        padded = [
            f"{folded[name][index]:>{widths[name]}}"
            if numeric[name]
            else f"{folded[name][index]:<{widths[name]}}"
            for name in columns
        ]
        lines.append(GAP.join(padded).rstrip())
    return lines


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _cells(values: Sequence[object]) -> list[str]:
    """The values of one column as text, numbers with their points under one another."""
    texts = [_text(value) for value in values]
    tails = [
        len(text) - text.index(".") if _is_number(value) and "." in text else 0
        for value, text in zip(values, texts, strict=True)
    ]
    return [
        text + " " * (max(tails) - tail) if _is_number(value) else text
        for value, text, tail in zip(values, texts, tails, strict=True)
    ]


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return number(value)


def number(value: float) -> str:
    """Three digits that mean something, and never an exponent: 0.0871, 8.71, 87.1, 8,710."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    for decimals in range(1, 9):
        if round(abs(value), decimals) >= 10 ** (2 - decimals):
            return f"{value:.{decimals}f}"
    return f"{value:.2f}"
