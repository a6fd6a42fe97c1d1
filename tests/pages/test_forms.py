"""Printed boxes, one digit each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import layout
from digitnet.pages.forms import boxes
from digitnet.pages.layout import WrittenLine
from digitnet.pages.plan import Plan, Ruling
from digitnet.pages.supply import Supply


@pytest.fixture(scope="module")
def line(digits: Digits) -> WrittenLine:
    rng = np.random.default_rng(0)
    (first, *_) = layout.write(Plan(ruling="squares", digits=6), Supply(digits, rng), rng)
    return first


def uprights(plan: Plan, line: WrittenLine) -> list[float]:
    """Where upright strokes stand, each place once."""
    places = {
        round(float(path[0, 0]))
        for path, _ in boxes(plan, line)
        if np.ptp(path[:, 0]) < 0.01 < np.ptp(path[:, 1])
    }
    return sorted(places)


@pytest.mark.parametrize(("ruling", "each"), [("cells", 1), ("squares", 2), ("combs", 1)])
def test_every_digit_stands_between_two_uprights(
    line: WrittenLine, ruling: Ruling, each: int
) -> None:
    edges = uprights(Plan(ruling=ruling), line)[::each]
    assert len(edges) == len(line.marks) + 1
    for mark, left, right in zip(line.marks, edges, edges[1:], strict=False):
        middle = (mark.extent()[0] + mark.extent()[2]) / 2
        assert left < middle < right


def test_some_boxes_stay_empty_where_there_is_room(line: WrittenLine) -> None:
    plan = Plan(ruling="combs", spare=2, width=4000)
    assert len(uprights(plan, line)) == len(line.marks) + 3
    assert len(uprights(replace(plan, width=200), line)) == len(line.marks) + 1


def test_dashes_are_as_long_as_planned(line: WrittenLine) -> None:
    plan = Plan(ruling="dashed", dash=(0.1, 0.05))
    lengths = [np.hypot(*(path[-1] - path[0])) for path, _ in boxes(plan, line)]
    assert len(lengths) > 50
    assert np.median(lengths) == pytest.approx(0.1 * plan.digit_height, rel=0.01)
    assert max(lengths) < 0.11 * plan.digit_height
