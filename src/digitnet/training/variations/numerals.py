"""Digits drawn from strokes, in the ways of writing that MNIST hardly has and half the world uses.

Each function gives the strokes of one digit, in a frame of about 1 by 1 with y downwards, and takes
every freedom that a hand has: the 1 with a long upstroke or a foot, the crossed 7, the open 4.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from digitnet.pages.strokes import Stroke, arc, line, smooth

Random = np.random.Generator
Strokes = list[Stroke]


def zero(rng: Random) -> Strokes:
    """Return a 0: closed, open at the top, with a loop or a slash."""
    wide, start = rng.uniform(0.22, 0.5), rng.uniform(-140, -50)
    turn = rng.uniform(-25, 40)
    ring = arc((0.5, 0.5), (wide, 0.5), start, start - 360 - turn)
    style = rng.random()
    if style < 0.15:  # The pen comes back over the top and leaves a small loop.
        ring += [(0.5 + wide * 0.2, 0.12), (0.5 + wide * rng.uniform(0.5, 1.2), -0.03)]
    strokes = [smooth(ring)]
    if 0.15 <= style < 0.3:
        over = rng.uniform(0.6, 1.2)
        strokes.append(
            line((0.5 + wide * over, 0.5 - 0.4 * over), (0.5 - wide * over, 0.5 + 0.4 * over))
        )
    return strokes


def one(rng: Random) -> Strokes:
    """Return a 1: a stroke, mostly with an upstroke as long as you like, sometimes with a foot."""
    lean = rng.normal(0, 0.08)
    top, bottom = (0.5 + lean, 0.0), (0.5 - lean, 1.0)
    bow = rng.normal(0, 0.025)
    stem = [top, (0.5 + bow, 0.5), bottom]
    style = rng.random()
    strokes = [smooth(stem)]
    if style < 0.85:
        length = rng.uniform(0.15, 0.75)
        steep = np.deg2rad(rng.uniform(35, 72))
        tip = (top[0] - length * float(np.cos(steep)), length * float(np.sin(steep)))
        middle = (
            (tip[0] + top[0]) / 2 + rng.normal(0, 0.03) * length,
            (tip[1] + top[1]) / 2 + rng.normal(0.02, 0.05) * length,
        )
        strokes = [smooth([tip, middle, top]), smooth(stem)]
    if (style < 0.85 and rng.random() < 0.25) or 0.85 <= style < 0.93:
        half, tilt = rng.uniform(0.1, 0.3), rng.normal(0, 0.03)
        shift = rng.normal(0, 0.05)
        strokes.append(
            line((bottom[0] - half + shift, 1 + tilt), (bottom[0] + half + shift, 1 - tilt))
        )
    return strokes


def two(rng: Random) -> Strokes:
    """Return a 2: with a loop at the bottom, a sharp corner, or a swung foot."""
    wide = rng.uniform(0.28, 0.45)
    crown = arc((0.5, 0.28), (wide, 0.28), rng.uniform(165, 215), 370)
    corner = (0.5 - wide, rng.uniform(0.92, 1.02))
    style = rng.random()
    if style < 0.4:
        neck = (0.5 + rng.uniform(-0.1, 0.15), 0.62)
        loop = [neck, (0.5 - wide * 0.8, 0.97), (0.5 - wide * 1.15, 0.88), (0.5 - wide * 0.6, 0.82)]
        foot = [(0.5, 0.93), (0.5 + wide, rng.uniform(0.9, 1.02)), (0.5 + wide * 1.3, 0.9)]
        return [smooth([*crown, *loop, *foot])]
    body = smooth([*crown, (0.5, 0.68), corner])
    if style < 0.75:
        return [body, line(corner, (0.5 + wide * rng.uniform(0.8, 1.4), rng.uniform(0.93, 1.05)))]
    foot = [corner, (0.5, rng.uniform(0.88, 0.97)), (0.5 + wide * 1.2, rng.uniform(0.9, 1.05))]
    return [body, smooth(foot)]


def three(rng: Random) -> Strokes:
    """Return a 3: two bows, or a flat top with a bow under it."""
    upper, lower = rng.uniform(0.2, 0.36), rng.uniform(0.28, 0.42)
    waist = rng.uniform(0.4, 0.52)
    knot = (0.5 + rng.uniform(-0.12, 0.1), waist)
    belly = arc(
        (0.5, (1 + waist) / 2),
        (lower, (1 - waist) / 2),
        rng.uniform(-60, -30),
        rng.uniform(130, 190),
    )
    if rng.random() < 0.3:
        flat = line((0.5 - upper, rng.uniform(-0.03, 0.06)), (0.5 + upper, 0.0), knot)
        return [flat, smooth([knot, *belly])]
    crown = arc((0.5, waist / 2), (upper, waist / 2), rng.uniform(180, 225), 430)
    return [smooth([*crown, knot, *belly])]


def four(rng: Random) -> Strokes:
    """Return a 4: open at the top, or closed, its stem upright or leaning."""
    bar = rng.uniform(0.5, 0.75)
    right = rng.uniform(0.62, 0.85)
    lean = rng.normal(0, 0.06)
    reach = rng.uniform(-0.02, 0.28)
    if rng.random() < 0.7:  # Open: an L and a stem that crosses its foot.
        left = rng.uniform(0.08, 0.25)
        top = (left + rng.uniform(0.0, 0.22), rng.uniform(-0.05, 0.15))
        corner = (left, bar)
        end = (right + reach, bar + rng.normal(0, 0.04))
        stem_top = rng.uniform(-0.1, bar - 0.12)
        angle = [top, corner, end]
        rounded = rng.random() < 0.35
        first = (
            smooth([top, (left, bar * 0.8), (left + 0.08, bar), end]) if rounded else line(*angle)
        )
        return [first, smooth([(right + lean, stem_top), (right, 0.6), (right - lean, 1.0)])]
    left = rng.uniform(0.0, 0.2)
    peak = (right + lean, 0.0)
    return [
        line(peak, (left, bar), (right + reach, bar + rng.normal(0, 0.03))),
        line(peak, (right - lean, 1.0)),
    ]


def five(rng: Random) -> Strokes:
    """Return a 5: its top in one stroke with the rest, or laid on afterwards, or floating."""
    left, wide = rng.uniform(0.2, 0.35), rng.uniform(0.28, 0.42)
    waist = rng.uniform(0.36, 0.48)
    top = rng.uniform(-0.02, 0.06)
    belly = arc(
        (left + 0.15, (1 + waist) / 2 - 0.02),
        (wide, (1.04 - waist) / 2),
        rng.uniform(-110, -70),
        rng.uniform(120, 180),
    )
    end = (left + rng.uniform(0.3, 0.6), top - rng.uniform(0.0, 0.08))
    back = (left - rng.uniform(0.0, 0.06), waist + 0.03)
    start = (left + rng.uniform(-0.02, 0.05), top)
    if rng.random() < 0.5:
        return [line(end, start, back), smooth([back, *belly])]
    lift = rng.uniform(0.0, 0.08)
    hat = line((start[0] + rng.uniform(-0.05, 0.12), start[1] - lift), (end[0], end[1] - lift))
    return [line(start, back), smooth([back, *belly]), hat]


def six(rng: Random) -> Strokes:
    """Return a 6: a straight or a curled back, a large or a small bowl."""
    size = rng.uniform(0.2, 0.32)
    wide = rng.uniform(0.2, 0.36)
    start = (0.5 + rng.uniform(-0.1, 0.3), rng.uniform(-0.02, 0.08))
    back = [start, (0.5 - wide * rng.uniform(0.4, 0.9), 0.38), (0.5 - wide, 1 - size)]
    bowl = arc((0.5, 1 - size), (wide, size), 180, -180 - rng.uniform(-30, 40))
    return [smooth([*back[:2], *bowl])]


def seven(rng: Random) -> Strokes:
    """Return a 7: mostly crossed; with a serif, a wave in its bar, a straight or a bent stem."""
    right = rng.uniform(0.7, 0.95)
    left = rng.uniform(0.05, 0.25)
    foot = (rng.uniform(0.2, 0.6), 1.0)
    droop = rng.normal(0, 0.03)
    bar = [
        (left, droop),
        ((left + right) / 2, rng.normal(0.0, 0.035)),
        (right, rng.normal(0, 0.02)),
    ]
    bend = rng.uniform(-0.02, 0.12)
    stem = [bar[-1], ((right + foot[0]) / 2 - bend, 0.45 + rng.normal(0, 0.04)), foot]
    strokes = [smooth(bar), smooth(stem)]
    if rng.random() < 0.3:
        strokes.append(
            line(bar[0], (left - rng.uniform(-0.02, 0.05), droop + rng.uniform(0.06, 0.22)))
        )
    if rng.random() < 0.75:
        height, tilt = rng.uniform(0.35, 0.65), rng.normal(-0.02, 0.05)
        across = right + (foot[0] - right) * height - bend * 0.8
        before, after = rng.uniform(0.1, 0.33), rng.uniform(0.08, 0.3)
        strokes.append(line((across - before, height - tilt), (across + after, height + tilt)))
    return strokes


def eight(rng: Random) -> Strokes:
    """Return an 8: one crossing stroke, open at the top or not, or two rings."""
    upper, lower = rng.uniform(0.18, 0.3), rng.uniform(0.22, 0.36)
    waist = rng.uniform(0.4, 0.54)
    lean = rng.normal(0, 0.05)
    if rng.random() < 0.35:
        high = arc((0.5 + lean, waist / 2), (upper, waist / 2), -90, 285)
        low = arc((0.5 - lean, (1 + waist) / 2), (lower, (1 - waist) / 2), -90, 285)
        return [smooth(high), smooth(low)]
    gap = rng.uniform(-0.05, 0.12)
    return [
        smooth(
            [
                (0.5 + lean + upper * rng.uniform(0.5, 1.0), 0.1),
                *arc((0.5 + lean, waist / 2), (upper, waist / 2), -60, -200),
                (0.5, waist),
                *arc((0.5 - lean, (1 + waist) / 2), (lower, (1 - waist) / 2), -20, 200),
                (0.5, waist),
                (0.5 + lean + upper * 0.9, waist * 0.45),
                (0.5 + lean + upper * rng.uniform(0.4, 0.8), 0.06 + gap),
            ]
        )
    ]


def nine(rng: Random) -> Strokes:
    """Return a 9: its tail straight, leaning or curled like that of a g."""
    size = rng.uniform(0.2, 0.3)
    wide = rng.uniform(0.2, 0.34)
    right = 0.5 + wide
    bowl = smooth(arc((0.5, size), (wide, size), rng.uniform(-60, -5), -390))
    style = rng.random()
    stem_top = (right + rng.normal(0, 0.02), size * rng.uniform(0.2, 1.0))
    if style < 0.5:
        lean = rng.normal(0.04, 0.1)
        return [bowl, smooth([stem_top, (right - lean / 2, 0.6), (right - lean, 1.0)])]
    depth = rng.uniform(0.1, 0.5)
    tail = [
        stem_top,
        (right, 0.65),
        (right - 0.08, 0.92),
        (0.5, 1.0),
        (0.5 - wide * rng.uniform(0.4, 1.0), 1.0 - depth * 0.4),
    ]
    return [bowl, smooth(tail)]


NUMERALS: tuple[Callable[[Random], Strokes], ...] = (
    zero, one, two, three, four, five, six, seven, eight, nine,
)  # fmt: skip
