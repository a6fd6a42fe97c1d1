"""What the network sees, held against torch's own values for freshly exported networks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

from digitnet.classes import NO_DIGIT
from digitnet.datasets import load_mnist
from digitnet.errors import ModelError
from digitnet.inside import PATCH, Lens
from digitnet.look import look
from digitnet.networks import NETWORKS
from digitnet.reading.classify import Classifier
from digitnet.reading.reading import Digit
from digitnet.training.export import to_onnx, write_model


class Grouped(nn.Module):
    """What a future network may bring: a way round, groups, another activation, pooling at the end.

    Shapes in the margin as in `digitnet.networks`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 8, kernel_size=3, stride=2, padding=1)
        self.twin = nn.Conv2d(8, 8, kernel_size=3, padding=1, groups=4)
        self.dense = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.stem(x))  # (N, 8, 14, 14)
        x = F.leaky_relu(x + self.twin(x))  # (N, 8, 14, 14)
        logits: Tensor = self.dense(x.mean((2, 3)))  # (N, 10)
        return logits


def glyphs(count: int) -> NDArray[np.uint8]:
    return np.asarray(load_mnist().validation.images[:count], np.uint8).reshape(-1, 28, 28)


def export(network: nn.Module, path: Path, temperature: float = 1.0) -> Path:
    write_model(to_onnx(network, 1 / 255), {}, path, temperature)
    return path


def exported(name: str, path: Path) -> tuple[nn.Module, Path]:
    torch.manual_seed(3)
    network = NETWORKS[name]()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # Statistics that leave something to fold.
            module.running_mean = torch.rand(module.num_features) - 0.5
            module.running_var = torch.rand(module.num_features) + 0.5
    return network.eval(), export(network, path, temperature=1.5)


def tutorial_maps(network: Any, x: Tensor) -> list[Tensor]:
    first = F.relu(F.max_pool2d(network.conv1(x), 2))
    return [first, F.relu(F.max_pool2d(network.conv2(first), 2))]


def normed_maps(network: Any, x: Tensor) -> list[Tensor]:
    maps: list[Tensor] = []
    for i in range(1, 1 + sum(isinstance(m, nn.Conv2d) for m in network.modules())):
        x = F.relu(getattr(network, f"norm{i}")(getattr(network, f"conv{i}")(x)))
        maps.append(x)
    return maps


@pytest.mark.parametrize(
    ("name", "maps_of"),
    [("TutorialCNN", tutorial_maps), ("ReaderCNN", normed_maps), ("FastCNN", normed_maps)],
)
def test_maps_are_those_that_torch_computes(tmp_path: Path, name: str, maps_of: Any) -> None:
    network, path = exported(name, tmp_path / "model.onnx")
    images = glyphs(300)  # more than one batch
    seen = Lens(path).inside(images)
    with torch.inference_mode():
        pixels = torch.from_numpy(images[:, None]).float() / 255
        expected = maps_of(network, pixels)
        logits = network(pixels)
    assert [layer.name for layer in seen.convolutions] == [
        f"conv{i + 1}" for i in range(len(expected))
    ]
    for layer, maps in zip(seen.convolutions, expected, strict=True):
        assert layer.maps.shape == maps.shape
        assert np.allclose(layer.maps, maps.numpy(), atol=1e-4)
        assert layer.filters.shape[0] == maps.shape[1]
    digits = torch.softmax(logits / 1.5, 1).numpy()[:, :NO_DIGIT]
    assert np.allclose(seen.probabilities[:, :NO_DIGIT], digits, atol=1e-4)
    assert np.allclose(seen.probabilities[:, NO_DIGIT], 1 - digits.sum(1), atol=1e-4)
    last: nn.Linear = network.logits  # type: ignore[assignment]
    again = seen.features @ last.weight.detach().numpy().T + last.bias.detach().numpy()
    assert np.allclose(again, logits.numpy(), atol=1e-3)
    assert np.array_equal(Lens(path).features(images[:7]), seen.features[:7])


def test_other_networks_can_be_looked_into_too(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Grouped().eval()
    seen = Lens(export(network, tmp_path / "model.onnx")).inside(glyphs(5))
    with torch.inference_mode():
        first = F.leaky_relu(network.stem(torch.from_numpy(glyphs(5)[:, None]).float() / 255))
        second = F.leaky_relu(first + network.twin(first))
    assert [layer.name for layer in seen.convolutions] == ["stem", "twin"]
    assert np.allclose(seen.convolutions[0].maps, first.numpy(), atol=1e-5)
    assert np.allclose(seen.convolutions[1].maps, second.numpy(), atol=1e-5)
    assert seen.convolutions[1].groups == 4
    digit = Digit(3, 0.5, (0, 0, 9, 9), glyphs(1)[0])
    sources: Any = look(digit, tmp_path / "model.onnx")["layers"]
    assert [set(maps) for maps in sources[1]["sources"]["maps"]] == [
        {channel // 2 * 2, channel // 2 * 2 + 1} for channel in range(8)
    ]


def test_evidence_is_what_the_odds_lose_under_a_patch_of_paper() -> None:
    (glyph,) = glyphs(1)
    digit = int(load_mnist().validation.labels[0])
    evidence = Lens().evidence(glyph, digit)
    assert evidence.shape == (28, 28)
    for row, column in [(14, 14), (8, 12), (18, 10), (0, 0), (27, 27)]:
        hidden = glyph.copy()
        half = PATCH // 2
        hidden[max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1] = 0
        pair = Classifier().classify(np.stack([glyph, hidden])).astype(np.float64)
        of_digit = pair[:, digit]
        odds = np.log(of_digit) - np.log(np.delete(pair, digit, axis=1).sum(1))
        assert evidence[row, column] == pytest.approx(odds[0] - odds[1], abs=0.01)


def test_evidence_is_nothing_where_there_is_no_ink() -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 13:16] = 255
    evidence = Lens().evidence(glyph, 1)
    assert not evidence[:, :11].any()
    assert not evidence[:, 18:].any()
    assert evidence.max() > 1
    assert not Lens().evidence(np.zeros_like(glyph), 1).any()


def test_no_glyphs_give_no_maps() -> None:
    seen = Lens().inside(glyphs(0))
    assert all(len(layer.maps) == 0 for layer in seen.convolutions)
    assert seen.probabilities.shape == (0, NO_DIGIT + 1)


def test_a_model_without_layers_is_refused(tmp_path: Path) -> None:
    # The mean of each column of pixels, cut to ten: logits of a sort, and no weights.
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["images"], ["pixels"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["pixels"], ["columns"], axes=[1, 2], keepdims=0),
            helper.make_node("Slice", ["columns", "start", "end", "axis"], ["logits"]),
        ],
        "weightless",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, ("N", 1, 28, 28))],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ("N", 10))],
        [
            numpy_helper.from_array(np.array([value]), name)
            for name, value in [("start", 0), ("end", 10), ("axis", 1)]
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    with pytest.raises(ModelError, match="layers cannot be told apart"):
        Lens(path)


def test_looking_inside_loads_no_torch() -> None:
    code = "import sys, digitnet.inside; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
