"""Dashes that touch writing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.reading.marks import find_marks
from digitnet.reading.rules.spurs import spurs

Mask = NDArray[np.uint8]
DASH, PERIOD, THICK, Y = 12, 20, 3, 60


def page(stroke: list[tuple[int, int]], width: int = 6) -> tuple[Mask, Mask, Mask]:
    """A stroke on a dashed line: the dashes that touch none, all ink but those, and the stroke."""
    drawn = np.zeros((120, 400), np.uint8)
    cv2.polylines(drawn, [np.array(stroke, np.int32)], False, 255, width)
    alone, ink = np.zeros_like(drawn), drawn.copy()
    for x in range(10, 390, PERIOD):
        dash = np.zeros_like(drawn)
        dash[Y : Y + THICK, x : x + DASH] = 255
        near = cv2.dilate(dash, np.ones((3, 3), np.uint8)) > 0
        (ink if drawn[near].any() else alone)[dash > 0] = 255
    return alone, ink, drawn


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "stroke",
    [
        [(205, 20), (190, 100)],  # a 1 across the line
        [(150, 30), (230, 30), (200, 100)],  # a 7
        [(170, 30), (230, 30), (230, 95), (170, 95), (170, 30)],  # a 0, with dashes inside
    ],
)
def test_what_stands_out_of_a_stroke_goes_and_the_stroke_stays(
    stroke: list[tuple[int, int]], turned: bool
) -> None:
    alone, ink, drawn = page(stroke)
    if turned:
        alone, ink, drawn = (np.ascontiguousarray(m.T) for m in (alone, ink, drawn))
    found = spurs(ink, find_marks(alone)[1][1:])
    left = ink & ~found
    assert np.count_nonzero(ink & ~drawn) > 10
    assert np.count_nonzero(left & ~drawn) < 0.5 * np.count_nonzero(ink & ~drawn)
    assert np.count_nonzero(drawn & ~left) < 0.03 * np.count_nonzero(drawn)
    assert len(find_marks(left)[1]) == 2  # the ground, and one stroke


def test_a_level_stroke_on_the_line_is_longer_than_a_dash() -> None:
    alone, ink, drawn = page([(150, Y + 1), (230, Y + 1)], width=3)
    left = ink & ~spurs(ink, find_marks(alone)[1][1:])
    assert (left[drawn > 0] > 0).all()


def test_what_holds_two_strokes_together_stays() -> None:
    alone, ink, _ = page([(150, 20), (150, 100)])
    cv2.line(ink, (160, 20), (160, 100), 255, 6)
    ink[Y : Y + THICK, 150:160] = 255
    left = ink & ~spurs(ink, find_marks(alone)[1][1:])
    assert len(find_marks(left)[1]) == 2


def test_the_corners_of_dashed_boxes_are_dashes_too() -> None:
    alone, ink, _ = page([(0, 0), (0, 0)], width=1)
    ink[Y : Y + THICK, 190:202] = 255  # a dash, from which another goes down
    ink[Y : Y + DASH, 195:198] = 255
    alone[Y : Y + THICK, 180:212] = 0
    assert not (ink & ~spurs(ink, find_marks(alone)[1][1:]))[1:, 1:].any()
