from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks._runs import finished_run
from digitnet.training.train import Session
from tests.conftest import write_digits


def test_a_run_that_was_stopped_goes_on_and_a_finished_one_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, data = tmp_path / "run", tmp_path / "few.npz"
    write_digits(data, 300)
    Session.start("tutorial", out=folder, seed=3, steps=2, data=data)  # Begun, and no more.
    run = finished_run(folder, "tutorial", seed=3, steps=2, data=str(data))
    assert run.finished
    assert run.settings.seed == 3
    assert "trained" in capsys.readouterr().out
    finished_run(folder, "tutorial", seed=3, steps=2, data=str(data))
    assert capsys.readouterr().out == ""
