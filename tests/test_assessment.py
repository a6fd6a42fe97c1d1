from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitnet import Assessment, Digits, assess, train
from digitnet.assessment import assess_several, wrong_in_all
from digitnet.console.evaluation import disputed
from digitnet.errors import ModelError, RunError, UsageError
from digitnet.evaluation import evaluate
from digitnet.reading.classify import shipped_model
from tests.conftest import write_digits


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of one's own: 280 digits in one npz, without a test part."""
    return write_digits(tmp_path_factory.mktemp("own") / "digits.npz", 280)


@pytest.fixture(scope="module")
def run(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train("tutorial", steps=20, data=own, out=tmp_path_factory.mktemp("runs") / "a").folder


def test_a_run_is_assessed_on_what_it_kept_back(run: Path, own: Path) -> None:
    for data in (None, own):
        found = assess(run, data)
        assert len(found.digits) == found.evaluation.count == 40


def test_a_model_file_is_assessed_on_mnist(run: Path) -> None:
    found = assess(run / "model.onnx")
    assert (found.name, len(found.digits)) == ("mnist", 10_000)
    assert found.evaluation.accuracy > 0.3
    assert [entry.chosen_among for entry in found.acceptance] == [5000, 5000]


def test_other_data_are_taken_whole(run: Path, tmp_path: Path) -> None:
    other = write_digits(tmp_path / "other.npz", 280, first=300)
    assert len(assess(run, other).digits) == 280


def test_what_it_learned_from_is_known_wherever_it_lies(
    run: Path, own: Path, tmp_path: Path
) -> None:
    """Most of these digits it has seen; to count them would make it better than it is."""
    copy = tmp_path / "another name.npz"
    copy.write_bytes(own.read_bytes())
    kept_back = assess(run)
    for model in (run, run / "model.onnx"):
        found = assess(model, copy)
        assert np.array_equal(found.digits.images, kept_back.digits.images)
    seen, unseen = assess_several([run, shipped_model()], copy)
    assert np.array_equal(seen.digits.images, unseen.digits.images)
    assert wrong_in_all([seen, unseen]).tolist() in ([], unseen.mistakes.tolist())


def test_data_that_have_changed_or_moved_are_said_to_have(run: Path, own: Path) -> None:
    kept = own.rename(own.with_suffix(".away"))
    try:
        with pytest.raises(
            RunError, match=r"a learned from .*digits\.npz, where nothing lies any more"
        ):
            assess(run)
        write_digits(own, 280, first=300)
        for data in (None, own):
            with pytest.raises(RunError, match="have changed since"):
                assess(run, data)
    finally:
        kept.replace(own)


def test_the_most_mistaken_comes_first(run: Path) -> None:
    found = assess(run, None)
    wrong = np.flatnonzero(found.probabilities.argmax(1) != found.digits.labels)
    assert len(wrong) > 1
    assert sorted(found.mistakes) == wrong.tolist()
    truth = found.probabilities[found.mistakes, found.digits.labels[found.mistakes]]
    assert (np.diff(truth) >= 0).all()
    values = found.to_dict()
    assert [each["index"] for each in values["mistakes"]] == found.mistakes.tolist()
    assert json.loads(json.dumps(values)) == values


def test_without_the_old_data_there_are_no_thresholds(own: Path, run: Path, tmp_path: Path) -> None:
    other = write_digits(tmp_path / "other.npz", 280, first=300)
    assert assess(run, other).acceptance
    kept = own.rename(own.with_suffix(".away"))
    try:
        found = assess(run, other)
    finally:
        kept.rename(own)
    assert found.acceptance == ()
    assert found.evaluation.count == 280


def made_up(probabilities: list[list[float]], labels: list[int], name: str = "mnist") -> Assessment:
    given = np.array(probabilities, np.float32)
    digits = Digits(np.zeros((len(labels), 28, 28), np.uint8), np.array(labels, np.uint8))
    evaluation = evaluate(given, digits.labels)
    return Assessment(Path("model"), name, digits, given, evaluation, ())


def test_what_several_have_in_common() -> None:
    labels = [0, 0, 0, 0]
    first = made_up([[0.9, 0.1], [0.2, 0.8], [0.05, 0.95], [0.3, 0.7]], labels)
    second = made_up([[0.1, 0.9], [0.4, 0.6], [0.02, 0.98], [0.9, 0.1]], labels)
    shared = wrong_in_all([first, second])
    assert shared.tolist() == [2, 1], "both wrong, the more mistaken first"
    assert disputed([first, second], shared).tolist() == [2], "both sure of the same other digit"
    assert wrong_in_all([first]).tolist() == first.mistakes.tolist() == [2, 1, 3]


def test_models_on_different_digits_have_nothing_in_common() -> None:
    first, second = made_up([[0.9, 0.1]], [0]), made_up([[0.9, 0.1]], [0], name="kmnist")
    with pytest.raises(UsageError, match="learned from different data"):
        wrong_in_all([first, second])


def test_what_is_no_model_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        assess(tmp_path / "gone")
    with pytest.raises(RunError, match=r"no run\.json"):
        assess(tmp_path)
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="no ONNX model"):
        assess(tmp_path / "text.onnx")
