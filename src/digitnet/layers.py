"""The layers of a network that `digitnet train` exported, found in its ONNX graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import numpy_helper

from digitnet.errors import ModelError

# Between a convolution and its activation these may stand, in one way or the other.
_ON_THE_WAY = {"BatchNormalization", "MaxPool", "AveragePool", "Add", "Dropout", "Identity"}
_ON_THE_WAY |= {"QuantizeLinear", "DequantizeLinear"}
_ACTIVATIONS = {"Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Gelu", "HardSwish", "Mish", "Clip"}
_WEIGHTED = {"Conv", "Gemm", "MatMul"}

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Layer:
    """A convolution in the graph.

    Attributes:
        name: such as ``conv1``.
        output: the name of the value behind it and its activation.
        filters: float32 (channels, input channels, height, width).
        groups: see `digitnet.inside.Convolution`.
    """

    name: str
    output: str
    filters: Floats
    groups: int


def find_layers(graph: Any, path: Path) -> list[Layer]:
    """Return the convolutions of a graph, from the first to the last.

    Args:
        graph: an ``onnx.GraphProto``.
        path: of the model, for errors.

    Raises:
        ModelError: the filters of one are not to be found.
    """
    return [
        Layer(_name(node), _behind(graph, node), _filters(graph, node, path), _groups(node))
        for node in graph.node
        if node.op_type == "Conv"
    ]


def last_weighted(graph: Any, path: Path) -> Any:
    """Return the last layer with weights of a graph, on the way back from the logits.

    Args:
        graph: an ``onnx.GraphProto``.
        path: of the model, for errors.

    Raises:
        ModelError: there is none.
    """
    makers = {output: node for node in graph.node for output in node.output}
    name = graph.output[0].name
    while name in makers:
        node = makers[name]
        if node.op_type in _WEIGHTED:
            return node
        if not node.input:
            break
        name = node.input[0]
    raise _closed(path)


def _name(node: Any) -> str:
    """``conv1`` for /network/conv1/Conv."""
    parts = [part for part in node.name.split("/") if part]
    return parts[-2] if len(parts) > 1 else str(node.name or node.output[0])


def _behind(graph: Any, node: Any) -> str:
    """The value behind a convolution's activation, or as far as there is one way to go."""
    output = str(node.output[0])
    while True:
        consumers = [n for n in graph.node if output in n.input]
        if len(consumers) != 1 or consumers[0].op_type not in _ON_THE_WAY | _ACTIVATIONS:
            return output
        output = str(consumers[0].output[0])
        if consumers[0].op_type in _ACTIVATIONS:
            return output


def _groups(node: Any) -> int:
    return next((int(entry.i) for entry in node.attribute if entry.name == "group"), 1)


def _filters(graph: Any, node: Any, path: Path) -> Floats:
    constants = {tensor.name: tensor for tensor in graph.initializer}
    makers = {maker.output[0]: maker for maker in graph.node}
    name = node.input[1]
    if name in constants:
        return np.asarray(numpy_helper.to_array(constants[name]), np.float32)
    if name in makers and makers[name].op_type == "DequantizeLinear":
        integers, scales, zeros = (
            np.asarray(numpy_helper.to_array(constants[each]), np.float32)
            for each in makers[name].input
        )
        return ((integers.T - zeros) * scales).T  # A scale and a zero for each filter.
    raise _closed(path)


def _closed(path: Path) -> ModelError:
    return ModelError(
        "{path}: this model's layers cannot be told apart; use one that digitnet exported.",
        path=path,
    )
