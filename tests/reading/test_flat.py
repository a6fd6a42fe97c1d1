"""Small pictures, of which either level may be the ink."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.flat import FLAT_SIDE, tight_inks


def test_both_levels_of_a_small_picture_may_be_the_ink() -> None:
    ring = np.full((90, 60), 220, np.uint8)
    cv2.ellipse(ring, (30, 45), (24, 38), 0, 0, 360, 30, 9)
    dark, light = tight_inks(ring)
    assert (dark.light, light.light) == (False, True)
    assert not (dark.mask & light.mask).any()
    assert (dark.mask | light.mask).all()
    inside = slice(round(45 / dark.scale) - 3, round(45 / dark.scale) + 3)
    assert not dark.strength[inside, round(30 / dark.scale)].any()
    assert dark.strength[inside, round(6 / dark.scale)].all()


def test_only_a_small_picture_with_contrast_may_be_filled_by_one_digit() -> None:
    large = np.full((FLAT_SIDE + 1, 50), 220, np.uint8)
    large[100:200, 10:20] = 30
    assert tight_inks(large) == []
    assert tight_inks(np.full((50, 50), 220, np.uint8)) == []
    faint = np.full((50, 50), 220, np.uint8)
    faint[10:40, 20:25] = 212
    assert tight_inks(faint) == []
