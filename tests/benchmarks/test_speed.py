from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import speed
from benchmarks.__main__ import main
from benchmarks._ceilings import Ceilings
from benchmarks._section import Section
from benchmarks._turns import take_turns

LIMITS = Ceilings(90.0, 400.0, 100.0, 725.0, 33.0)


def _noted(order: list[str], name: str, figure: float) -> float:
    order.append(name)
    return figure


def test_contestants_take_turns_and_warm_up_uncounted() -> None:
    order: list[str] = []

    def contestant(name: str, *figures: float) -> tuple[str, object]:
        rest = iter(figures)
        return name, lambda: _noted(order, name, next(rest))

    both = dict([contestant("a", 9, 1, 2, 6), contestant("b", 9, 5, 4, 3)])
    found = take_turns(both, 3)  # type: ignore[arg-type]
    assert "".join(order) == "ab" + "ab" + "ba" + "ab"
    assert found["a"].values == (1, 2, 6)
    assert found["a"].median == 2
    assert found["b"].spread == "3 to 5"


def test_the_limit_is_what_reaches_more() -> None:
    assert LIMITS.float32 == 100.0
    assert LIMITS.bf16 == 725.0


def test_parts_are_measured_drawn_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn: list[tuple[list[Section], Path]] = []
    module = SimpleNamespace(
        measure=lambda rounds: Section("Some part", [{"who": "ours", "rounds": rounds}], ["Note."]),
        draw=lambda sections, folder: drawn.append((sections, folder)),
    )
    monkeypatch.setattr(speed, "PARTS", {"some": "benchmarks._some", "other": "benchmarks._other"})
    monkeypatch.setattr(speed, "ceilings", lambda: LIMITS)
    monkeypatch.setattr(
        "benchmarks.speed.importlib", SimpleNamespace(import_module=lambda _: module)
    )
    written = tmp_path / "speed.json"
    call = ["--only", "some", "--rounds", "3", "--json", str(written), "--figures", str(tmp_path)]
    assert speed.main(call) == 0
    shown = capsys.readouterr().out
    assert "725 in bf16" in shown
    assert "Some part" in shown
    assert max(map(len, shown.splitlines())) <= 80
    content = json.loads(written.read_text("utf-8"))
    assert content["ceilings"]["copy"] == 33.0
    assert content["parts"]["some"][0]["rows"] == [{"who": "ours", "rounds": 3}]
    assert {"machine", "versions", "rounds"} <= set(content)
    assert [(len(sections), folder) for sections, folder in drawn] == [(1, tmp_path)]


@pytest.mark.parametrize(
    ("call", "said"),
    [(["--only", "reading,sewing"], "no part sewing"), (["--rounds", "0"], "at least one")],
)
def test_a_wrong_call_is_one_sentence(
    call: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["speed", *call])
    assert stop.value.code == 2
    assert said in capsys.readouterr().err
