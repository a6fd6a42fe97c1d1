"""What a page is to be: everything that a condition can decide, and a plain page's values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from digitnet.pages.pen import Colour, Ink

Ruling = Literal["none", "ruled", "grid", "cells", "frames", "underlines"]


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
        table: whether the page is a note that lies on a table.
        bleed: the strength of the other side's ink, 0 for none.
        signs: whether signs stand between and beside the digits, as in sums and prices.
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
    table: bool = False
    bleed: float = 0.0
    signs: bool = False
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
