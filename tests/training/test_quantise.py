from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from digitnet.datasets import load_mnist
from digitnet.inside import Lens
from digitnet.networks import NETWORKS
from digitnet.reading.classify import shipped_model
from digitnet.temperature import probabilities
from digitnet.training.export import run_onnx, to_onnx, write_model
from digitnet.training.quantise import in_int8

# Twice this, times 255, is the most that 16 bits hold.
MOST = 64


@pytest.fixture(scope="module")
def models() -> tuple[onnx.ModelProto, onnx.ModelProto]:
    """A network in float32 and in int8."""
    torch.manual_seed(0)
    original = to_onnx(NETWORKS["ReaderCNN"]().eval(), 1 / 255)
    return original, in_int8(original, load_mnist().validation.images)


def kinds(model: onnx.ModelProto, dimensions: int) -> set[int]:
    """Return in what the weights of so many dimensions are stored."""
    return {w.data_type for w in model.graph.initializer if len(w.dims) == dimensions}


def largest_filter(model: onnx.ModelProto) -> int:
    """Return the largest weight of all filters, in steps of their scale."""
    filters = [w for w in model.graph.initializer if len(w.dims) == 4]
    return max(int(np.abs(onnx.numpy_helper.to_array(w).astype(int)).max()) for w in filters)


def session_options(*, optimised: bool) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    level = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_ALL if optimised else level.ORT_DISABLE_ALL
    return options


def test_integers_answer_nearly_as_floats_do(
    models: tuple[onnx.ModelProto, onnx.ModelProto],
) -> None:
    images = load_mnist().validation.images[1000:1200]
    first, second = (probabilities(run_onnx(model, images)) for model in models)
    assert np.abs(first - second).max() < 0.002
    assert not np.array_equal(first, second)


def test_filters_are_bytes_and_the_original_is_left_alone(
    models: tuple[onnx.ModelProto, onnx.ModelProto],
) -> None:
    original, integers = models
    assert len(integers.SerializeToString()) < 0.45 * len(original.SerializeToString())
    assert kinds(original, 4) == {onnx.TensorProto.FLOAT}
    assert kinds(integers, 4) == {onnx.TensorProto.INT8}


def test_filters_overflow_on_no_processor(
    models: tuple[onnx.ModelProto, onnx.ModelProto],
) -> None:
    assert largest_filter(models[1]) <= MOST


@pytest.mark.parametrize("name", ["digits.onnx", "doubts.onnx", "strips.onnx"])
def test_what_ships_answers_the_same_on_every_processor(name: str) -> None:
    path = shipped_model(name)
    assert largest_filter(onnx.load(path)) <= MOST
    # As the graph says it, in floats, and as this processor does it, in integers.
    said, done = (
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        for options in (session_options(optimised=False), session_options(optimised=True))
    )
    height, width = said.get_inputs()[0].shape[2:]
    inks = load_mnist().validation.images[:200].reshape(-1, 1, 28, 28)
    inks = inks.repeat(width // 28, axis=3) if width > height else inks
    (first,), (second,) = (session.run(None, {"images": inks}) for session in (said, done))
    assert np.abs(first - second).max() < 0.01 * np.abs(first).max()


def test_dense_weights_take_half_the_room(models: tuple[onnx.ModelProto, onnx.ModelProto]) -> None:
    original, integers = models
    assert kinds(original, 2) == {onnx.TensorProto.FLOAT}
    assert kinds(integers, 2) == {onnx.TensorProto.FLOAT16}


def test_cutting_off_below_zero_costs_no_operation(
    models: tuple[onnx.ModelProto, onnx.ModelProto],
) -> None:
    original, integers = ({node.op_type for node in model.graph.node} for model in models)
    assert "Relu" in original
    assert "Relu" not in integers


def test_a_lens_sees_through_integers(
    models: tuple[onnx.ModelProto, onnx.ModelProto], tmp_path: Path
) -> None:
    lenses = []
    for name, model in zip(("float32.onnx", "int8.onnx"), models, strict=True):
        write_model(model, {}, tmp_path / name)
        lenses.append(Lens(tmp_path / name))
    glyphs = load_mnist().validation.images[:3]
    first, second = (lens.inside(glyphs) for lens in lenses)
    assert [c.name for c in first.convolutions] == [c.name for c in second.convolutions]
    for before, after in zip(first.convolutions, second.convolutions, strict=True):
        step = np.abs(before.filters).max() / MOST
        assert np.abs(before.filters - after.filters).max() <= step
        assert np.abs(before.maps - after.maps).mean() < 0.02 * before.maps.max()
