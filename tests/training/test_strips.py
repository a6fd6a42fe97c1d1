from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet import Run, train
from digitnet.classes import BLANK
from digitnet.datasets import Digits, load_mnist
from digitnet.errors import DigitnetError, UsageError
from digitnet.pages import compose
from digitnet.reading import Reader
from digitnet.strip import HEIGHT, WIDTH
from digitnet.training import finish_strips
from digitnet.training.export import run_onnx
from digitnet.training.recipe import RECIPES
from digitnet.training.variations import HARVESTED, Pool, make_strips
from digitnet.training.variations.harvest_strips import strips
from digitnet.training.variations.strips import LONGEST

BRIEF = replace(
    RECIPES["strips"],
    batch_size=64,
    steps=4,
    strips=150,
    harvest=10,
    evaluate_every=2,
    evaluate_images=20,
)


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_mnist().train


@pytest.fixture(scope="module")
def pool(digits: Digits) -> Pool:
    return make_strips(digits, 400, 60, seed=2)


def spelled(label: NDArray[np.uint8]) -> str:
    return "".join(str(digit) for digit in label if digit != BLANK)


def test_strips_have_labels_that_end_in_blanks(pool: Pool) -> None:
    assert pool.glyphs.shape == (460, HEIGHT, WIDTH)
    assert pool.labels.shape == (460, LONGEST)
    assert (pool.glyphs.reshape(460, -1).max(axis=1) == 255).all()
    lengths = (pool.labels != BLANK).sum(axis=1)
    for label, length in zip(pool.labels, lengths, strict=True):
        assert (label[:length] < BLANK).all()
    # Everything from nothing to five digits in a row, most often two or three.
    assert set(range(6)) <= set(lengths.tolist())
    assert np.isin(lengths[:400], (2, 3)).mean() > 0.45
    assert (pool.sources[400:] == HARVESTED).all()


def test_the_same_seed_gives_the_same_strips(digits: Digits, pool: Pool) -> None:
    again, other = (make_strips(digits, 400, 0, seed=seed) for seed in (2, 3))
    assert np.array_equal(again.glyphs, pool.glyphs[:400])
    assert not np.array_equal(other.glyphs, again.glyphs)


def test_longer_rows_are_wider(pool: Pool) -> None:
    lengths = (pool.labels != BLANK).sum(axis=1)
    widths = np.array([np.ptp(np.flatnonzero(strip.max(axis=0))) for strip in pool.glyphs])
    assert widths[lengths == 1].mean() < widths[lengths == 2].mean() < widths[lengths == 3].mean()


def test_what_is_cut_from_pages_is_what_stands_there(digits: Digits) -> None:
    rng = np.random.default_rng(0)
    for seed in range(3):
        page = compose(digits, "touching", seed, megapixels=0.4)
        found = [label for _, label in strips(page, rng)]
        rows = ["".join(map(str, label)) for label in found]
        assert any(len(row) > 1 for row in rows)
        assert sum(any(row in line for line in page.lines) for row in rows) >= 0.9 * len(rows)


def test_words_on_pages_hold_no_digits(digits: Digits) -> None:
    rng = np.random.default_rng(0)
    labels = [
        label
        for seed in range(3)
        for _, label in strips(compose(digits, "clutter", seed, megapixels=0.4), rng)
    ]
    assert sum(not label for label in labels) > 5


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finish_strips, "STRIPS", (60, 10))
        return train(BRIEF, out=tmp_path_factory.mktemp("runs") / "strips")


def test_a_run_ends_with_a_model_that_takes_strips(run: Run, pool: Pool) -> None:
    logits = run_onnx(run.model, pool.glyphs[:5])
    assert logits.shape == (5, 56, BLANK + 1)
    summary = run.summary
    assert summary["test_images"] == 70
    assert 0 <= summary["test_accuracy"] <= 1
    assert 0.05 <= summary["temperature"] <= 20
    assert len(summary["true"]) == 20
    assert set("".join(summary["true"])) <= set("0123456789")


def test_it_cannot_take_the_place_of_the_digits_network(run: Run) -> None:
    with pytest.raises(DigitnetError, match="strips of several digits"):
        Reader(run.model)


def test_an_ensemble_of_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="strips"):
        train(BRIEF, out=tmp_path / "run", ensemble=2)
    assert not (tmp_path / "run").exists()
