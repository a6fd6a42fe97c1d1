from __future__ import annotations

from itertools import islice

import pytest
import torch

from benchmarks._ceilings import Ceilings
from benchmarks._speed_training import Work, plain_loop, work
from digitnet.datasets import load_mnist
from digitnet.networks import Layer, TutorialCNN, layers


def test_work_is_counted_layer_by_layer() -> None:
    rows = [
        Layer("conv1", "convolution", (2, 3, 3), parameters=20, multiply_adds=100),
        Layer("dropout", "dropout", (9,), parameters=0, multiply_adds=0),
        Layer("logits", "dense", (10,), parameters=100, multiply_adds=1000),
    ]
    # The first layer's input needs no gradient.
    assert work(rows, batch_size=5) == Work(2 * 5 * (2 * 100 + 3 * 1000), 28 * 120)


def test_a_step_of_the_tutorial_is_what_was_counted_by_hand() -> None:
    counted = work(layers(TutorialCNN()), 50)
    assert counted.operations == pytest.approx(4.1e9, rel=0.01)
    assert counted.bytes == pytest.approx(92e6, rel=0.01)


def test_the_limit_adds_products_and_adam() -> None:
    limits = Ceilings(90.0, 400.0, 100.0, 500.0, 40.0)
    counted = Work(operations=1_000_000_000, bytes=80_000_000)
    assert counted.seconds(limits, "bf16") == pytest.approx(0.002 + 0.002)
    assert counted.seconds(limits, "float32") == pytest.approx(0.010 + 0.002)


def test_the_plain_loop_learns() -> None:
    torch.manual_seed(0)
    losses = list(islice(plain_loop(load_mnist(), 50), 40))
    assert sum(losses[-5:]) < sum(losses[:5]) / 2
