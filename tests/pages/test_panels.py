"""Light digits on something dark within a light picture."""

from __future__ import annotations

from typing import get_args

import cv2
import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import layout
from digitnet.pages.panels import plan_panels
from digitnet.pages.plan import Panel, Plan
from digitnet.pages.supply import Supply
from tests.pages.composed import page_of


@pytest.mark.parametrize("panel", get_args(Panel))
def test_what_is_on_a_panel_is_inside_it(digits: Digits, panel: Panel) -> None:
    rng = np.random.default_rng(0)
    plan = Plan(panel=panel, lines=4, leading=(0.9, 1.2))
    lines = layout.write(plan, Supply(digits, rng), rng)
    rectangles, on_panels = plan_panels(plan, lines, rng)
    assert bool(on_panels) is (panel != "none")
    for number, line in enumerate(lines):
        for mark in line.marks:
            left, top, right, bottom = mark.extent()
            inside = any(
                x0 < left and y0 < top and right < x1 and bottom < y1
                for x0, y0, x1, y1 in rectangles
            )
            assert inside is (number in on_panels)


def test_every_digit_has_a_window_of_its_own(digits: Digits) -> None:
    rng = np.random.default_rng(0)
    plan = Plan(panel="windows", lines=2)
    lines = layout.write(plan, Supply(digits, rng), rng)
    assert len(plan_panels(plan, lines, rng)[0]) == sum(len(line.marks) for line in lines)


def test_some_digits_are_light_on_dark_and_the_picture_is_light() -> None:
    light_digits = 0
    for seed in range(8):
        page = page_of("panels", seed)
        grey = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY)
        for x, y, w, h in (box for line in page.boxes for box in line):
            ink = grey[y : y + h, x : x + w]
            light_digits += np.median(ink) < 0.5 * ink.max()
    assert light_digits > 40
