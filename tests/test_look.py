"""Looks into the network, as the page and its clients get them."""

from __future__ import annotations

import base64
import json
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.classes import NO_DIGIT
from digitnet.datasets import load_mnist
from digitnet.inside import Lens
from digitnet.look import look, look_at_glyph
from digitnet.reading import Reader
from digitnet.reading.reading import Digit


def unpack(packed: dict[str, Any]) -> NDArray[np.float64]:
    data = np.frombuffer(base64.b64decode(packed["data"]), np.uint8)
    shape = [packed[name] for name in ("channels", "height", "width") if name in packed]
    low, high = packed["low"], packed["high"]
    return np.asarray(low + data.reshape(shape) / 255 * (high - low))


def test_a_look_is_packed_as_promised() -> None:
    glyph = np.asarray(load_mnist().validation.images[0], np.uint8).reshape(28, 28)
    digit = Digit(5, 0.87654, (1, 2, 30, 40), glyph)
    answer: Any = json.loads(json.dumps(look(digit)))
    assert answer["digit"] == 5
    assert answer["confidence"] == 0.8765
    assert answer["box"] == [1, 2, 30, 40]
    assert base64.b64decode(answer["glyph"]["data"]) == glyph.tobytes()
    assert len(answer["probabilities"]) == NO_DIGIT + 1
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert answer["probabilities"][5] == pytest.approx(0.87654, abs=1e-5)
    seen = Lens().inside(glyph[None])
    for packed, layer in zip(answer["layers"], seen.convolutions, strict=True):
        assert np.allclose(unpack(packed), layer.maps[0], atol=(packed["high"] / 255))
        sources = packed["sources"]
        kernels = unpack(sources).reshape(packed["channels"], -1, *layer.filters.shape[2:])
        strength = (layer.filters**2).sum((2, 3))
        assert sources["maps"][0][0] == strength[0].argmax()
        strongest = layer.filters[0, sources["maps"][0][0]]
        assert np.allclose(kernels[0, 0], strongest, atol=0.02)
    first = seen.convolutions[0].filters[:, 0]
    assert np.allclose(unpack(answer["filters"]), first, atol=0.02)
    assert np.allclose(unpack(answer["evidence"]), Lens().evidence(glyph, 5), atol=0.1)


def test_a_look_has_one_confidence() -> None:
    # A 7 with a bar across it, and what is left of it: the network doubts that it is a digit.
    ink = np.full((120, 120), 255, np.uint8)
    points = np.array([[30, 30], [85, 26], [55, 100]], np.int32)
    cv2.polylines(ink, [points], False, 0, 9, cv2.LINE_AA)
    cv2.line(ink, (20, 95), (100, 60), 0, 7)
    (digit,) = Reader().read(ink).digits
    assert digit.glyph is not None
    answer: Any = look(digit)
    shares = answer["probabilities"]
    assert shares[digit.digit] == pytest.approx(answer["confidence"], abs=1e-4)
    plain = Lens().inside(digit.glyph[None]).probabilities[0]
    assert plain[NO_DIGIT] > shares[NO_DIGIT], "the page says that it is one"
    # The others are as likely beside each other as the network finds them.
    others = [k for k in range(NO_DIGIT) if k != digit.digit]
    assert np.allclose(
        np.array(shares)[others] * plain[others].sum(),
        plain[others] * np.array(shares)[others].sum(),
        atol=1e-4,
    )
    of_glyph: Any = look_at_glyph(digit.glyph)
    assert of_glyph == {key: value for key, value in answer.items() if key != "box"} | {
        "probabilities": pytest.approx(shares, abs=1e-4),
        "confidence": pytest.approx(answer["confidence"], abs=1e-4),
    }


def test_a_digit_without_its_glyph_cannot_be_looked_at() -> None:
    with pytest.raises(ValueError, match="without its picture"):
        look(Digit(5, 0.9, (0, 0, 1, 1)))
