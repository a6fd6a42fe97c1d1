"""From a network to model.onnx, with its card inside."""

from __future__ import annotations

import copy
import io
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from digitnet.errors import RunError
from digitnet.files import write_atomically
from digitnet.networks import image_shape
from digitnet.temperature import probabilities

HOW_TO_FEED = (
    "images: uint8 (N, 1, 28, 28), 0 for paper to 255 for full ink, placed as in MNIST; "
    "the graph scales them itself. logits: float32 (N, classes): the digits 0 to 9, then, where "
    "there are 11, no digit. The softmax of logits / temperature is the probabilities."
)
TOLERANCE = 1e-4
BATCH = 500


class _Deployed(nn.Module):
    """A network that takes bytes: it scales them itself, so that nobody can do it twice."""

    def __init__(self, network: nn.Module, pixel_scale: float) -> None:
        super().__init__()
        self.network = network
        self.pixel_scale = pixel_scale

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(images.float() * self.pixel_scale)
        return logits


def to_onnx(network: nn.Module, pixel_scale: float) -> onnx.ModelProto:
    """Return ``network`` as ONNX.

    The graph's input is ``images``, uint8 (N, 1, H, W), its output ``logits``, float32
    (N, …, classes).
    """
    # A copy: the network stays on its device, where more is to be asked of it.
    deployed = _Deployed(copy.deepcopy(network), pixel_scale).cpu().eval()
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter by tracing is on its way out, but the new one needs a further dependency.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            deployed,
            (torch.zeros(2, 1, *image_shape(network), dtype=torch.uint8),),
            buffer,  # type: ignore[arg-type]
            input_names=["images"],
            output_names=["logits"],
            dynamic_axes={"images": {0: "N"}, "logits": {0: "N"}},
            opset_version=17,
            dynamo=False,
        )
    return onnx.load_from_string(buffer.getvalue())


def write_model(
    model: onnx.ModelProto,
    card: dict[str, Any],
    path: Path,
    temperature: float = 1.0,
    how_to_feed: str = HOW_TO_FEED,
) -> None:
    """Write a model to ``path``, atomically.

    The file's metadata hold the card, under ``card`` as JSON, and the ``temperature`` that makes
    its probabilities true.
    """
    onnx.helper.set_model_props(
        model,
        {
            "card": json.dumps(card | {"input": how_to_feed}, ensure_ascii=False),
            "temperature": repr(float(temperature)),
        },
    )
    content = model.SerializeToString()
    write_atomically(path, lambda partial: partial.write_bytes(content))


def average_models(paths: Sequence[Path]) -> onnx.ModelProto:
    """Return one model that holds all of these and answers with their mean probability.

    Its input and output are called as theirs are; its ``logits`` are the logarithms of the mean
    of their softmaxes, so that a softmax gives that mean.
    """
    members = [onnx.load(path) for path in paths]
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []
    for number, member in enumerate(members):
        prefixed = onnx.compose.add_prefix_graph(member.graph, f"member{number}.")
        for node in prefixed.node:
            feeds = ["images" if name.endswith(".images") else name for name in node.input]
            node.input[:] = feeds
        nodes += prefixed.node
        weights += prefixed.initializer
        chances = f"member{number}.log_probabilities"
        nodes += [
            onnx.helper.make_node("LogSoftmax", [f"member{number}.logits"], [chances], axis=1),
            onnx.helper.make_node("Unsqueeze", [chances, "first"], [f"{chances}.row"]),
        ]
    rows = [f"member{number}.log_probabilities.row" for number in range(len(members))]
    # In logarithms throughout: the smallest probabilities have none left in float32.
    nodes += [
        onnx.helper.make_node("Concat", rows, ["rows"], axis=0),
        onnx.helper.make_node("ReduceLogSumExp", ["rows"], ["sum"], axes=[0], keepdims=0),
        onnx.helper.make_node("Sub", ["sum", "log_members"], ["logits"]),
    ]
    weights += [
        onnx.numpy_helper.from_array(np.array([0], np.int64), "first"),
        onnx.numpy_helper.from_array(np.log(np.float32(len(members))), "log_members"),
    ]
    first = members[0]
    graph = onnx.helper.make_graph(
        nodes, "ensemble", first.graph.input, first.graph.output, initializer=weights
    )
    return onnx.helper.make_model(
        graph, opset_imports=first.opset_import, ir_version=first.ir_version
    )


def run_onnx(model: Path | onnx.ModelProto, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what a model gives for images (N, H, W): logits, float32 (N, …, classes)."""
    session = onnxruntime.InferenceSession(
        model if isinstance(model, Path) else model.SerializeToString(),
        providers=["CPUExecutionProvider"],
    )
    batches = [
        session.run(["logits"], {"images": images[start : start + BATCH, None]})[0]
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(batches)


def check_onnx(
    model: Path | onnx.ModelProto, images: NDArray[np.uint8], logits: NDArray[np.float32]
) -> None:
    """Hold a model against the network's own logits (N, …, classes) for images (N, H, W).

    Raises:
        RunError: an answer differs, or a probability by more than 1e-4.
    """
    exported = run_onnx(model, images)
    difference = np.abs(probabilities(exported) - probabilities(logits)).max()
    if (exported.argmax(-1) != logits.argmax(-1)).any() or difference > TOLERANCE:
        raise RunError(
            "The exported model does not answer as the network does: probabilities differ by "
            "{difference:.1e}. Please report this with the versions in run.json.",
            difference=difference,
        )
