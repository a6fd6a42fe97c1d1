from __future__ import annotations

import numpy as np
import pytest

from digitnet.significance import holm, mcnemar


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [(0, 0, 1.0), (5, 0, 0.0625), (1, 9, 0.021484375), (4, 4, 1.0), (0, 1000, 2.0**-999)],
)
def test_mcnemar_is_the_binomial_test(only_first: int, only_second: int, p_value: float) -> None:
    # The values are those of R's binom.test(only_first, only_first + only_second).
    first = np.array([True] * only_first + [False] * only_second + [True, False])
    second = np.array([False] * only_first + [True] * only_second + [True, False])
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second) == (only_first, only_second)
    assert found.p_value == pytest.approx(p_value)
    assert mcnemar(second, first).p_value == found.p_value


def test_holm_corrects_for_the_number_of_comparisons() -> None:
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.5), "holm")
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert holm([]) == []
