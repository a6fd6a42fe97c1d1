"""What a network sees: its feature maps, its filters, its evidence. No torch.

onnxruntime gives only what a graph names as its outputs, so the values in between are named so too.
It works for every model that `digitnet train` exports: the convolutions, what stands behind each,
and the last layer are found in the graph.

    lens = Lens()
    seen = lens.inside(glyphs)              # glyphs: uint8 (N, 28, 28)
    seen.convolutions[0].maps               # float32 (N, channels, height, width)
    lens.evidence(glyphs[0], digit=7)       # float32 (28, 28)
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import numpy_helper

from digitnet.classes import NO_DIGIT
from digitnet.errors import ModelError
from digitnet.glyph import SIDE
from digitnet.reading.classify import Classifier, model_file
from digitnet.reading.opinions import Opinions
from digitnet.reading.reading import Digit
from digitnet.reading.recognise import LEFT_DOUBT

BATCH = 256  # glyphs at once, so that a thousand do not need a thousand's feature maps in between
PATCH = 5  # pixels: about the width of two strokes
SOURCES = 3  # maps of the layer before that are named for each map

# Between a convolution and its activation these may stand, in one way or the other.
_ON_THE_WAY = {"BatchNormalization", "MaxPool", "AveragePool", "Add", "Dropout", "Identity"}
_ON_THE_WAY |= {"QuantizeLinear", "DequantizeLinear"}
_ACTIVATIONS = {"Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Gelu", "HardSwish", "Mish", "Clip"}
_WEIGHTED = {"Conv", "Gemm", "MatMul"}

Floats = NDArray[np.float32]
Glyphs = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Convolution:
    """What came out of one convolution, after its activation (and pooling, where that is first).

    Attributes:
        name: the layer's name in the network, such as ``conv1``.
        maps: float32 (N, channels, height, width).
        filters: float32 (channels, input channels, height, width), as exported: batch norm is
            folded into them.
        groups: in how many groups the input channels are split, each seen by its own filters.
    """

    name: str
    maps: Floats
    filters: Floats
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Inside:
    """Everything on the way from glyphs to probabilities.

    Attributes:
        convolutions: from the first to the last.
        features: float32 (N, F), what the last layer decides by.
        probabilities: float32 (N, 11), calibrated; “no digit” is last. For the model that ships,
            those that the reader goes by, see `digitnet.reading.opinions`.
    """

    convolutions: tuple[Convolution, ...]
    features: Floats
    probabilities: Floats


@dataclass(frozen=True, eq=False)
class _Layer:
    """A convolution in the graph, and the name of the value behind it."""

    name: str
    output: str
    filters: Floats
    groups: int


class Lens:
    """Looks into a model.

    Args:
        model: an ONNX file as `digitnet train` writes it; without one, the model that ships.

    Raises:
        ModelError: the model cannot be used, or its layers cannot be found.
    """

    def __init__(self, model: str | Path | None = None) -> None:
        path = model_file(model)
        # It also refuses what is no model of digits.
        self._classifier = Opinions() if model is None else Classifier(path)
        graph_and_card = onnx.load_model_from_string(path.read_bytes())
        graph = graph_and_card.graph
        self._logits = graph.output[0].name
        self._features = _last_weighted(graph, path).input[0]
        self._layers = [
            _Layer(_name(node), _behind(graph, node), _filters(graph, node, path), _groups(node))
            for node in graph.node
            if node.op_type == "Conv"
        ]
        card = {entry.key: entry.value for entry in graph_and_card.metadata_props}
        self._temperature = np.float32(card.get("temperature", "1"))
        self._session = _with_outputs(graph_and_card, [self._features, *self._outputs()])
        entry = self._session.get_inputs()[0]
        self._input, self._takes_bytes = entry.name, entry.type == "tensor(uint8)"

    def inside(self, glyphs: Glyphs) -> Inside:
        """Return what the network makes of glyphs, layer by layer.

        Args:
            glyphs: (N, 28, 28) as `digitnet.glyph.place` gives them. Each takes about 0.1 MB.
        """
        found = self._run(glyphs, [*self._outputs(), self._features])
        convolutions = [
            Convolution(layer.name, found[layer.output], layer.filters, layer.groups)
            for layer in self._layers
        ]
        features = _flat(found[self._features])
        return Inside(tuple(convolutions), features, self._classifier.classify(glyphs))

    def features(self, glyphs: Glyphs) -> Floats:
        """Return what the last layer decides by, float32 (N, F), for glyphs (N, 28, 28)."""
        return _flat(self._run(glyphs, [self._features])[self._features])

    def evidence(self, glyph: Glyphs, digit: int) -> Floats:
        """Return where on a glyph the evidence for a digit lies.

        A 5×5 patch of paper is laid over every place in turn (Zeiler and Fergus, *Visualizing and
        understanding convolutional networks*, ECCV 2014), and what is recorded is by how much the
        log-odds of the digit fall, in nats.

        Args:
            glyph: uint8 (28, 28).
            digit: 0 to 9, or 10 for “no digit” where the model knows it.

        Returns:
            float32 (28, 28). Positive where ink speaks for the digit, negative where it speaks
            against, 0 where a patch hides nothing.
        """
        room = PATCH // 2
        padded = np.pad(glyph, room)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (PATCH, PATCH))
        rows, columns = np.nonzero(windows.any(axis=(2, 3)))
        hidden = np.repeat(padded[None], len(rows) + 1, axis=0)  # The first stays as it is.
        for image, row, column in zip(hidden[1:], rows, columns, strict=True):
            image[row : row + PATCH, column : column + PATCH] = 0
        odds = self._log_odds(np.ascontiguousarray(hidden[:, room:-room, room:-room]), digit)
        evidence = np.zeros((SIDE, SIDE), np.float32)
        evidence[rows, columns] = odds[0] - odds[1:]
        return evidence

    def _log_odds(self, glyphs: Glyphs, digit: int) -> Floats:
        # From logits: probabilities near 1 have no digits left to tell one from the next.
        scores = self._run(glyphs, [self._logits])[self._logits] / self._temperature
        others = np.delete(scores, digit, axis=1)
        highest = others.max(axis=1)
        against = highest + np.log(np.exp(others - highest[:, None]).sum(axis=1))
        return np.asarray(scores[:, digit] - against, np.float32)

    def _outputs(self) -> list[str]:
        return [layer.output for layer in self._layers]

    def _run(self, glyphs: Glyphs, names: list[str]) -> dict[str, Floats]:
        images = glyphs[:, None] if self._takes_bytes else glyphs[:, None] / np.float32(255)
        starts = range(0, max(1, len(images)), BATCH)
        # A layer may stand behind two convolutions, and a name may be asked for once only.
        names = list(dict.fromkeys(names))
        runs = [self._session.run(names, {self._input: images[s : s + BATCH]}) for s in starts]
        return {
            name: np.concatenate(parts)
            for name, parts in zip(names, zip(*runs, strict=True), strict=True)
        }


def look(digit: Digit, model: str | Path | None = None) -> dict[str, object]:
    """Look into the network at one digit of a reading: the answer of the service's ``/v1/look``.

    Arrays are packed as bytes in base64, 0 for ``low`` to 255 for ``high``, row by row and channel
    by channel.

    Args:
        digit: with its glyph, as `Reader.read` gives it.
        model: the ONNX file that read it; without one, the model that ships.

    Returns:
        ``digit``, ``confidence``, ``box``; ``glyph`` (28×28); ``probabilities`` (11): of the digits
        and of “no digit”, given that the reader took the mark for one digit, so that they sum to 1
        and that of ``digit`` is ``confidence``; ``layers``: for each convolution its ``name`` and
        maps, each map by the same scale, and ``sources``: the maps of the layer before whose
        filters are strongest, with those filters; ``filters``: the first layer's, ``height`` ×
        ``width`` each; ``evidence`` (28×28), see `Lens.evidence`.

    Raises:
        ModelError: the model cannot be used.
        ValueError: the digit has no glyph, because it was not read from a picture.
    """
    if digit.glyph is None:
        raise ValueError("this digit was made without its picture")
    lens = _lens(model)
    seen = lens.inside(digit.glyph[None])
    # The reader may know more than the glyph shows, such as how its neighbours go on.
    shares = _given(_as_a_mark(seen.probabilities[0]), digit.digit, digit.confidence)
    return {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 4),
        "box": list(digit.box),
        **_packed(lens, seen, digit.glyph, digit.digit, shares),
    }


def look_at_glyph(glyph: Glyphs, model: str | Path | None = None) -> dict[str, object]:
    """Look into the network at one glyph, wherever it comes from.

    Args:
        glyph: uint8 (28, 28), as `digitnet.glyph.place` gives it.
        model: as for `look`.

    Returns:
        What `look` does, without ``box``; ``digit`` and ``confidence`` are the network's for this
        glyph, taken for one digit.

    Raises:
        ModelError: the model cannot be used.
    """
    lens = _lens(model)
    seen = lens.inside(glyph[None])
    shares = _as_a_mark(seen.probabilities[0])
    digit = int(shares[:NO_DIGIT].argmax())
    return {
        "digit": digit,
        "confidence": round(float(shares[digit]), 4),
        **_packed(lens, seen, glyph, digit, shares),
    }


def _as_a_mark(probabilities: Floats) -> Floats:
    """Probabilities (11,) of what the page says is one digit, as the reader's confidence is."""
    shares = probabilities.copy()
    shares[NO_DIGIT] *= LEFT_DOUBT
    return np.asarray(shares / shares.sum(), np.float32)


def _given(shares: Floats, digit: int, confidence: float) -> Floats:
    """Probabilities with the digit's being its confidence, and the others in their proportions."""
    others = np.delete(shares, digit)
    total = float(others.sum())
    if total > 0:
        others *= (1 - confidence) / total
    else:
        others[-1] = 1 - confidence
    return np.insert(others, digit, confidence)


def _packed(
    lens: Lens, seen: Inside, glyph: Glyphs, digit: int, shares: Floats
) -> dict[str, object]:
    layers = seen.convolutions
    return {
        "glyph": {"width": SIDE, "height": SIDE, "data": _base64(glyph)},
        "probabilities": [round(float(p), 6) for p in shares],
        "layers": [
            {"name": layer.name, **_pack(layer.maps[0]), "sources": _sources(layer)}
            for layer in layers
        ],
        "filters": _pack(layers[0].filters[:, 0]) if layers else None,
        "evidence": _pack(lens.evidence(glyph, digit)),
    }


@lru_cache(maxsize=4)
def _lens(model: str | Path | None) -> Lens:
    return Lens(model)


def _flat(values: Floats) -> Floats:
    return values.reshape(len(values), math.prod(values.shape[1:]))


def _sources(layer: Convolution) -> dict[str, object]:
    """Which maps of the layer before weigh most in each map, with the filters laid over them."""
    filters = layer.filters
    strength = np.square(filters).sum(axis=(2, 3))
    strongest = np.argsort(-strength, axis=1, kind="stable")[:, :SOURCES]
    chosen = np.take_along_axis(filters, strongest[:, :, None, None], axis=1)
    channels, seen = filters.shape[:2]
    first = np.arange(channels) // (channels // layer.groups) * seen
    maps = (first[:, None] + strongest).tolist()
    return {"maps": maps, **_pack(chosen.reshape(-1, *chosen.shape[2:]))}


def _pack(array: Floats) -> dict[str, object]:
    low, high = float(array.min()), float(array.max())
    scaled = (array - low) * (255 / (high - low) if high > low else 0)
    channels = {"channels": len(array)} if array.ndim == 3 else {}
    return {
        **channels,
        "height": array.shape[-2],
        "width": array.shape[-1],
        "low": round(low, 5),
        "high": round(high, 5),
        "data": _base64(np.rint(scaled).astype(np.uint8)),
    }


def _base64(array: Glyphs) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _with_outputs(model: onnx.ModelProto, names: list[str]) -> onnxruntime.InferenceSession:
    for name in dict.fromkeys(names):
        if name not in {output.name for output in model.graph.output}:
            model.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1  # One glyph is little work, and reading goes on beside it.
    content = model.SerializeToString()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


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


def _last_weighted(graph: Any, path: Path) -> Any:
    """The last layer with weights, on the way back from the logits."""
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


def _closed(path: Path) -> ModelError:
    return ModelError(
        "{path}: this model's layers cannot be told apart; use one that digitnet exported.",
        path=path,
    )
