from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.precision import difference
from digitnet import Run
from tests.conftest import write_digits


def test_both_precisions_are_trained_once_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, written, data = (tmp_path / name for name in ("runs", "precision.json", "few.npz"))
    write_digits(data, 300)
    call = ["precision", "--seeds", "2", "--steps", "2", "--out", str(out), "--json", str(written)]
    call += ["--data", str(data)]
    assert main(call) == 0
    assert "standard error" in capsys.readouterr().out
    wrong = json.loads(written.read_text("utf-8"))["wrong, %"]
    summary = Run(out / "tutorial-bf16-1").summary
    assert summary["precision"] == "bf16"
    assert wrong["bf16"][1] == pytest.approx(100 * (1 - summary["test_accuracy"]))
    assert main(call) == 0
    assert "trained" not in capsys.readouterr().out


def test_a_difference_has_its_sign_and_its_error() -> None:
    said = difference([1.0, 1.2], [1.3, 1.5])
    assert said == "bf16 gets 0.300 points more wrong, with a standard error of 0.141."
    assert "0.300 points fewer" in difference([1.3, 1.5], [1.0, 1.2])


def test_one_seed_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["precision", "--seeds", "1"])
    assert left.value.code == 2
    assert "--seeds" in capsys.readouterr().err
