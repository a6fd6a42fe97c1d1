"""Writing: which digits, and which signs among them, stand where on a flat sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from digitnet.pages.arrays import Floats, as_floats
from digitnet.pages.pen import Strokes, keep_loops
from digitnet.pages.phrases import DIGIT, NEXT, SPACE, is_digit, phrases
from digitnet.pages.plan import Plan
from digitnet.pages.signs import BARS, MARKS, SIGNS, STOPS
from digitnet.pages.strokes import dense
from digitnet.pages.supply import Supply

CELL = 1.45  # the width of a printed cell for one digit, in heights
_STROKES = {**SIGNS, **STOPS, **BARS, **MARKS}
_STEP = 0.03  # between the points of a sign's strokes, in heights, so that they can wobble
_GUTTER = 3.0  # the least room between columns, in heights: more than between any two neighbours


@dataclass
class Written:
    """What a hand wrote on the sheet: its strokes, and their extent (left, top, right, bottom)."""

    strokes: Strokes

    def extent(self) -> tuple[float, float, float, float]:
        """The box around the ink, in pixels of the sheet."""
        low = np.min([(path - r[:, None]).min(axis=0) for path, r in self.strokes], axis=0)
        high = np.max([(path + r[:, None]).max(axis=0) for path, r in self.strokes], axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def move(self, dx: float, dy: float) -> None:
        """Shift it on the sheet."""
        shift = np.array([dx, dy], np.float32)
        self.strokes = [(path + shift, radius) for path, radius in self.strokes]


@dataclass
class WrittenDigit(Written):
    """A digit on the sheet, with its label."""

    label: int


@dataclass
class WrittenSign(Written):
    """A sign on the sheet, by its name in `SIGNS`, `STOPS`, `BARS` or `MARKS`."""

    name: str


@dataclass
class WrittenLine:
    """A line of writing.

    Attributes:
        marks: digits, and signs where the plan has some, from left to right.
        size: of the writing: the usual height of a digit, in pixels.
        start: where the line begins (x).
        ink: the number of the ink in the plan.
        baseline: on which the digits stand at the line's start (y).
    """

    marks: list[Written]
    size: float
    start: float
    ink: int
    baseline: float = 0.0

    @property
    def digits(self) -> list[WrittenDigit]:
        """The digits among the marks, from left to right."""
        return [mark for mark in self.marks if isinstance(mark, WrittenDigit)]

    @property
    def signs(self) -> list[WrittenSign]:
        """The signs among the marks, from left to right."""
        return [mark for mark in self.marks if isinstance(mark, WrittenSign)]

    def extent(self) -> tuple[float, float, float, float]:
        """The box around the line's ink: left, top, right, bottom, in pixels of the sheet."""
        return around(self.marks)

    @property
    def text(self) -> str:
        """The digits as a string."""
        return "".join(str(digit.label) for digit in self.digits)


def around(marks: Sequence[Written]) -> tuple[float, float, float, float]:
    """Return the box around the ink of marks, at least one: left, top, right, bottom."""
    extents = np.array([mark.extent() for mark in marks])
    left, top = extents[:, :2].min(axis=0).tolist()
    right, bottom = extents[:, 2:].max(axis=0).tolist()
    return left, top, right, bottom


def write(plan: Plan, source: Supply, rng: np.random.Generator) -> list[WrittenLine]:
    """Fill the sheet as planned; what does not fit is not written.

    Args:
        plan: the page.
        source: labels and glyphs.
        rng: decides what the plan leaves open.

    Returns:
        The lines in reading order, at least one.
    """
    height = plan.digit_height
    margin = 0.6 * height
    gutter = _GUTTER * height * rng.uniform(1.0, 1.4)
    room = (plan.width - 2 * margin - gutter * (plan.columns - 1)) / plan.columns
    lines: list[WrittenLine] = []
    for column in range(plan.columns):
        left = margin + column * (room + gutter)
        lines += _Column(plan, source, rng, left, left + room).write()
    _settle(lines, plan, rng)
    return lines


def write_one(plan: Plan, source: Supply, rng: np.random.Generator) -> tuple[int, Strokes]:
    """Write one digit of the planned height: its label, and its strokes near the origin."""
    digit = _Column(plan, source, rng, 0.0, float(plan.width)).digit(plan.digit_height)
    return digit.label, digit.strokes


def _settle(lines: list[WrittenLine], plan: Plan, rng: np.random.Generator) -> None:
    """People write anywhere on a page: move the writing into the room that is left."""
    extents = np.array([mark.extent() for line in lines for mark in line.marks])
    sheet = np.array([plan.width, plan.height])
    room = np.maximum(sheet - extents[:, 2:].max(axis=0) - 0.6 * plan.digit_height, 0)
    dx, dy = (room * rng.beta(0.8, 1.2, 2)).tolist()
    for line in lines:
        line.start += dx
        line.baseline += dy
        for mark in line.marks:
            mark.move(dx, dy)


class _Column:
    def __init__(
        self,
        plan: Plan,
        source: Supply,
        rng: np.random.Generator,
        left: float,
        right: float,
    ) -> None:
        self.plan, self.source, self.rng = plan, source, rng
        self.left, self.right = left, right
        # The lowest ink so far at every x, which the next line must clear.
        top = plan.digit_height * rng.uniform(0.5, 1.5)
        self.skyline = np.full(plan.width, top)
        self.slant = plan.slant + rng.normal(0, 0.02)
        self.aspect = rng.normal(1.0, 0.06)
        self.phase = rng.uniform(0, 2 * np.pi)
        self.period = rng.uniform(8, 20) * plan.digit_height
        self.slope = np.tan(np.radians(plan.slope))

    def write(self) -> list[WrittenLine]:
        lines: list[WrittenLine] = []
        while len(lines) < self.plan.lines:
            line = self._line(len(lines))
            if not self._place(line) and lines:
                break
            lines.append(line)
        return lines

    def _line(self, number: int) -> WrittenLine:
        plan, rng = self.plan, self.rng
        size = plan.digit_height * np.exp(rng.normal(0, plan.line_spread))
        size = float(np.clip(size, plan.least_height, 0.8 * plan.height))
        wanted = int(rng.integers(max(1, plan.digits // 2), plan.digits + 1))
        start = self.left + rng.uniform(0, 0.5) * size
        spacing = rng.uniform(*plan.gap)
        written: list[Written] = []
        room, has_digit, whole = 0.0, False, 0
        for token in self._tokens(wanted):
            if token == NEXT:
                whole = len(written)
            if token in (SPACE, NEXT):
                between = (0.9, 1.5) if token == NEXT and plan.writing == "dates" else (0.3, 0.7)
                room += rng.uniform(*between) * size
                continue
            mark = self._mark(token, size)
            self._kern(written, mark, start, size, spacing)
            if written:
                mark.move(room, 0)
            if has_digit and mark.extent()[2] > self.right:
                if whole and plan.writing == "dates":
                    del written[whole:]  # Half a date is none.
                break
            written.append(mark)
            has_digit = has_digit or is_digit(token)
            room = 0.0
        ink = number if rng.random() < 0.5 else 0
        return WrittenLine(written, size, start, ink % len(plan.inks))

    def _tokens(self, digits: int) -> Iterable[str]:
        if self.plan.writing == "digits":
            return repeat(DIGIT, digits)
        return phrases(self.plan.writing, digits, self.rng)

    def _mark(self, token: str, size: float) -> Written:
        if not is_digit(token):
            return self._sign(token, size)
        return self.digit(size, None if token == DIGIT else int(token))

    def digit(self, size: float, label: int | None = None) -> WrittenDigit:
        """Write one digit, whichever comes or a certain one, standing on y = 0 at x = 0."""
        label, glyph = next(self.source) if label is None else self.source.of(label)
        shaky = self.plan.unsteadiness
        strokes = self._penned(glyph.paths, glyph.radii, size)
        digit = WrittenDigit(strokes, label)
        left, _, _, bottom = digit.extent()
        digit.move(-left, -bottom + shaky * float(self.rng.normal(0, 0.04)) * size)
        return digit

    def _sign(self, name: str, size: float) -> WrittenSign:
        """Write one sign beside digits that stand on y = 0, at x = 0."""
        rng = self.rng
        paths, radii = [], []
        for stroke in _STROKES[name](rng):
            path = dense(stroke - (0.5, 1.0), _STEP).astype(np.float32)
            # A pen that is pressed here and lifted there leaves such radii in MNIST's digits, too.
            ends = np.exp(rng.normal(0, 0.2, 3))
            radius = np.interp(np.linspace(0, 2, len(path)), np.arange(3), ends)
            paths.append(path)
            radii.append(radius.astype(np.float32))
        sign = WrittenSign(self._penned(paths, radii, size), name)
        left = sign.extent()[0]
        sign.move(-left, self.plan.unsteadiness * float(rng.normal(0, 0.04)) * size)
        return sign

    def _penned(self, paths: Sequence[Floats], radii: Sequence[Floats], size: float) -> Strokes:
        """Return a glyph's strokes as this writer's hand and pen make them."""
        plan, rng = self.plan, self.rng
        shaky = plan.unsteadiness
        spread = np.exp(np.clip(rng.normal(0, plan.size_spread), -0.6, 0.6))
        scale = max(size * spread, plan.least_height)
        slant = self.slant + shaky * rng.normal(0, 0.04)
        turn = np.radians(shaky * rng.normal(0, 2.0) + plan.slope)
        shape = np.array([[self.aspect + shaky * rng.normal(0, 0.04), -slant], [0, 1]])
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        matrix = (scale * rotation @ shape).astype(np.float32)
        pen = max(plan.pen * plan.digit_height, plan.least_pen) / 2
        strokes: Strokes = []
        for path, radius in zip(paths, radii, strict=True):
            share = (radius / np.median(radius)) ** plan.contrast
            width = pen * np.clip(share, 0.6, 1.5)
            strokes.append(((path + self._wobble(path)) @ matrix.T, width.astype(np.float32)))
        if pen > 0.045 * scale:
            strokes = keep_loops(strokes, plan.least_pen / 2)
        return strokes

    def _wobble(self, path: Floats) -> Floats:
        """A slow wave through a digit, the same at the same place, so that strokes still join."""
        strength = 0.012 * self.plan.unsteadiness
        return as_floats(strength * np.sin(path[:, ::-1] * 7 + self.phase))

    def _kern(
        self, line: list[Written], mark: Written, start: float, size: float, spacing: float
    ) -> None:
        plan, rng = self.plan, self.rng
        if plan.has_cells:
            left, _, right, _ = mark.extent()
            middle = start + (len(line) + 0.5) * CELL * size
            mark.move(middle - (left + right) / 2 + rng.normal(0, 0.05) * size, 0)
            return
        if not line:
            mark.move(start, 0)
            return
        room = clearance(line[-1], mark, size)
        if rng.random() < plan.touching:
            mark.move(-room - rng.uniform(0.0, 0.07) * size, 0)
            return
        gap = spacing * rng.uniform(0.6, 1.6) * size
        least = 0.1 * size + 2
        mark.move(max(least - room, line[-1].extent()[2] + gap - mark.extent()[0]), 0)

    def _place(self, line: WrittenLine) -> bool:
        """Put the line below what is there; say whether it ends on the sheet."""
        plan = self.plan
        offsets = []
        for mark in line.marks:
            left, _, right, _ = mark.extent()
            middle = (left + right) / 2 - self.left
            wave = plan.wave * line.size * np.sin(2 * np.pi * middle / self.period + self.phase)
            offsets.append(self.slope * middle + wave)
            mark.move(0, float(offsets[-1]))
        leading = self.rng.uniform(*plan.leading) * line.size
        baseline = max(self._above(mark) - mark.extent()[1] + leading for mark in line.marks)
        if plan.ruling in ("ruled", "grid"):
            pitch = plan.rule_pitch * plan.digit_height
            baseline = pitch * np.ceil(baseline / pitch)
        for mark in line.marks:
            mark.move(0, float(baseline))
        line.baseline = float(baseline)
        for mark in line.marks:
            left, _, right, bottom = mark.extent()
            span = slice(max(int(left - line.size * 0.3), 0), max(int(right + line.size * 0.3), 1))
            self.skyline[span] = np.maximum(self.skyline[span], bottom)
        return max(mark.extent()[3] for mark in line.marks) < plan.height - 0.3 * line.size

    def _above(self, mark: Written) -> float:
        left, _, right, _ = mark.extent()
        return float(self.skyline[max(int(left), 0) : max(int(right) + 1, 1)].max(initial=0))


def clearance(left: Written, right: Written, size: float) -> float:
    """The least horizontal room between the ink of two marks, negative where they overlap.

    Args:
        left: a digit or a sign.
        right: another, that is to stand to the right of it.
        size: of the writing; ink within a sixteenth of it above or below counts as level.
    """
    band = size / 16
    ends = _profile(left, band, +1)
    starts = _profile(right, band, -1)
    rooms = [
        starts[row] - ends[near]
        for row in starts
        for near in (row - 1, row, row + 1)
        if near in ends
    ]
    return min(rooms) if rooms else right.extent()[0] - left.extent()[2]


def _profile(mark: Written, band: float, side: int) -> dict[int, float]:
    """How far the ink reaches to one side (+1 right, -1 left) in every band of rows."""
    reach: dict[int, float] = {}
    for path, radius in mark.strokes:
        x = path[:, 0] + side * radius
        for row, value in zip((path[:, 1] // band).astype(int).tolist(), x.tolist(), strict=True):
            known = reach.get(row, value)
            reach[row] = max(known, value) if side > 0 else min(known, value)
    return reach
