"""Figures at the edges of what they may be given; reports draw the usual ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from digitnet import figures
from digitnet.datasets import Digits
from digitnet.evaluation import evaluate, trust
from digitnet.figures.style import tiles
from digitnet.inside import Convolution


def test_tiles_lie_in_rows_with_gaps_between() -> None:
    table = tiles(np.arange(3).reshape(3, 1, 1) + 1.0, columns=2)
    nan = np.nan
    np.testing.assert_array_equal(table, [[1, nan, 2], [nan, nan, nan], [3, nan, nan]])


def drawn(figure: Figure) -> str:
    svg = figures.to_svg(figure)
    assert svg.startswith("<svg")
    return svg


def test_a_perfect_network_can_be_drawn() -> None:
    labels = np.array([3, 3, 7])
    probabilities = np.eye(11)[labels]
    evaluation = evaluate(probabilities, labels)
    drawn(figures.confusion(evaluation))
    drawn(figures.coverage(probabilities, labels))
    drawn(figures.reliability(list(trust(probabilities, labels).reliability)))


def test_a_hopeless_network_can_be_drawn() -> None:
    labels = np.array([3, 3, 7])
    probabilities = np.eye(11)[[10, 1, 1]]
    assert "none" in drawn(figures.confusion(evaluate(probabilities, labels)))
    drawn(figures.coverage(probabilities, labels))
    digits = Digits(np.zeros((3, 28, 28), np.uint8), labels.astype(np.uint8))
    assert "7 → 1" in drawn(figures.mistakes(digits, probabilities, np.array([2, 0])))


def test_evidence_of_nothing_can_be_drawn() -> None:
    drawn(figures.evidence([]))


def test_one_filter_of_one_channel_can_be_drawn() -> None:
    layer = Convolution(
        "conv", np.zeros((1, 1, 4, 4), np.float32), np.zeros((1, 1, 3, 3), np.float32)
    )
    drawn(figures.filters(layer))
    drawn(figures.feature_maps(np.zeros((28, 28), np.uint8), [layer]))


def test_metrics_without_error_can_be_drawn() -> None:
    summary = {"test_error_interval": [0.0, 0.3], "test_accuracy": 1.0, "steps": 2}
    metrics = [{"step": 0, "train_loss": 0.0, "test_accuracy": 1.0}, {"step": 1, "train_loss": 0.5}]
    drawn(figures.learning([figures.Curve("a", metrics, summary)]))
    drawn(figures.learning([figures.Curve(name, metrics, summary) for name in "ab"]))


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_figure_gives_the_same_file(kind: str, tmp_path: Path) -> None:
    evaluation = evaluate(np.eye(10), np.arange(10))
    for name in "ab":
        figures.save(figures.confusion(evaluation), tmp_path / f"{name}.{kind}")
    first, second = ((tmp_path / f"{name}.{kind}").read_bytes() for name in "ab")
    assert first == second
