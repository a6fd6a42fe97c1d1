from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.classes import NO_DIGIT
from digitnet.datasets import load_mnist
from digitnet.reading.classify import Classifier, shipped_model
from digitnet.reading.rows.opinions import SURE, Opinions
from digitnet.reading.rows.upstrokes import with_upstrokes
from digitnet.training.variations import make_examples

Examples = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@pytest.fixture(scope="module")
def examples() -> Examples:
    """Validation digits as pens and scanners leave them, and what is none."""
    pool = make_examples(load_mnist().validation, 3000, 0, seed=11)
    return pool.glyphs, pool.labels


def test_in_doubt_the_answer_is_the_mean_of_two(examples: Examples) -> None:
    glyphs, _ = examples
    quick = Classifier().classify_all(glyphs)
    thorough = Classifier(shipped_model("doubts.onnx")).classify_all(glyphs)
    both = Opinions().classify_all(glyphs)
    doubtful = quick.max(axis=1) < SURE
    assert 0.05 < doubtful.mean() < 0.6, "these examples are hard"
    mean = np.where(doubtful[:, None], (quick + thorough) / 2, quick)
    # Batches of other sizes may be rounded otherwise.
    assert np.allclose(both, with_upstrokes(glyphs, mean), atol=1e-4)
    assert np.allclose(both.sum(axis=1), 1, atol=1e-4)


def test_two_err_less_than_one(examples: Examples) -> None:
    glyphs, labels = examples
    alone, together = (
        (reader.classify_all(glyphs).argmax(axis=1) != labels).sum()
        for reader in (Classifier(), Opinions())
    )
    assert together < 0.9 * alone


def test_no_glyphs_get_no_answer() -> None:
    assert Opinions().classify(np.zeros((0, 28, 28), np.uint8)).shape == (0, NO_DIGIT + 1)
