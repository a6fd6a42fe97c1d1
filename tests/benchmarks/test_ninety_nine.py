from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import _peers_99, _speed_99, fast
from benchmarks.__main__ import main
from benchmarks._ceilings import Ceilings
from digitnet.datasets import Dataset, Digits, load_mnist
from digitnet.networks import FastCNN, TutorialCNN
from digitnet.training.recipe import RECIPES


@pytest.fixture(scope="module")
def few() -> Dataset:
    """A few digits, so that an epoch is over soon."""
    mnist = load_mnist()

    def first(count: int, digits: Digits) -> Digits:
        return Digits(digits.images[:count], digits.labels[:count])

    return replace(
        mnist,
        train=first(900, mnist.train),
        validation=first(300, mnist.validation),
        test=first(300, mnist.test),
    )


def test_operations_are_three_products_a_layer_and_two_for_the_first() -> None:
    first, second, dense, last = 627_200, 10_035_200, 3_211_264, 10_240
    expected = 2 * (2 * first + 3 * (second + dense + last))
    assert _speed_99.operations(TutorialCNN()) == expected
    assert _speed_99.operations(FastCNN()) < expected / 25


def test_the_peers_are_as_large_as_at_home() -> None:
    sizes = {
        network: sum(p.numel() for p in network().parameters())
        for network in (_peers_99.OneEpochCNN, _peers_99.ExampleCNN)
    }
    # pytorch/examples is well known to have 1,199,882.
    assert sizes == {_peers_99.OneEpochCNN: 215_194, _peers_99.ExampleCNN: 1_199_882}


def test_the_peers_learn(few: Dataset) -> None:
    digits = _peers_99.Digits(few)
    assert abs(digits.images.mean()) < 0.1
    one, again = (_peers_99.train_mnist_fast(digits, seed=1) for _ in range(2))
    assert one.images == 1200
    assert one.accuracy == again.accuracy > 0.2
    example = _peers_99.pytorch_example(digits, seed=0, epochs=2)
    assert example.images == 2400
    assert example.accuracy > 0.4
    assert example.seconds > 0


def test_the_section_fits_a_terminal_and_names_everyone(
    few: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = replace(_speed_99.BRIEF, steps=3)
    monkeypatch.setattr(_speed_99, "BRIEF", brief)
    monkeypatch.setattr(_speed_99, "load_mnist", lambda: few)
    tutorial = replace(RECIPES["tutorial"], steps=2)
    monkeypatch.setattr(_speed_99, "RECIPES", {"fast": brief, "tutorial": tutorial})
    monkeypatch.setattr(_speed_99, "ceilings", lambda: Ceilings(90.0, 400.0, 100.0, 725.0, 33.0))
    monkeypatch.setattr(_speed_99, "_command", lambda _: (6.1, 1.4))
    section = _speed_99.measure(rounds=1)
    assert [row["who"] for row in section.rows] == [
        "digitnet train fast",
        "train_mnist_fast",
        "pytorch/examples mnist",
        "digitnet train tutorial",
    ]
    assert section.rows[0]["seeds"] == 2
    text = section.to_text()
    assert max(map(len, text.splitlines())) <= 80
    assert "says 1.40 s" in text


def test_a_command_is_timed_from_outside_and_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> None:
        folder = Path(command[command.index("--out") + 1])
        folder.mkdir()
        (folder / "summary.json").write_text(json.dumps({"train_seconds": 1.25}), "utf-8")

    monkeypatch.setattr(_speed_99, "subprocess", SimpleNamespace(run=run))
    seconds, trained = _speed_99._command(0)
    assert trained == 1.25
    assert seconds > 0


def test_each_choice_of_the_recipe_is_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "fast.json"
    assert main(["fast", "--seeds", "1", "--steps", "2", "--json", str(written)]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    content = json.loads(written.read_text("utf-8"))
    assert [row["version"] for row in content["rows"]] == [v.name for v in fast.VERSIONS]
    assert all(len(runs) == 1 for runs in content["runs"].values())
