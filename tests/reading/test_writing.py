"""What becomes of the paths of lines, with answers of the classifier given by hand."""

from __future__ import annotations

import numpy as np
import pytest

from digitnet.classes import CLASSES, NO_DIGIT
from digitnet.reading.rows.candidate import Candidate
from digitnet.reading.segment import Piece, PieceLine
from digitnet.reading.writing import _decide
from tests.reading.readings import result_of


# That a wide mark is left out costs so much that its path may be of digits that nobody sees.
@pytest.mark.parametrize(("sure", "digits"), [(0.01, 0), (0.3, 1)])
def test_what_is_less_surely_digits_than_by_chance_is_none(sure: float, digits: int) -> None:
    scores = np.zeros(CLASSES, np.float32)
    scores[[8, NO_DIGIT]] = sure, 1 - sure
    line = PieceLine([Piece(0, 0, np.full((40, 60), 255, np.uint8))], 40.0)
    seen = Candidate(0, 1, (0, 0, 60, 40), scores, np.zeros((28, 28), np.uint8))
    job = _decide([line], [[seen]], None, 0, (100, 100))
    assert len(result_of(job, networks=False)) == digits
