"""Signs as hands write them between and beside numbers: of arithmetic, of money, of dates.

Each function gives the strokes of one sign, in the frame of a digit: x about from 0 to 1, and y
from 0 at the top of the digits to 1 where they stand. Left out is what is a digit to anyone who
sees it alone: the slash, brackets and the plain bar, and the small ring of degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from digitnet.pages.strokes import Point, Stroke, arc, line, smooth

Random = np.random.Generator
Strokes = list[Stroke]

_RUNNING = 0.3  # of the writers of Chinese round the corners and join strokes


def _about(rng: Random, point: Point, by: float = 0.02) -> Point:
    """Return a point near another: no hand meets one twice."""
    return point[0] + rng.normal(0, by), point[1] + rng.normal(0, by)


def _bow(rng: Random, start: Point, end: Point, by: float = 0.03) -> Stroke:
    """Return a line that is not quite straight."""
    bend = rng.normal(0, by)
    middle = (
        (start[0] + end[0]) / 2 + bend * (end[1] - start[1]),
        (start[1] + end[1]) / 2 - bend * (end[0] - start[0]),
    )
    return smooth([start, middle, end])


def _bar(rng: Random, y: float, left: float, right: float, tilt: float = 0.03) -> Stroke:
    """Return a level bar."""
    climb = rng.normal(-0.01, tilt)
    ends = (left + rng.normal(0, 0.03), y - climb), (right + rng.normal(0, 0.03), y + climb)
    return _bow(rng, *ends)


def _tilted(stroke: Stroke, tilt: float) -> Stroke:
    """Return the stroke climbing by twice ``tilt`` from its left end to its right one."""
    x = stroke[:, 0]
    share = (x - x.mean()) / max(float(np.ptp(x)) / 2, 1e-6)
    return np.stack([x, stroke[:, 1] + tilt * share], axis=1)


def _dot(rng: Random, at: Point) -> Stroke:
    """Return a dot: a stroke hardly longer than the pen is wide, in any direction."""
    angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.005, 0.035)
    step = (reach * float(np.cos(angle)), reach * float(np.sin(angle)))
    return line((at[0] - step[0], at[1] - step[1]), (at[0] + step[0], at[1] + step[1]))


def plus(rng: Random) -> Strokes:
    """Return a +: two bars that cross, or one stroke that comes back for the second."""
    y, half = rng.uniform(0.48, 0.64), rng.uniform(0.2, 0.36)
    high = half * np.exp(rng.normal(0, 0.16))
    lean, aside = rng.normal(0, 0.05), rng.normal(0, 0.04)
    top = (0.5 + aside + lean, y - high * rng.uniform(0.8, 1.1))
    bottom = (0.5 + aside - lean, y + high * rng.uniform(0.8, 1.1))
    if rng.random() < 0.05:
        left = (0.5 - half, y + rng.uniform(-0.01, 0.06))
        turn = ((left[0] + bottom[0]) / 2 - 0.06, (left[1] + bottom[1]) / 2 + 0.03)
        back = [bottom, turn, left, (0.5, y), (0.5 + half, y + rng.normal(-0.02, 0.03))]
        return [smooth([top, (0.5 + aside, y), *back])]
    return [_bow(rng, top, bottom), _bar(rng, y, 0.5 - half, 0.5 + half)]


def minus(rng: Random) -> Strokes:
    """Return a -: a level bar at the middle of the digits."""
    half = rng.uniform(0.14, 0.34)
    return [_bar(rng, rng.uniform(0.48, 0.62), 0.5 - half, 0.5 + half)]


def times(rng: Random) -> Strokes:
    """Return a ×: two slanting strokes that cross, or two bows back to back."""
    y, half = rng.uniform(0.5, 0.68), rng.uniform(0.16, 0.32)
    high = half * np.exp(rng.normal(0.05, 0.14))

    def corner(x: float, down: int) -> Point:
        return _about(rng, (0.5 + x * half, y + down * high), 0.12 * half)

    if rng.random() < 0.15:
        deep = rng.uniform(0.02, 0.2)
        return [
            smooth([corner(side, -1), corner(-side * deep, 0), corner(side, 1)]) for side in (-1, 1)
        ]
    return [
        _bow(rng, corner(-1, -1), corner(1, 1), 0.05),
        _bow(rng, corner(1, -1), corner(-1, 1), 0.05),
    ]


def divided(rng: Random) -> Strokes:
    """Return a ÷: a bar with a dot, or a small ring, over and under it."""
    y, half = rng.uniform(0.48, 0.62), rng.uniform(0.2, 0.36)
    places = [(rng.normal(0.5, 0.02), y + side * rng.uniform(0.17, 0.29)) for side in (-1, 1)]
    ring = rng.uniform(0.03, 0.05)
    dots = (
        [smooth(arc(place, (ring, ring), -90, 280)) for place in places]
        if rng.random() < 0.12
        else [_dot(rng, place) for place in places]
    )
    bar = _bar(rng, y, 0.5 - half, 0.5 + half)
    # Where the bar bends, they keep away from it all the same.
    bend = np.array([0.0, bar[len(bar) // 2, 1] - y])
    return [bar, *(dot + bend for dot in dots)]


def equals(rng: Random) -> Strokes:
    """Return an =: two bars, alike in nothing but their direction."""
    y, half, apart = rng.uniform(0.48, 0.64), rng.uniform(0.2, 0.36), rng.uniform(0.09, 0.17)
    tilt = rng.normal(-0.01, 0.03)
    return [
        _tilted(_bar(rng, y + side * apart, 0.5 - half, 0.5 + half, 0.015), tilt)
        for side in (-1, 1)
    ]


def percent(rng: Random) -> Strokes:
    """Return a %: its rings closed or not, apart from the slash or drawn into it."""
    wide = rng.uniform(0.3, 0.42)
    top = (0.5 + wide * rng.uniform(0.7, 1.0), rng.uniform(-0.03, 0.1))
    foot = (0.5 - wide * rng.uniform(0.7, 1.0), rng.uniform(0.92, 1.05))
    size = rng.uniform(0.12, 0.19)

    def ring(centre: Point) -> list[Point]:
        radii = (size * rng.uniform(0.75, 1.1), size * rng.uniform(0.85, 1.25))
        start = rng.uniform(-140, -30)
        return arc(_about(rng, centre), radii, start, start - 360 + rng.normal(0, 20))

    first = ring((0.5 - wide, 0.05 + size))
    second = ring((0.5 + wide * rng.uniform(0.8, 1.1), 0.96 - size))
    if rng.random() < 0.2:  # Without lifting the pen, from the first ring into the slash.
        joint = (0.5, first[-1][1] + rng.uniform(-0.04, 0.06))
        return [smooth([*first, joint, top]), _bow(rng, top, foot), smooth(second)]
    return [smooth(first), _bow(rng, top, foot), smooth(second)]


def euro(rng: Random) -> Strokes:
    """Return a €: a round or a narrow C with two bars across its back."""
    wide, high = rng.uniform(0.32, 0.46), rng.uniform(0.42, 0.52)
    back = 0.55 - wide
    y, apart = rng.uniform(0.46, 0.55), rng.uniform(0.07, 0.11)
    bow = arc((0.55, 0.5), (wide, high), rng.uniform(-65, -35), -rng.uniform(295, 325))
    reach = rng.uniform(0.3, 0.65)
    bars = [
        _tilted(
            _bar(rng, y + side * apart, back - rng.uniform(0.1, 0.2), back + reach, 0.01), -0.02
        )
        for side in (-1, 1)
    ]
    return [smooth(bow), *bars]


def dollar(rng: Random) -> Strokes:
    """Return a $: an S and one bar through it, or two, that stand out above and below."""
    wide, waist = rng.uniform(0.2, 0.3), rng.uniform(0.44, 0.54)
    upper = arc((0.5, waist / 2 + 0.05), (wide, waist / 2 - 0.05), rng.uniform(-40, -15), -240)
    lower = arc(
        (0.5, (0.95 + waist) / 2), (wide * 1.1, (0.95 - waist) / 2), -60, rng.uniform(140, 170)
    )
    lean = rng.normal(0.02, 0.04)
    places = (-0.06, 0.06) if rng.random() < 0.15 else (rng.normal(0, 0.02),)
    bars = [
        _bow(
            rng,
            (0.5 + at + lean, -rng.uniform(0.08, 0.16)),
            (0.5 + at - lean, 1.0 + rng.uniform(0.06, 0.16)),
        )
        for at in places
    ]
    return [smooth([*upper, (0.5, waist), *lower]), *bars]


def pound(rng: Random) -> Strokes:
    """Return a £: with a loop at its foot, or without; one bar or two."""
    stem, y = rng.uniform(0.36, 0.46), rng.uniform(0.46, 0.6)
    head = [
        _about(rng, (0.78, 0.2)),
        _about(rng, (0.62, 0.0)),
        (stem + 0.02, rng.uniform(0.12, 0.22)),
        (stem, 0.45),
        (stem, 0.7),
    ]
    if rng.random() < 0.5:
        loop = [(stem - 0.08, 0.92), (stem - 0.22, 0.99), (stem - 0.24, 0.87), (stem - 0.1, 0.85)]
        foot = [(stem + 0.15, 0.95), (0.72, 1.0), _about(rng, (0.88, 0.88))]
        body = [smooth([*head, *loop, *foot])]
    else:
        corner = (stem - rng.uniform(0.1, 0.2), 0.98)
        body = [
            smooth([*head, corner]),
            smooth([corner, (0.5, rng.uniform(0.93, 1.0)), _about(rng, (0.86, 0.97))]),
        ]
    heights = (y,) if rng.random() < 0.8 else (y - 0.05, y + 0.08)
    return [*body, *(_bar(rng, at, stem - 0.2, stem + rng.uniform(0.2, 0.32)) for at in heights)]


def yen(rng: Random) -> Strokes:
    """Return a ¥: a Y with two bars across its stem."""
    knot = _about(rng, (0.5, rng.uniform(0.4, 0.5)))
    half, apart = rng.uniform(0.22, 0.34), rng.uniform(0.07, 0.1)
    y = rng.uniform(0.6, 0.68)
    wide = rng.uniform(0.3, 0.42)
    foot = _about(rng, (0.5, 1.0))
    arms = [
        _bow(rng, _about(rng, (0.5 - wide, 0.0)), knot),
        _bow(rng, _about(rng, (0.5 + wide, -0.02)), knot),
    ]
    bars = [_bar(rng, y + side * apart, 0.5 - half, 0.5 + half, 0.015) for side in (-1, 1)]
    return [*arms, _bow(rng, knot, foot), *bars]


def cent(rng: Random) -> Strokes:
    """Return a ¢: a c as high as small letters, and a bar through it."""
    size = rng.uniform(0.25, 0.32)
    y = 1 - size
    bow = arc((0.5, y), (size * rng.uniform(0.8, 1.1), size), rng.uniform(-60, -35), -315)
    lean = rng.uniform(0, 0.14)
    bar = _bow(
        rng,
        (0.5 + lean, y - size - rng.uniform(0.1, 0.2)),
        (0.5 - lean, y + size + rng.uniform(0.08, 0.18)),
    )
    return [smooth(bow), bar]


def number(rng: Random) -> Strokes:
    """Return a #: two slanting uprights and two level bars."""
    lean, apart, level = rng.uniform(0, 0.13), rng.uniform(0.1, 0.17), rng.uniform(0.12, 0.18)
    half, y = rng.uniform(0.3, 0.45), rng.uniform(0.46, 0.56)
    uprights = [
        _bow(
            rng,
            _about(rng, (0.5 + side * apart + lean, 0.03), 0.03),
            _about(rng, (0.5 + side * apart - lean, 0.98), 0.03),
        )
        for side in (-1, 1)
    ]
    bars = [_bar(rng, y + side * level, 0.5 - half, 0.5 + half) for side in (-1, 1)]
    return [*uprights, *bars]


def at(rng: Random) -> Strokes:
    """Return an @: an a, and the swing from its foot around it, in one stroke."""
    size = rng.uniform(0.14, 0.19)
    wide, high = rng.uniform(0.42, 0.52), rng.uniform(0.44, 0.54)
    inner = arc((0.48, 0.5), (size, size * rng.uniform(0.9, 1.25)), -40, -400)
    tail = [(0.5 + size, 0.5), (0.53 + size, 0.5 + size), (0.62 + size, 0.5 + size * 1.1)]
    outer = arc((0.5, 0.5), (wide, high), 10, -rng.uniform(240, 320))
    return [smooth([*inner, *tail, *outer])]


def ampersand(rng: Random) -> Strokes:
    """Return an &: the printed one in one stroke, or an E of two bows with a bar through it."""
    if rng.random() < 0.5:
        wide = rng.uniform(0.14, 0.2)
        points = [
            (0.92, 1.0), (0.62, 0.62), (0.36, 0.3), (0.5 - wide, 0.14), (0.48, 0.0),
            (0.48 + wide, 0.12), (0.5, 0.38), (0.2, 0.62), (0.16, 0.82), (0.38, 0.99),
            (0.66, 0.86), (0.9, rng.uniform(0.45, 0.6)),
        ]  # fmt: skip
        return [smooth([_about(rng, point) for point in points])]
    wide, waist = rng.uniform(0.2, 0.3), rng.uniform(0.42, 0.5)
    upper = arc((0.5, waist / 2 + 0.05), (wide, waist / 2 - 0.05), rng.uniform(-40, -10), -235)
    lower = arc((0.5, (0.95 + waist) / 2), (wide * 1.15, (0.95 - waist) / 2), 230, 20)
    bar = _bow(
        rng,
        (0.52, -rng.uniform(0.06, 0.14)),
        (_about(rng, (0.5, 0))[0], 1 + rng.uniform(0.05, 0.14)),
    )
    return [smooth([*upper, (0.55, waist), *lower]), bar]


def question(rng: Random) -> Strokes:
    """Return a ?: a hook, open to the left, over a dot."""
    wide, size = rng.uniform(0.2, 0.3), rng.uniform(0.2, 0.26)
    hook = arc((0.5, size), (wide, size), -rng.uniform(160, 200), 40)
    end = (0.5 + rng.normal(0, 0.03), rng.uniform(0.68, 0.76))
    return [
        smooth([*hook, (0.53, rng.uniform(0.5, 0.56)), end]),
        _dot(rng, (end[0] + rng.normal(0, 0.03), rng.uniform(0.97, 1.03))),
    ]


def exclamation(rng: Random) -> Strokes:
    """Return a !: never without its dot, as the stroke alone is a 1."""
    lean = rng.normal(0.03, 0.05)
    foot = (0.5 - lean, rng.uniform(0.62, 0.7))
    return [
        _bow(rng, (0.5 + lean, rng.uniform(-0.05, 0.05)), foot),
        _dot(rng, (0.5 - 2 * lean + rng.normal(0, 0.03), rng.uniform(0.97, 1.03))),
    ]


def asterisk(rng: Random) -> Strokes:
    """Return a *: three or four short strokes across one point."""
    count = 3 if rng.random() < 0.75 else 4
    size, y, turn = rng.uniform(0.2, 0.34), rng.uniform(0.28, 0.5), rng.normal(90, 8)
    strokes = []
    for k in range(count):
        angle = np.deg2rad(turn + 180 * k / count + rng.normal(0, 5))
        reach = size * rng.uniform(0.8, 1.15) * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array(_about(rng, (0.5, y)))
        strokes.append(np.stack([middle - reach, middle + reach]))
    return strokes


def _chinese(rng: Random, *strokes: list[Point], running: bool = True) -> Strokes:
    """Return the strokes of a character as some hand writes them.

    Args:
        rng: decides how.
        strokes: the corners of each, as in print.
        running: whether a hand in a hurry may round the corners.
    """
    rounds = running and rng.random() < _RUNNING
    wide = np.exp(rng.normal(0, 0.1))
    written = []
    for corners in strokes:
        points = [_about(rng, point, 0.028) for point in corners]
        if rounds and len(points) > 2:
            stroke = smooth(points)
        else:
            stroke = np.concatenate([_bow(rng, a, b, 0.025) for a, b in pairwise(points)])
        written.append((stroke - (0.5, 0)) * (wide, 1) + (0.5, 0))
    return written


def yuan(rng: Random) -> Strokes:
    """Return a 元, the unit of money."""
    left = [(0.4, 0.42), (0.36, 0.72), (0.08, 1.0)]
    right = [(0.62, 0.42), (0.6, 0.86), (0.72, 0.97), (0.93, 0.94), (0.97, 0.78)]
    first, second, *_ = _chinese(rng, [(0.28, 0.1), (0.74, 0.08)], [(0.05, 0.42), (0.95, 0.4)])
    return [first, second, smooth([_about(rng, point) for point in left]),
            smooth([_about(rng, point) for point in right])]  # fmt: skip


def year(rng: Random) -> Strokes:
    """Return a 年, which stands behind a year."""
    return _chinese(
        rng,
        [(0.34, -0.02), (0.14, 0.3)],
        [(0.3, 0.17), (0.84, 0.14)],
        [(0.31, 0.42), (0.8, 0.4)],
        [(0.3, 0.42), (0.3, 0.68)],
        [(0.03, 0.69), (0.98, 0.66)],
        [(0.57, 0.16), (0.57, 1.06)],
        running=False,
    )


def month(rng: Random) -> Strokes:
    """Return a 月, which stands behind a month."""
    return _chinese(
        rng,
        [(0.28, 0.04), (0.27, 0.6), (0.1, 1.0)],
        [(0.29, 0.05), (0.77, 0.03), (0.77, 0.97), (0.64, 0.9)],
        [(0.3, 0.34), (0.74, 0.33)],
        [(0.29, 0.62), (0.75, 0.61)],
    )


def day(rng: Random) -> Strokes:
    """Return a 日, which stands behind a day: always with its middle bar, else it is a 0."""
    return _chinese(
        rng,
        [(0.22, 0.04), (0.23, 0.99)],
        [(0.23, 0.05), (0.77, 0.03), (0.77, 0.99)],
        [(0.25, 0.49), (0.75, 0.48)],
        [(0.25, 0.93), (0.76, 0.92)],
        running=False,  # With round corners it is an 8.
    )


def ordinal(rng: Random) -> Strokes:
    """Return a 号, which stands behind the number of a house, a room or a day."""
    return _chinese(
        rng,
        [(0.28, 0.03), (0.29, 0.34)],
        [(0.28, 0.05), (0.73, 0.03), (0.71, 0.34)],
        [(0.3, 0.32), (0.71, 0.31)],
        [(0.04, 0.49), (0.96, 0.47)],
        [(0.4, 0.49), (0.33, 0.67), (0.75, 0.65), (0.7, 0.96), (0.55, 0.98), (0.47, 0.9)],
    )


def piece(rng: Random) -> Strokes:
    """Return a 个, which stands behind the number of things."""
    return _chinese(
        rng,
        [(0.52, 0.0), (0.34, 0.26), (0.05, 0.48)],
        [(0.53, 0.03), (0.7, 0.26), (0.97, 0.46)],
        [(0.52, 0.4), (0.51, 1.05)],
    )


def point(rng: Random) -> Strokes:
    """Return a full stop, or the point in a decimal fraction."""
    return [_dot(rng, (0.5, rng.uniform(0.94, 1.02)))]


def comma(rng: Random) -> Strokes:
    """Return a comma: a short stroke through the line on which the digits stand."""
    top = (0.5, rng.uniform(0.9, 0.97))
    return [_bow(rng, top, (0.5 - rng.uniform(0.03, 0.12), top[1] + rng.uniform(0.12, 0.22)), 0.15)]


Sign = Callable[[Random], Strokes]

SIGNS: dict[str, Sign] = {
    "+": plus,
    "×": times,
    "÷": divided,
    "=": equals,
    "%": percent,
    "€": euro,
    "$": dollar,
    "£": pound,
    "¥": yen,
    "¢": cent,
    "#": number,
    "@": at,
    "&": ampersand,
    "?": question,
    "!": exclamation,
    "*": asterisk,
    "元": yuan,
    "年": year,
    "月": month,
    "日": day,
    "号": ordinal,
    "个": piece,
}
"""How each sign is written."""

STOPS: dict[str, Sign] = {"-": minus, ".": point, ",": comma}
"""The little ones, of which nothing is left to see when they are made as large as a digit."""

FALL_APART = "%?!号"
"""Signs of which a part, seen alone, may be a digit: rings, the hook, the stroke."""
