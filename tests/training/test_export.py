from __future__ import annotations

import torch

from digitnet.datasets import load_mnist
from digitnet.networks import NETWORKS
from digitnet.training.export import check_onnx, to_onnx


def test_the_network_that_is_exported_stays_as_it_is() -> None:
    network = NETWORKS["FastCNN"]().train()
    to_onnx(network, 1 / 255)
    assert all(module.training for module in network.modules())


def test_the_model_answers_as_the_network_does() -> None:
    network = NETWORKS["FastCNN"]().eval()
    images = load_mnist().validation.images[:50]
    with torch.inference_mode():
        logits = network(torch.from_numpy(images)[:, None] / 255).numpy()
    check_onnx(to_onnx(network, 1 / 255), images, logits)
