"""What stands on real pages and is no digit: letters, words, marks, lines, smudges, half digits.

What looks like a digit is left out: a plain bar is a 1 and a plain ring a 0, and so are the letters
in which a reader without context sees a digit (O, l, I, Z, S, B, g, q, b, D, G, Y and their like).
"""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import numpy as np
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from digitnet.pages.strokes import Stroke, smooth
from digitnet.training.variations.hand import crop
from digitnet.training.variations.pen import Ink, draw

Random = np.random.Generator

LETTERS = "ACEFHKMNPRTUVWXacdefhkmnprtuvwx"
ANY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Without Λ, Л and their like: a 1 with a long upstroke is all one sees in them among numbers.
FOREIGN = "ÄÖÜéñçåΔΞΠΣΦΨΩλμπξχψωДЖИЙКПФЦШЩЫЮЯжийктфцшщюя"
MARKS = "+=*#@%<>{}~^©€£¥÷×±:;¶"
HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
# Fonts that come with matplotlib, so that training needs none of the machine's own. The first six
# have every letter and mark there is.
PRINTED = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans-Oblique.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSerif-Italic.ttf",
    "STIXGeneral.ttf",
    "STIXGeneralItalic.ttf",
    "STIXGeneralBol.ttf",
    "cmr10.ttf",
    "cmss10.ttf",
    "cmtt10.ttf",
)
# The parts of a digit in which one can see no other digit. A right half of an 8 is a 3, a lower
# half of a 9 a 1: those are left out, and so is everything of a 1.
PARTS = {
    "left": (0, 2, 3, 4, 5, 7, 8, 9),
    "right": (0, 2, 3, 5, 6),
    "top": (0, 4, 5),
    "bottom": (0, 2),
}
# As much of the digit as these may show without becoming one: the more it shows, the more it is.
LARGEST_PART = 0.5
LARGEST_PART_OF = {("left", 7): 0.4, ("left", 8): 0.42, ("right", 2): 0.4, ("right", 3): 0.3,
                   ("right", 6): 0.3, ("left", 9): 0.45}  # fmt: skip


def letter(rng: Random) -> Ink:
    """Return a single letter, printed or in the manner of a pen."""
    return _text(str(rng.choice(list(LETTERS))), rng)


def foreign_letter(rng: Random) -> Ink:
    """Return a letter of another alphabet, in print."""
    return printed(str(rng.choice(list(FOREIGN))), rng, PRINTED[:6])


def word(rng: Random) -> Ink:
    """Return two to six letters."""
    count = int(rng.choice((2, 2, 2, 3, 3, 4, 5, 6)))
    return _text("".join(rng.choice(list(ANY_LETTERS), count)), rng)


def mark(rng: Random) -> Ink:
    """Return a mark of punctuation or of arithmetic."""
    if rng.random() < 0.5:
        return printed(str(rng.choice(list(MARKS))), rng, PRINTED[:6])
    return crop(_dot_or_dash(rng))


def scribble(rng: Random) -> Ink:
    """Return a stroke that means nothing, or a little drawing that is no writing."""
    makers = (_tangle, _tangle, _zigzag, _spiral, _arrow, _star, _heart, _tick)
    shape = makers[int(rng.integers(len(makers)))](rng)
    return draw(shape, rng.uniform(2, 8))


def _tangle(rng: Random) -> list[Stroke]:
    points = rng.uniform(0, 1, (int(rng.integers(6, 12)), 2))
    return [smooth([(float(x), float(y)) for x, y in points]) if rng.random() < 0.6 else points]


def _zigzag(rng: Random) -> list[Stroke]:
    count = int(rng.integers(5, 12))
    points = np.stack([np.linspace(0, 1, count), np.arange(count) % 2], 1)
    return [points * (1, rng.uniform(0.2, 0.8)) + rng.normal(0, 0.06, points.shape)]


def _spiral(rng: Random) -> list[Stroke]:
    angles = np.linspace(0, rng.uniform(3.2, 8) * np.pi, 80) + rng.uniform(0, 6)
    return [np.stack([np.cos(angles), np.sin(angles)], 1) * np.linspace(0.05, 1, 80)[:, None]]


def _arrow(rng: Random) -> list[Stroke]:
    shaft = np.array([(0.0, 0.0), (1.0, 0.0)])
    head = np.array([(0.7, -0.22), (1.0, 0.0), (0.7, 0.22)]) * (1, rng.uniform(0.7, 1.6))
    angle = rng.choice((0, np.pi, 0.5 * np.pi, -0.5 * np.pi)) + rng.normal(0, 0.3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [shaft @ turn.T, head @ turn.T]


def _star(rng: Random) -> list[Stroke]:
    spokes = int(rng.integers(3, 6))
    angles = np.arange(spokes) * np.pi / spokes + rng.uniform(0, 3)
    if rng.random() < 0.5:
        ends = np.stack([np.cos(angles), np.sin(angles)], 1)
        return [np.stack([end, -end]) for end in ends]
    corners = rng.uniform(0, 6) + np.arange(6) * 0.8 * np.pi
    return [np.stack([np.cos(corners), np.sin(corners)], 1)]


def _heart(rng: Random) -> list[Stroke]:
    t = np.linspace(0, 2 * np.pi, 40)
    across = 16 * np.sin(t) ** 3
    down = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return [np.stack([across * rng.uniform(0.7, 1.2), down], 1)]


def _tick(rng: Random) -> list[Stroke]:
    deep = rng.uniform(0.5, 0.9)
    return [
        np.array([(0.0, deep - rng.uniform(0.15, 0.4)), (rng.uniform(0.25, 0.4), deep), (1.0, 0.0)])
    ]


def lines(rng: Random) -> Ink:
    """Return remains of rules and boxes: level lines, corners, crosses, tees, empty boxes."""
    long, tilt = rng.uniform(0.5, 1.0), rng.normal(0, 0.03)
    level, upright = np.array([(0, 0), (1, tilt)]), np.array([(0, 0), (tilt, long)])
    middle = np.array([rng.uniform(0.3, 0.7), -long * rng.uniform(0.3, 0.7)])
    right, down = np.array([1, 0]), np.array([0, long])
    # The one corner that is missing here is a 7 to anyone who sees it alone.
    shapes: tuple[list[Stroke], ...] = (
        [level],
        [level, level + down * rng.uniform(0.2, 1)],
        [level, upright],
        [level, upright - down],
        [level, upright - down + right],
        [level, upright + right / 2],
        [level, upright + middle],
        [level, upright, level + down, upright + right],
        [level, upright, upright + right],
    )
    return draw(shapes[int(rng.integers(len(shapes)))], rng.uniform(2, 8))


def smudge(rng: Random) -> Ink:
    """Return a stain: a blob with soft or ragged edges."""
    side = 48
    noise = rng.normal(0, 1, (5, 5)).astype(np.float32)
    field = cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    flat = rng.uniform(0.85, 2)  # An upright one would be a 1.
    shape = 1.1 - np.hypot(x, y * flat) * rng.uniform(2, 3) + field * 0.3
    return np.asarray(np.clip(shape * rng.uniform(100, 600), 0, 255), np.uint8)


def part(ink: Ink, digit: int, rng: Random) -> Ink | None:
    """Return the part of a digit on one side of a cut, or None if one could read it as a digit."""
    sides = [side for side, digits in PARTS.items() if digit in digits]
    if not sides:
        return None
    side = sides[int(rng.integers(len(sides)))]
    tight = crop(ink, 0)
    height, width = tight.shape
    share = rng.uniform(0.18, LARGEST_PART_OF.get((side, digit), LARGEST_PART))
    columns, rows = max(2, int(width * share)), max(2, int(height * share))
    piece = {
        "left": tight[:, :columns],
        "right": tight[:, -columns:],
        "top": tight[:rows],
        "bottom": tight[-rows:],
    }[side]
    return None if looks_like_a_bar(piece) else crop(piece)


def looks_like_a_bar(ink: Ink) -> bool:
    """Return whether the ink is one more or less upright stroke: a 1, whatever it was cut from."""
    m = cv2.moments(ink)
    if m["m00"] == 0:
        return True
    spread = np.array([[m["mu20"], m["mu11"]], [m["mu11"], m["mu02"]]]) / m["m00"]
    (short, long), directions = np.linalg.eigh(spread)
    upright = abs(directions[1, 1]) > 0.6
    return bool(upright and short < 0.035 * long)


def printed(text: str, rng: Random, fonts: tuple[str, ...] = PRINTED) -> Ink:
    """Return text in one of the printed fonts."""
    font = _font(fonts[int(rng.integers(len(fonts)))], int(rng.choice((30, 44, 60))))
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
    image = Image.new("L", (right - left + 8, bottom - top + 8), 0)
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, fill=255, font=font)
    return np.asarray(image, np.uint8)


def penned(text: str, rng: Random) -> Ink:
    """Return text in one of the line fonts of Hershey, with a pen of some width."""
    face = int(HERSHEY[int(rng.integers(len(HERSHEY)))])
    if rng.random() < 0.25:
        face |= cv2.FONT_ITALIC
    scale, width = rng.uniform(1.6, 2.6), int(rng.integers(1, 9))
    (columns, rows), base = cv2.getTextSize(text, face, scale, width)
    ink = np.zeros((rows + base + 24, columns + 24), np.uint8)
    cv2.putText(ink, text, (12, rows + 12), face, scale, 255, width, cv2.LINE_AA)
    return ink


def _text(text: str, rng: Random) -> Ink:
    return printed(text, rng) if rng.random() < 0.45 else penned(text, rng)


def _dot_or_dash(rng: Random) -> Ink:
    ink = np.zeros((80, 80), np.uint8)
    style = rng.random()
    tilt = float(rng.uniform(-12, 12))
    if style < 0.5:
        across = int(rng.integers(5, 16))  # An upright one would be a 1.
        axes = across, int(across * rng.uniform(0.5, 1.2))
        cv2.ellipse(ink, (40, 40), axes, tilt, 0, 360, 255, -1, cv2.LINE_AA)
    elif style < 0.85:
        axes = int(rng.integers(16, 36)), int(rng.integers(2, 5))
        cv2.ellipse(ink, (40, 40), axes, tilt, 0, 360, 255, -1, cv2.LINE_AA)
    else:  # A comma: a dot with a tail.
        cv2.circle(ink, (42, 34), 9, 255, -1, cv2.LINE_AA)
        tail = np.array([(34, 38), (51, 36), (44, 52), (34, 60), (42, 46)])
        cv2.fillPoly(ink, [tail], 255, cv2.LINE_AA)
    return ink


@functools.cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(get_data_path()) / "fonts" / "ttf" / name, size)
