"""The pool: a few hundred thousand glyphs to learn from, made from MNIST and from nothing else."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitnet.classes import FIRST_PAIR, NO_DIGIT, pair
from digitnet.datasets import Digits
from digitnet.glyph import SIDE, place
from digitnet.pages.signs import MARKS, SIGNS
from digitnet.training.variations import nodigit, scan, surroundings
from digitnet.training.variations.chunks import Pool
from digitnet.training.variations.hand import SCALE, rewrite
from digitnet.training.variations.numerals import NUMERALS
from digitnet.training.variations.pen import Ink, draw, ridges, with_width

Random = np.random.Generator

# Where an example's ink comes from, and how often. The digits sum to 57%, pairs to 12%.
SOURCES: dict[str, float] = {
    "mnist": 0.08,
    "rewritten": 0.35,
    "drawn": 0.12,
    "printed": 0.02,
    "pair": 0.12,
    "letter": 0.04,
    "foreign letter": 0.02,
    "word": 0.03,
    "mark": 0.02,
    "scribble": 0.02,
    "lines": 0.02,
    "smudge": 0.01,
    "part": 0.04,
    "one and a half": 0.03,
    "several": 0.02,
    "sign": 0.06,
}
# Drawn digits are there for the shapes that MNIST lacks: above all the 1, the 7 and the 4.
DRAWN = np.array([0.07, 0.27, 0.07, 0.06, 0.12, 0.06, 0.06, 0.17, 0.05, 0.07])
# How the ink came onto the page, and how often.
SCANS: dict[str, float] = {
    "as written": 0.17,
    "soft": 0.12,
    "photo": 0.25,
    "coarse grey": 0.16,
    "coarse binary": 0.20,
    "fine binary": 0.10,
}
_SCANNERS: dict[str, Callable[[Ink, Random], Ink]] = {
    "soft": scan.soft,
    "photo": scan.photo,
    "coarse grey": scan.coarse_grey,
    "coarse binary": scan.coarse_binary,
    "fine binary": scan.fine_binary,
}
_SCANS_UP_TO = np.cumsum(list(SCANS.values())[:-1])
THINNEST, THICKEST = 0.4, 5.5  # Of the pens, in pixels of MNIST's 28×28.
THICKEST_OF_TWO = 3.0  # Touching digits by a thicker pen run together, and so do signs.


def make_glyphs(digits: Digits, count: int, rng: Random) -> Pool:
    """Return glyphs: digits as other hands, pens and scanners leave them, and what is no digit.

    One core makes about 1,500 a second.
    """
    glyphs = np.zeros((count, SIDE, SIDE), np.uint8)
    labels = np.zeros(count, np.uint8)
    sources = rng.choice(len(SOURCES), count, p=list(SOURCES.values())).astype(np.uint8)
    for k, source in enumerate(sources):
        glyphs[k], labels[k] = _example(digits, list(SOURCES)[source], rng)
    return Pool(glyphs, labels, sources)


def _example(digits: Digits, source: str, rng: Random) -> tuple[NDArray[np.uint8], int]:
    """Return one glyph and its label."""
    while True:
        ink, label = make_ink(digits, source, rng)
        fell_apart = source == "sign" and _falls_apart(ink)
        if source != "mnist":
            ink = vary(digits, ink, label, rng, whole=source == "sign")
        glyph = place(ink)
        if not glyph.any():  # A pale stroke that no scanner saw is no example of anything.
            continue
        if fell_apart and not _falls_apart(glyph):
            continue  # A scanner lost the dot of a !, and left a 1.
        return glyph, label


def _falls_apart(ink: Ink) -> bool:
    inked = (ink > surroundings.INKED).astype(np.uint8)
    return int(cv2.connectedComponents(inked)[0]) > 2  # One of them is the paper.


def make_ink(digits: Digits, source: str, rng: Random) -> tuple[Ink, int]:
    """Return an example's ink, before pen and scanner, and its label."""
    if source == "mnist":
        return _any_digit(digits, rng)
    if source == "rewritten":
        ink, label = _any_digit(digits, rng)
        return rewrite(ink, rng), label
    if source == "drawn":
        label = int(rng.choice(10, p=DRAWN))
        ink = draw(NUMERALS[label](rng), rng.uniform(3, 9))
        return rewrite(ink, rng, strength=rng.uniform(0.4, 1.1)), label
    if source == "pair":
        (left, first), (right, second) = _one_of_two(digits, rng), _one_of_two(digits, rng)
        return surroundings.touching(left, right, rng), pair(first, second)
    if source == "printed":
        label = int(rng.integers(10))
        write = nodigit.printed if rng.random() < 0.6 else nodigit.penned
        return rewrite(write(str(label), rng), rng, strength=0.4), label
    return _no_digit(digits, source, rng), NO_DIGIT


def vary(digits: Digits, ink: Ink, label: int, rng: Random, *, whole: bool = False) -> Ink:
    """Return the ink as some pen, page and scanner would leave it.

    Args:
        digits: where neighbours come from.
        ink: (H, W), 0 for paper to 255 for full ink.
        label: as `digitnet.classes` numbers them.
        rng: decides how.
        whole: whether the ink would become a digit if parts of it ran together or were cut off, as
            a ! without its dot does.
    """
    if ink.max() < 128:
        return ink
    if rng.random() < 0.55:
        thickest = THICKEST_OF_TWO if whole or label >= FIRST_PAIR else THICKEST
        ink = with_width(ink, SCALE * float(np.exp(rng.uniform(*np.log((THINNEST, thickest))))))
    if rng.random() < 0.08:
        ink = ridges(ink, rng)
    if rng.random() < 0.25:
        ink = _surround(digits, ink, label, rng, whole=whole)
    scanned = list(SCANS)[np.searchsorted(_SCANS_UP_TO, rng.random())]
    if label >= FIRST_PAIR and scanned.startswith("coarse"):
        scanned = "photo"  # In so few pixels two digits could not be told apart.
    return _SCANNERS[scanned](ink, rng) if scanned in _SCANNERS and ink.any() else ink


def _surround(digits: Digits, ink: Ink, label: int, rng: Random, *, whole: bool) -> Ink:
    way = rng.integers(5)
    if way == 0:
        return surroundings.with_gap(ink, rng)
    if way == 1:
        return surroundings.with_specks(ink, rng)
    if way == 2:
        return ink if whole else surroundings.with_cut_edge(ink, rng)
    if label >= NO_DIGIT:
        return ink
    if way == 3:
        return surroundings.with_rule_remains(ink, rng)
    neighbour, _ = _any_digit(digits, rng)
    return surroundings.with_neighbour(ink, rewrite(neighbour, rng), rng)


def _any_digit(digits: Digits, rng: Random) -> tuple[Ink, int]:
    k = int(rng.integers(len(digits.images)))
    return np.asarray(digits.images[k], np.uint8), int(digits.labels[k])


def _one_of_two(digits: Digits, rng: Random) -> tuple[Ink, int]:
    return make_ink(digits, "drawn" if rng.random() < 0.2 else "rewritten", rng)


def _no_digit(digits: Digits, source: str, rng: Random) -> Ink:
    if source == "several":
        inks = [rewrite(_any_digit(digits, rng)[0], rng) for _ in range(rng.choice((3, 3, 4)))]
        return surroundings.side_by_side(inks, rng)
    if source == "one and a half":
        inks = [rewrite(_any_digit(digits, rng)[0], rng) for _ in range(2)]
        return surroundings.with_half_a_neighbour(inks[0], inks[1], rng)
    if source == "sign":
        signs = SIGNS | MARKS
        ink = draw(signs[str(rng.choice(list(signs)))](rng), rng.uniform(2.5, 7))
        return rewrite(ink, rng, strength=rng.uniform(0.4, 1.0))
    if source == "part":
        while True:
            ink, label = _any_digit(digits, rng)
            piece = nodigit.part(rewrite(ink, rng), label, rng)
            if piece is not None:
                return piece
    makers = {
        "letter": nodigit.letter,
        "foreign letter": nodigit.foreign_letter,
        "word": nodigit.word,
        "mark": nodigit.mark,
        "scribble": nodigit.scribble,
        "lines": nodigit.lines,
        "smudge": nodigit.smudge,
    }
    ink = makers[source](rng)
    # Hands write letters too; a word would be bent out of the canvas.
    written = ("letter", "foreign letter", "mark", "scribble")
    return rewrite(ink, rng, strength=0.7) if source in written else ink
