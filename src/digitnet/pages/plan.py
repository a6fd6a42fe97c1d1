"""What a page is to be: everything that a condition can decide, and a plain page's values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from digitnet.pages.pen import Colour, Ink

Ruling = Literal[
    "none", "ruled", "grid", "cells", "frames", "underlines", "squares", "dashed", "combs"
]
Panel = Literal["none", "canvas", "banner", "windows", "board"]
Printed = Literal["none", "form", "letter", "buttons"]
Writing = Literal["digits", "signs", "dates", "marks"]


@dataclass
class Plan:
    """A page to be composed. Conditions change it before anything is drawn.

    Lengths in "heights" are in heights of a digit; angles are in degrees.

    Attributes:
        width, height: the picture, in pixels.
        digit_height: of a digit, in pixels.
        least_height: to which the other choices may shrink a digit, in pixels.
        lines, digits: how many at most: lines on the page (or column), digits in a line.
        columns: how many; they are read one after the other.
        gap: between neighbours in a line, from and to, in heights.
        touching: the share of neighbours that touch.
        leading: between lines, from and to, in heights.
        size_spread, line_spread: the sizes of digits, and of lines, vary by this factor's log.
        slope, wave: how lines climb, and by how many heights they wave.
        slant: the writer's, as the tangent of the angle to the upright.
        unsteadiness: of one digit beside the next, 1 being usual.
        pen: the width of the pen, in heights; never below `least_pen` pixels.
        contrast: how much of the original's thick and thin remains in a stroke, 0 to 1.
        inks: one is used; different lines may use different ones.
        paper: the colour of the ground; `mottle` and `grain` its slow and fine variation.
        ruling, rule_ink, rule_width, rule_pitch: printed lines, their width in pixels, and the
            distance between parallel ones in heights.
        tilt, perspective, curl: how the page lies before the camera.
        dash: how long a dash of a dashed line is and how long the gap after it, in heights.
        spare: how many boxes stay empty at the end of a line, where each digit has one.
        table: whether the page is a note that lies on a table; `sheets` how many notes there are.
        panel, panel_colour, panel_ink: what is dark in a light picture, and the ink on it: a field
            to draw on, a strip of the page with some of its lines, a window for every digit, a
            board.
        printed: the print beside the writing: a form's headings and labels, a letter's lines, the
            title and the buttons of a web page; `codes` how many bar codes or squares are printed.
        bleed: the strength of the other side's ink, 0 for none.
        writing: digits alone; with signs, as in sums and prices; with slashes, hyphens and
            brackets, as in dates and telephone numbers; or with ticks, arrows and letters.
        clutter: how many marks that are no digits.
        things: how many things lie on the page, as pens.
        board: whether chalk was wiped on the ground.
        negative: whether the picture is inverted.
        gradient, vignette: how much light is lost across the page, and in its corners, 0 to 1.
        shadows: each the light that it leaves and how soft its edge is (share of the width).
        crease: how strongly a fold in the paper shows, 0 for none.
        warmth: the colour of the light, -1 blue to 1 yellow.
        exposure: of the whole picture.
        defocus, motion: blur in heights: a Gaussian's sigma, a movement's length.
        noise: of the sensor, the standard deviation in grey levels.
        jpeg: the quality at which the picture is kept.
    """

    width: int = 1024
    height: int = 768
    digit_height: float = 60.0
    least_height: float = 20.0
    lines: int = 6
    digits: int = 10
    columns: int = 1
    gap: tuple[float, float] = (0.12, 0.5)
    touching: float = 0.0
    leading: tuple[float, float] = (0.35, 0.9)
    size_spread: float = 0.07
    line_spread: float = 0.05
    slope: float = 0.0
    wave: float = 0.0
    slant: float = 0.0
    unsteadiness: float = 1.0
    pen: float = 0.06
    least_pen: float = 1.6
    contrast: float = 0.3
    inks: list[Ink] = field(default_factory=lambda: [Ink((25.0, 25.0, 30.0))])
    paper: Colour = (244.0, 243.0, 240.0)
    mottle: float = 0.01
    grain: float = 0.008
    ruling: Ruling = "none"
    rule_ink: Ink = field(default_factory=lambda: Ink((150.0, 170.0, 205.0), unevenness=0.0))
    rule_width: float = 1.5
    rule_pitch: float = 1.6
    tilt: float = 0.0
    perspective: float = 0.0
    curl: float = 0.0
    dash: tuple[float, float] = (0.1, 0.08)
    spare: int = 0
    table: bool = False
    sheets: int = 1
    panel: Panel = "none"
    panel_colour: Colour = (0.0, 0.0, 0.0)
    panel_ink: Ink = field(default_factory=lambda: Ink((250.0, 250.0, 245.0)))
    printed: Printed = "none"
    codes: int = 0
    bleed: float = 0.0
    writing: Writing = "digits"
    clutter: int = 0
    things: int = 0
    board: bool = False
    negative: bool = False
    gradient: float = 0.0
    vignette: float = 0.0
    shadows: list[tuple[float, float]] = field(default_factory=list)
    crease: float = 0.0
    warmth: float = 0.0
    exposure: float = 1.0
    defocus: float = 0.0
    motion: float = 0.0
    noise: float = 1.5
    jpeg: int = 92

    @property
    def has_cells(self) -> bool:
        """Whether every digit has a place of its own, all equally wide."""
        return self.panel == "windows" or self.ruling in ("cells", "squares", "dashed", "combs")
