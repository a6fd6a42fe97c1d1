"""Digits whose thin strokes are faint beside the thick ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks._scoring import digits_wrong
from digitnet.datasets import Digits
from digitnet.pages.layout import write_one
from digitnet.pages.pen import Strokes, render
from digitnet.pages.supply import Supply
from digitnet.pages.usual import usual
from digitnet.reading import Reader
from digitnet.reading.ink.pressure import with_even_strokes

HAIRLINE, THICK = 0.12, 1.4  # of the pen's radius
STEEP = 16  # only strokes that go nearly straight down are thick
HEIGHT, PITCH = 64.0, 90
SOFT = 1.5  # pixels: a camera sees hairlines as faint, not as narrow
PAPER, INK = 225.0, 40.0  # grey levels


def pressed(strokes: Strokes) -> Strokes:
    """Make strokes thick where the pen goes down, and hairlines where it goes across."""
    changed: Strokes = []
    for points, radii in strokes:
        along = np.gradient(points, axis=0) if len(points) > 1 else np.ones_like(points)
        down = np.abs(along[:, 1]) / np.maximum(np.hypot(*along.T), 1e-6)
        width = HAIRLINE + (THICK - HAIRLINE) * down**STEEP
        changed.append((points, (radii * width).astype(np.float32)))
    return changed


def page(digits: Digits, seed: int, *, evenly: bool) -> tuple[NDArray[np.uint8], str]:
    """Ten digits in a row."""
    rng = np.random.default_rng(seed)
    plan, supply = usual(rng), Supply(digits, rng)
    plan.pen, plan.digit_height, plan.slope = 0.1, HEIGHT, 0.0
    cover, text = np.zeros((300, 1100), np.float32), ""
    for place in range(10):
        label, strokes = write_one(plan, supply, rng)
        alpha, _, _ = render(strokes if evenly else pressed(strokes))
        height, width = alpha.shape
        left, top = 100 + place * PITCH, 150 - height // 2
        part = cover[top : top + height, left : left + width]
        part[:] = np.maximum(part, alpha[:, : part.shape[1]])
        text += str(label)
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), SOFT), np.float32)
    gray = PAPER - (PAPER - INK) * cover + rng.normal(0, 2, cover.shape)
    return np.clip(gray, 0, 255).astype(np.uint8), text


def test_digits_with_hairlines_are_read(reader: Reader, validation: Digits) -> None:
    wrong = 0
    for seed in range(12):
        picture, text = page(validation, seed, evenly=False)
        wrong += digits_wrong((text,), reader.read(picture).text)
    assert wrong <= 20  # of 120; seen as it is, more than half


@pytest.mark.parametrize("seed", range(3))
def test_even_strokes_are_left_as_they_are(validation: Digits, seed: int) -> None:
    picture, _ = page(validation, seed, evenly=True)
    assert with_even_strokes(picture) is None


def test_blank_paper_has_no_strokes() -> None:
    paper = np.random.default_rng(0).normal(225, 2, (300, 400))
    assert with_even_strokes(paper.astype(np.uint8)) is None
    assert with_even_strokes(np.full((300, 400), 255, np.uint8)) is None
