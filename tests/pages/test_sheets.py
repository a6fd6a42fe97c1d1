"""Several notes on a table."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages.arrays import Floats
from digitnet.pages.conditions import planned
from digitnet.pages.sheets import Sheet, write_sheets
from digitnet.pages.supply import Supply
from tests.pages.composed import page_of


def sheets_of(digits: Digits, seed: int) -> list[Sheet]:
    rng = np.random.default_rng(seed)
    return write_sheets(planned("sheets", rng), Supply(digits, rng), rng)


def outline(sheet: Sheet) -> Floats:
    width, height = sheet.plan.width, sheet.plan.height
    return sheet.pose(np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32))


@pytest.mark.parametrize("seed", range(6))
def test_every_note_is_written_on_and_none_lies_on_another(digits: Digits, seed: int) -> None:
    sheets = sheets_of(digits, seed)
    assert 2 <= len(sheets) <= 4
    for sheet in sheets:
        points = np.concatenate(
            [path for line in sheet.lines for mark in line.marks for path, _ in mark.strokes]
        )
        assert (points > 0).all()
        assert (points < (sheet.plan.width, sheet.plan.height)).all()
    for one, other in combinations(map(outline, sheets), 2):
        area, _ = cv2.intersectConvexConvex(one, other)
        assert area == 0


def test_notes_come_row_by_row() -> None:
    page = page_of("sheets", 0)
    firsts = [line[0] for line in page.boxes]
    assert firsts[0][0] < firsts[-1][0]


def test_one_sheet_is_one(digits: Digits) -> None:
    rng = np.random.default_rng(0)
    plan = planned("clean", rng)
    (sheet,) = write_sheets(plan, Supply(digits, rng), rng)
    assert sheet.plan is plan
