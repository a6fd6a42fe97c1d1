"""Strips: rows of digits in one piece of ink, and words and scribbles that are none."""

from __future__ import annotations

import numpy as np

from digitnet.classes import BLANK
from digitnet.datasets import Digits
from digitnet.strip import HEIGHT, WIDTH, place_strip
from digitnet.training.variations import scan, surroundings
from digitnet.training.variations.chunks import Pool
from digitnet.training.variations.hand import SCALE
from digitnet.training.variations.pen import Ink, ridges, with_width
from digitnet.training.variations.pool import make_ink

Random = np.random.Generator

LONGEST = 8  # digits in a strip
# How many digits, and how often.
LENGTHS = np.array([0.12, 0.14, 0.33, 0.23, 0.11, 0.05, 0.02, 0, 0])
NOTHING = {
    "word": 0.4,
    "letter": 0.12,
    "foreign letter": 0.08,
    "sign": 0.15,
    "scribble": 0.12,
    "lines": 0.07,
    "mark": 0.03,
    "smudge": 0.03,
}
DRAWN = 0.2
THINNEST, THICKEST = 0.4, 3.2  # of the pens, in pixels of MNIST's 28×28
SCANS = {"as written": 0.2, "soft": 0.15, "photo": 0.4, "grey": 0.1, "binary": 0.05, "fine": 0.1}


def write_strips(digits: Digits, count: int, rng: Random) -> Pool:
    """Return strips whose labels are (count, 8). One core makes about 700 a second."""
    strips = np.zeros((count, HEIGHT, WIDTH), np.uint8)
    labels = np.full((count, LONGEST), BLANK, np.uint8)
    lengths = rng.choice(LONGEST + 1, count, p=LENGTHS)
    for k, length in enumerate(lengths):
        while not strips[k].any():  # A pale stroke that no scanner saw is no example.
            ink, label = _row(digits, int(length), rng)
            strips[k] = place_strip(_vary(ink, rng))
        labels[k, :length] = label
    return Pool(strips, labels, lengths.astype(np.uint8))


def _row(digits: Digits, length: int, rng: Random) -> tuple[Ink, list[int]]:
    if length == 0:
        kind = str(rng.choice(list(NOTHING), p=list(NOTHING.values())))
        return make_ink(digits, kind, rng)[0], []
    drawn = DRAWN if rng.random() < 0.8 else 1.0
    ink, first = make_ink(digits, "drawn" if rng.random() < drawn else "rewritten", rng)
    label = [first]
    while len(label) < length:
        following, digit = make_ink(digits, "drawn" if rng.random() < drawn else "rewritten", rng)
        ink = surroundings.touching(ink, following, rng)
        label.append(digit)
    return ink, label


def _vary(ink: Ink, rng: Random) -> Ink:
    if ink.max() < 128:
        return ink
    if rng.random() < 0.6:
        ink = with_width(ink, SCALE * float(np.exp(rng.uniform(*np.log((THINNEST, THICKEST))))))
    if rng.random() < 0.08:
        ink = ridges(ink, rng)
    chance = rng.random()
    if chance < 0.06:
        ink = surroundings.with_gap(ink, rng)
    elif chance < 0.12:
        ink = surroundings.with_specks(ink, rng)
    return _scanned(ink, rng) if ink.any() else ink


def _scanned(ink: Ink, rng: Random) -> Ink:
    way = rng.choice(list(SCANS), p=list(SCANS.values()))
    if way == "soft":
        return scan.soft(ink, rng)
    if way == "fine":
        return scan.fine_binary(ink, rng)
    long = max(1.0, ink.shape[1] / ink.shape[0])
    if way == "photo":
        return scan.photo(ink, rng, round(long * rng.integers(18, 50)))
    if way == "grey":
        return scan.coarse_grey(ink, rng, round(long * rng.integers(14, 26)))
    if way == "binary":
        return scan.coarse_binary(ink, rng, round(long * rng.integers(16, 30)))
    return ink
