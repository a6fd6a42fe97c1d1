"""Print beside the writing."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import layout
from digitnet.pages.camera import Pose
from digitnet.pages.pen import Draughtsman
from digitnet.pages.plan import Plan, Printed
from digitnet.pages.prints import add_print
from digitnet.pages.supply import Supply
from tests.pages.composed import page_of


@pytest.mark.parametrize("printed", get_args(Printed))
def test_print_keeps_off_the_writing(digits: Digits, printed: Printed) -> None:
    rng = np.random.default_rng(0)
    plan = Plan(printed=printed, codes=1, lines=3, digits=5, leading=(1.0, 1.5))
    lines = layout.write(plan, Supply(digits, rng), rng)
    pose = Pose(plan, (0.0, 0.0, float(plan.width), float(plan.height)), rng)
    picture = np.full((plan.height, plan.width, 3), 255, np.uint8)
    letters = add_print(plan, lines, [], pose, Draughtsman(picture, rng), rng)
    assert (picture < 128).sum() > 1000
    assert bool(letters) is (printed != "none")
    for line in lines:
        left, top, right, bottom = line.extent()
        corners = pose(np.array([(left, top), (right, bottom)], np.float32))
        (x0, y0), (x1, y1) = corners.astype(int)
        assert (picture[y0:y1, x0:x1] == 255).all()
    for x, y, width, height in letters:
        assert (picture[y : y + height, x : x + width] < 160).any()


def test_letters_that_look_like_digits_are_named() -> None:
    pages = [page_of("printed", seed) for seed in range(4)]
    assert sum(len(page.lookalikes) for page in pages) > 20
