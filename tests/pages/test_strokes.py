"""Strokes, made finer, and traced from digits."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitnet.datasets import Digits
from digitnet.pages.strokes import dense
from digitnet.pages.trace import Glyph, trace


def redrawn(glyph: Glyph) -> NDArray[np.uint8]:
    """A glyph's strokes, drawn with their own widths on MNIST's grid."""
    canvas = np.zeros((280, 280), np.uint8)
    for path, radius in zip(glyph.paths, glyph.radii, strict=True):
        points = np.round(path * 200 + 140).astype(np.int32)
        width = max(round(400 * float(np.median(radius))), 1)
        cv2.polylines(canvas, [points], False, 255, width)
    return np.asarray(cv2.resize(canvas, (28, 28), interpolation=cv2.INTER_AREA), np.uint8)


def test_strokes_lie_where_the_ink_is(digits: Digits) -> None:
    images = digits.images[:200]
    glyphs = list(trace(images))
    faithful = [glyph.faithful for glyph in glyphs]
    assert np.mean(faithful) > 0.75
    for image, glyph in zip(images, glyphs, strict=True):
        if glyph.faithful:
            drawn, ink = redrawn(glyph) > 127, image > 127
            assert (drawn & ink).sum() > 0.6 * (drawn | ink).sum()


def test_an_image_without_ink_has_no_strokes() -> None:
    (glyph,) = trace(np.zeros((1, 28, 28), np.uint8))
    assert glyph.paths == ()
    assert not glyph.faithful


@settings(max_examples=40)
@given(
    points=st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=2, max_size=6),
    step=st.floats(0.01, 1),
)
def test_points_are_put_between_others_as_densely_as_asked_for(
    points: list[tuple[float, float]], step: float
) -> None:
    stroke = np.array(points)
    finer = dense(stroke, step)
    assert np.hypot(*np.diff(finer, axis=0).T).max() <= step * (1 + 1e-9)
    distances = np.abs(finer[None] - stroke[:, None]).max(axis=2).min(axis=1)
    assert distances.max() < 1e-9
