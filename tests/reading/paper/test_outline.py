"""Sheets that somebody holds, and what else lies on the table."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitnet.datasets import Digits
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.reading.arrays import Mask, as_bytes
from digitnet.reading.paper.outline import filled, is_convex, without_fingers
from tests.reading.readings import wrong


def a_note(*fingers: tuple[tuple[int, int], tuple[int, int]]) -> Mask:
    region = np.zeros((240, 320), np.uint8)
    cv2.fillPoly(region, [np.array([(90, 40), (190, 50), (180, 210), (80, 200)])], 1)
    for start, end in fingers:
        cv2.line(region, start, end, 1, 26, cv2.LINE_AA)
    return region


def test_fingers_that_hold_a_note_are_no_part_of_it() -> None:
    note, held = a_note(), a_note(((0, 120), (100, 110)), ((320, 160), (180, 150)))
    assert is_convex(filled(note))
    assert not is_convex(filled(held))
    found = without_fingers(filled(held))
    assert is_convex(found)
    assert np.count_nonzero(found[note > 0]) >= 0.98 * np.count_nonzero(note)
    assert np.count_nonzero(found[note == 0]) <= 0.08 * np.count_nonzero(note)


def test_what_is_written_on_a_note_and_over_its_rim_lies_inside() -> None:
    note = a_note()
    written = note.copy()
    cv2.line(written, (120, 100), (150, 150), 0, 4)
    cv2.line(written, (170, 120), (200, 122), 0, 4)
    assert np.count_nonzero(filled(written)) >= 0.99 * np.count_nonzero(note)


@pytest.mark.parametrize(("seed", "megapixels", "scale"), [(3800026, None, 0.7), (3810001, 3, 1)])
def test_notes_on_a_table_held_by_fingers(
    reader: Reader, validation: Digits, seed: int, megapixels: float | None, scale: float
) -> None:
    page = compose(validation, "sheets", seed, megapixels=megapixels)
    picture = cv2.resize(page.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert wrong(reader, page, as_bytes(picture)) <= 2
