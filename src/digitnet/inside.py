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

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from digitnet.glyph import SIDE
from digitnet.layers import find_layers, last_weighted
from digitnet.reading.classify import Classifier, model_file
from digitnet.reading.rows.opinions import Opinions

BATCH = 256  # glyphs at once, so that a thousand do not need a thousand's feature maps in between
PATCH = 5  # pixels: about the width of two strokes

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
            those that the reader goes by, see `digitnet.reading.rows.opinions`.
    """

    convolutions: tuple[Convolution, ...]
    features: Floats
    probabilities: Floats


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
        self._features = last_weighted(graph, path).input[0]
        self._layers = find_layers(graph, path)
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


def _flat(values: Floats) -> Floats:
    return values.reshape(len(values), math.prod(values.shape[1:]))


def _with_outputs(model: onnx.ModelProto, names: list[str]) -> onnxruntime.InferenceSession:
    for name in dict.fromkeys(names):
        if name not in {output.name for output in model.graph.output}:
            model.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1  # One glyph is little work, and reading goes on beside it.
    content = model.SerializeToString()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
