from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from digitnet.classes import CLASSES as ALL_CLASSES
from digitnet.classes import FIRST_PAIR, NO_DIGIT
from digitnet.errors import ModelError, RunError
from digitnet.reading.classify import BATCH, Classifier

PIXELS = 28 * 28
CLASSES = NO_DIGIT + 1  # of what is asked about one digit


def write_model(
    path: Path,
    classes: int = CLASSES,
    *,
    dtype: int = TensorProto.UINT8,
    image_shape: tuple[Any, ...] = ("N", 1, 28, 28),
    weights: np.ndarray[Any, Any] | None = None,
    metadata: dict[str, str] | None = None,
    rows: int = -1,
) -> Path:
    """Write a linear model: logits = images (0…1) · weights."""
    if weights is None:
        weights = np.random.default_rng(0).normal(size=(PIXELS, classes))
    scale = 255.0 if dtype == TensorProto.UINT8 else 1.0
    weights = (weights / scale).astype(np.float32)
    nodes = [
        helper.make_node("Cast", ["images"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["pixels", "flat_shape"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("images", dtype, image_shape)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, (None, classes))],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.array([rows, PIXELS]), "flat_shape"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    onnx.save(model, path)
    return path


@pytest.fixture(scope="module")
def glyphs() -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(0, 256, (2 * BATCH + 3, 28, 28), dtype=np.uint8)


def test_probabilities_are_the_softmax_of_the_logits(tmp_path: Path, glyphs: np.ndarray) -> None:
    weights = np.random.default_rng(0).normal(0, 0.1, (PIXELS, CLASSES))
    probabilities = Classifier(write_model(tmp_path / "m.onnx", weights=weights)).classify(glyphs)
    logits = glyphs.reshape(len(glyphs), -1) / 255 @ weights
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities, expected, atol=1e-4)


def test_float_and_byte_models_get_the_same_pixels(tmp_path: Path, glyphs: np.ndarray) -> None:
    by_byte = write_model(tmp_path / "byte.onnx", dtype=TensorProto.UINT8)
    by_float = write_model(tmp_path / "float.onnx", dtype=TensorProto.FLOAT)
    difference = Classifier(by_byte).classify(glyphs) - Classifier(by_float).classify(glyphs)
    assert np.abs(difference).max() < 1e-3


def test_a_model_of_ten_classes_never_says_no_digit(tmp_path: Path, glyphs: np.ndarray) -> None:
    probabilities = Classifier(write_model(tmp_path / "m.onnx", classes=10)).classify(glyphs)
    assert probabilities.shape == (len(glyphs), CLASSES)
    assert not probabilities[:, 10].any()
    assert np.allclose(probabilities.sum(1), 1, atol=1e-5)


def test_pairs_are_no_single_digit(tmp_path: Path, glyphs: np.ndarray) -> None:
    weights = np.random.default_rng(0).normal(0, 0.1, (PIXELS, ALL_CLASSES))
    path = write_model(tmp_path / "m.onnx", classes=ALL_CLASSES, weights=weights)
    everything = Classifier(path).classify_all(glyphs)
    single = Classifier(path).classify(glyphs)
    assert everything.shape == (len(glyphs), ALL_CLASSES)
    assert single.shape == (len(glyphs), CLASSES)
    assert np.allclose(everything.sum(1), 1, atol=1e-5)
    assert np.array_equal(single[:, :NO_DIGIT], everything[:, :NO_DIGIT])
    left_over = everything[:, NO_DIGIT] + everything[:, FIRST_PAIR:].sum(1)
    assert np.allclose(single[:, NO_DIGIT], left_over, atol=1e-6)


def test_a_higher_temperature_doubts_more(tmp_path: Path, glyphs: np.ndarray) -> None:
    cool = write_model(tmp_path / "cool.onnx", metadata={"temperature": "1.0"})
    warm = write_model(tmp_path / "warm.onnx", metadata={"temperature": "3.0"})
    cool_answers = Classifier(cool).classify(glyphs)
    warm_answers = Classifier(warm).classify(glyphs)
    assert (warm_answers.argmax(1) == cool_answers.argmax(1)).all()
    assert (warm_answers.max(1) < cool_answers.max(1) + 1e-6).all()


def test_no_glyphs_give_no_rows(tmp_path: Path) -> None:
    probabilities = Classifier(write_model(tmp_path / "m.onnx")).classify(
        np.zeros((0, 28, 28), np.uint8)
    )
    assert probabilities.shape == (0, CLASSES)


def test_a_path_may_be_a_string(tmp_path: Path, glyphs: np.ndarray) -> None:
    path = write_model(tmp_path / "m.onnx")
    assert np.array_equal(Classifier(str(path)).classify(glyphs), Classifier(path).classify(glyphs))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.onnx: the model cannot be opened \(No such"):
        Classifier(tmp_path / "nowhere.onnx")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"is not the folder of a run: it has no run\.json"):
        Classifier(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a model", bytes(1000)])
def test_a_file_of_another_kind_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="this is no ONNX model"):
        Classifier(path)


def test_a_truncated_model_is_no_model(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx")
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ModelError, match="this is no ONNX model"):
        Classifier(path)


@pytest.mark.parametrize("shape", [("N", 1, 56, 14), ("N", 784), (1, 1, 28, 28), ("N", 1, 28, "W")])
def test_a_model_for_other_images_is_refused(tmp_path: Path, shape: tuple[Any, ...]) -> None:
    path = write_model(tmp_path / "m.onnx", image_shape=shape)
    with pytest.raises(ModelError, match="does not take images"):
        Classifier(path)


def test_a_model_with_other_classes_is_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", classes=26)
    with pytest.raises(ModelError, match="does not give logits"):
        Classifier(path)


@pytest.mark.parametrize("temperature", ["0", "-1", "nan", "warm"])
def test_a_senseless_temperature_is_refused(tmp_path: Path, temperature: str) -> None:
    path = write_model(tmp_path / "m.onnx", metadata={"temperature": temperature})
    with pytest.raises(ModelError, match="temperature"):
        Classifier(path)


def test_answers_that_are_no_numbers_are_refused(tmp_path: Path, glyphs: np.ndarray) -> None:
    path = write_model(tmp_path / "m.onnx", weights=np.full((PIXELS, CLASSES), np.nan))
    with pytest.raises(ModelError, match="not finite"):
        Classifier(path).classify(glyphs)


def test_a_model_that_fails_in_the_middle_is_refused(tmp_path: Path, glyphs: np.ndarray) -> None:
    # It was exported for seven images at once, which shows only while it runs.
    path = write_model(tmp_path / "m.onnx", rows=7)
    with pytest.raises(ModelError, match="failed while it was reading"):
        Classifier(path).classify(glyphs)
