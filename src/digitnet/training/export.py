"""From a network to model.onnx, with its card inside."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from digitnet.errors import RunError
from digitnet.evaluation import probabilities
from digitnet.files import write_atomically

HOW_TO_FEED = (
    "images: uint8 (N, 1, 28, 28), 0 for paper to 255 for full ink, placed as in MNIST; "
    "the graph scales them itself. logits: float32 (N, classes): the digits 0 to 9, then, where "
    "there are 11, no digit. The softmax of logits / temperature is the probabilities."
)
TOLERANCE = 1e-4


class _Deployed(nn.Module):
    """A network that takes bytes: it scales them itself, so that nobody can do it twice."""

    def __init__(self, network: nn.Module, pixel_scale: float) -> None:
        super().__init__()
        self.network = network
        self.pixel_scale = pixel_scale

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(images.float() * self.pixel_scale)
        return logits


def export_onnx(
    network: nn.Module, pixel_scale: float, card: dict[str, Any], path: Path, temperature: float = 1
) -> None:
    """Write ``network`` to ``path`` as ONNX, atomically.

    The graph's input is ``images``, uint8 (N, 1, 28, 28), its output ``logits``, float32
    (N, classes). The file's metadata hold the card, under ``card`` as JSON, and the
    ``temperature`` that makes its probabilities true.
    """
    deployed = _Deployed(network, pixel_scale).cpu().eval()
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter by tracing is on its way out, but the new one needs a further dependency.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            deployed,
            (torch.zeros(2, 1, 28, 28, dtype=torch.uint8),),
            buffer,  # type: ignore[arg-type]
            input_names=["images"],
            output_names=["logits"],
            dynamic_axes={"images": {0: "N"}, "logits": {0: "N"}},
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    onnx.helper.set_model_props(
        model,
        {
            "card": json.dumps(card | {"input": HOW_TO_FEED}, ensure_ascii=False),
            "temperature": repr(float(temperature)),
        },
    )
    content = model.SerializeToString()
    write_atomically(path, lambda partial: partial.write_bytes(content))


def check_onnx(path: Path, images: NDArray[np.uint8], logits: NDArray[np.float32]) -> None:
    """Hold the exported file against the network's own logits (N, classes) for images (N, 28, 28).

    Raises:
        RunError: a digit differs, or a probability by more than 1e-4.
    """
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (exported,) = session.run(["logits"], {"images": images[:, None]})
    difference = np.abs(probabilities(exported) - probabilities(logits)).max()
    if (exported.argmax(1) != logits.argmax(1)).any() or difference > TOLERANCE:
        raise RunError(
            "{path} does not answer as the network does: probabilities differ by {difference:.1e}. "
            "Please report this with the versions in run.json.",
            path=path,
            difference=difference,
        )
