from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from digitnet import Run
from tests.conftest import write_digits


def test_the_faults_are_measured_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, written, data = (tmp_path / name for name in ("runs", "faults.json", "few.npz"))
    write_digits(data, 300)
    call = ["faults", "--seeds", "1", "--steps", "2", "--out", str(out), "--json", str(written)]
    call += ["--data", str(data)]
    assert main(call) == 0
    rows = json.loads(written.read_text("utf-8"))["rows"]
    assert [row["version"] for row in rows][:2] == ["as published", "input scaled once"]
    summary = Run(out / "tutorial-scaled-once-0").summary
    assert rows[1]["test_mean"] == summary["test_accuracy"]
    assert "| as published | 2 |" in capsys.readouterr().out
    assert main(call) == 0
    assert "trained" not in capsys.readouterr().out


def test_accuracy_is_computed_afresh_from_what_was_averaged(tmp_path: Path) -> None:
    from benchmarks.faults import VERSIONS, figures

    folder = tmp_path / "tutorial-with-dropout-0"
    folder.mkdir()
    summary = {"recipe": "tutorial-with-dropout", "test_accuracy": 0.9, "steps": 201}
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    averages = [0.2, (0.2 + 0.6) / 2, (0.2 + 0.6 + 0.85) / 3]
    lines = [
        json.dumps({"step": 100 * index, "test_accuracy": value})
        for index, value in enumerate(averages)
    ]
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    averaged, afresh = (figures(version, tmp_path, 1) for version in VERSIONS[2:4])
    assert averaged["printed_mean"] == pytest.approx(0.55)
    assert afresh["printed_mean"] == pytest.approx(0.85)
