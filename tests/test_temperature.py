from __future__ import annotations

import numpy as np
import pytest

from digitnet.evaluation import expected_calibration_error
from digitnet.temperature import fit_temperature, probabilities


def test_the_temperature_undoes_what_made_the_answers_too_sure() -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(20_000, 5)) * 2
    labels = np.array([rng.choice(5, p=row) for row in probabilities(honest)])
    temperature = fit_temperature(honest * 3, labels)
    assert temperature == pytest.approx(3, rel=0.05)
    assert expected_calibration_error(probabilities(honest * 3), labels) > 0.1
    assert expected_calibration_error(probabilities(honest * 3, temperature), labels) < 0.015
