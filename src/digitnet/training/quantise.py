"""A network in 8-bit integers: twice as fast to read with, and half the file."""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

RANGED_GLYPHS = 1000  # From which the ranges of the values between the layers are taken.
PERCENTILE = 99.99
BATCH = 100


def in_int8(model: onnx.ModelProto, glyphs: NDArray[np.uint8]) -> onnx.ModelProto:
    """Return the model with its convolutions in 8-bit integers.

    Every filter has a scale of its own, and the values between the layers are cut to the range that
    all but 1 in 10,000 keep to on some glyphs: the whole range would leave coarser steps to all for
    the sake of a few (Jacob et al., *Quantization and training of neural networks for
    efficient integer-arithmetic-only inference*, CVPR 2018). The range begins at 0, which is all
    that is left of ReLU. Filters use 7 of their 8 bits: x86 processors without VNNI add up products
    by twos in 16 bits, which larger ones overflow. The dense layer is computed in float32, so that
    confidence keeps its fine steps; the file holds its weights in 16 bits.

    Args:
        model: as `digitnet.training.export.to_onnx` gives it.
        glyphs: uint8 (N, 28, 28), like those that it will see; the first 1,000 count.
    """
    with tempfile.TemporaryDirectory() as folder, _without_advice():
        # By way of files: a model that is handed over as it is has its weights taken out.
        original, result = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, original)
        quantize_static(
            original,
            result,
            _Batches(glyphs[:RANGED_GLYPHS]),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Relu"],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": PERCENTILE},
        )
        return _with_half_dense(onnx.load(result))


def _with_half_dense(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with the weights of dense layers in float16; they are widened as it is opened."""
    graph = model.graph
    dense = {name for node in graph.node if node.op_type == "Gemm" for name in node.input[1:2]}
    for weights in [each for each in graph.initializer if each.name in dense]:
        half = onnx.numpy_helper.to_array(weights).astype(np.float16)
        stored = f"{weights.name}.half"
        widen = onnx.helper.make_node("Cast", [stored], [weights.name], to=onnx.TensorProto.FLOAT)
        weights.CopyFrom(onnx.numpy_helper.from_array(half, stored))
        graph.node.insert(0, widen)
    return model


class _Batches(CalibrationDataReader):  # type: ignore[misc,unused-ignore]
    def __init__(self, glyphs: NDArray[np.uint8]) -> None:
        self._batches = iter(np.split(glyphs[:, None], range(BATCH, len(glyphs), BATCH)))

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"images": batch}


@contextmanager
def _without_advice() -> Iterator[None]:
    # It prints what it does, and advises in the root logger to fold what is folded already.
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)
