"""A look into the network at one digit: the answer of the service's ``/v1/look``.

Arrays are packed as bytes in base64, 0 for ``low`` to 255 for ``high``, row by row and channel by
channel.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitnet.classes import NO_DIGIT
from digitnet.glyph import SIDE
from digitnet.inside import Convolution, Inside, Lens
from digitnet.reading.reading import Digit
from digitnet.reading.recognise import LEFT_DOUBT

SOURCES = 3  # maps of the layer before that are named for each map

Floats = NDArray[np.float32]
Glyphs = NDArray[np.uint8]


def look(digit: Digit, model: str | Path | None = None) -> dict[str, object]:
    """Look into the network at one digit of a reading.

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
