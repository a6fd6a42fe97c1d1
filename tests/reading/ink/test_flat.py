"""Small pictures, of which either level may be the ink."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.ink.flat import FLAT_SIDE, tight_inks


def test_within_an_edge_of_paper_is_ink_more_likely_than_the_other_way_round() -> None:
    ring = np.full((90, 60), 220, np.uint8)
    cv2.ellipse(ring, (30, 45), (20, 34), 0, 0, 360, 30, 9)
    (dark,), (light,) = tight_inks(ring)
    assert (dark.light, light.light) == (False, True)
    assert not (dark.mask & light.mask).any()
    assert (dark.mask | light.mask).all()
    inside = slice(round(45 / dark.scale) - 3, round(45 / dark.scale) + 3)
    assert not dark.strength[inside, round(30 / dark.scale)].any()
    assert dark.strength[inside, round(10 / dark.scale)].all()


def test_where_both_levels_reach_the_edge_either_may_be_the_ink() -> None:
    cropped = np.full((90, 60), 220, np.uint8)
    cv2.ellipse(cropped, (30, 45), (30, 45), 0, 0, 360, 30, 19)
    ((one, other),) = tight_inks(cropped)
    assert {one.light, other.light} == {False, True}
    inverted = tight_inks(255 - cropped)
    assert [ink.light for ink in next(inverted)] == [not one.light, not other.light]


def test_only_a_small_picture_with_contrast_may_be_filled_by_one_digit() -> None:
    large = np.full((FLAT_SIDE + 1, 50), 220, np.uint8)
    large[100:200, 10:20] = 30
    assert not list(tight_inks(large))
    assert not list(tight_inks(np.full((50, 50), 220, np.uint8)))
    faint = np.full((50, 50), 220, np.uint8)
    faint[10:40, 20:25] = 212
    assert not list(tight_inks(faint))
