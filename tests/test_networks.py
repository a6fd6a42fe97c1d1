from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from digitnet.networks import DeepCNN, FastCNN, TutorialCNN, layers


def test_the_tutorials_network_has_its_parameters() -> None:
    network = TutorialCNN()
    assert sum(p.numel() for p in network.parameters()) == 3_274_634
    assert network(torch.zeros(7, 1, 28, 28)).shape == (7, 10)


def test_the_fast_network_is_as_small_as_it_says() -> None:
    network = FastCNN()
    assert "34,298 parameters and 521,216 multiply-adds" in (FastCNN.__doc__ or "")
    assert sum(p.numel() for p in network.parameters()) == 34_298
    assert sum(row.multiply_adds for row in layers(network)) == 521_216
    assert network(torch.zeros(7, 1, 28, 28)).shape == (7, 10)


def test_weights_start_as_in_tensorflow() -> None:
    torch.manual_seed(0)
    network = TutorialCNN()
    for layer, fans in [
        (network.conv1, 25 * (1 + 32)),
        (network.conv2, 25 * (32 + 64)),
        (network.dense, 3136 + 1024),
        (network.logits, 1024 + 10),
    ]:
        limit = np.sqrt(6 / fans)
        weight, bias = layer.parameters()
        assert 0.97 * limit < weight.abs().max() <= limit
        assert bias.abs().max() == 0


def test_relu_after_pooling_equals_relu_before() -> None:
    x = torch.randn(4, 8, 6, 6)
    assert torch.equal(F.relu(F.max_pool2d(x, 2)), F.max_pool2d(F.relu(x), 2))


def test_dropout_is_on_while_training_and_off_while_testing() -> None:
    network, x = TutorialCNN(dropout=0.5), torch.rand(2, 1, 28, 28)
    network.train()
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), network(x))


def test_the_table_counts_each_layer() -> None:
    rows = {row.name: row for row in layers(TutorialCNN())}
    assert list(rows) == ["conv1", "conv2", "dense", "dropout", "logits"]
    assert rows["conv1"].output_shape == (32, 28, 28)
    # 14 × 14 places, 64 filters, each 5 × 5 × 32.
    assert rows["conv2"].multiply_adds == 14 * 14 * 64 * 5 * 5 * 32
    assert rows["dense"].parameters == 3136 * 1024 + 1024
    assert rows["dropout"].multiply_adds == 0
    assert sum(row.parameters for row in rows.values()) == 3_274_634


def test_the_deep_network_is_as_its_description_says() -> None:
    rows = layers(DeepCNN())
    assert sum(row.parameters for row in rows) == 449_482
    assert round(sum(row.multiply_adds for row in rows) / 1e6, 1) == 13.4
    assert DeepCNN()(torch.zeros(7, 1, 28, 28)).shape == (7, 10)
    assert [row.output_shape for row in layers(DeepCNN(widths=(1, 2, 3, 4, 5, 6)))][-3:] == [
        (6, 3, 3),
        (54,),
        (10,),
    ]


@pytest.mark.parametrize("training", [True, False])
def test_the_table_leaves_the_network_as_it_was(training: bool) -> None:
    network = TutorialCNN().train(training)
    layers(network)
    assert network.training is training
    assert not any(module._forward_hooks for module in network.modules())
