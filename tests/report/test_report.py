"""Reports of small runs on digits of one's own, as a person gets them."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from digitnet import train
from digitnet.errors import RunError, UsageError
from digitnet.messages import choose_language
from digitnet.report import compare, report
from tests.conftest import CommandLine, write_digits

FIGURES = {
    "arrangement",
    "confusion",
    "coverage",
    "evidence",
    "feature-maps",
    "filters",
    "learning",
    "mistakes",
    "reliability",
}


class Checker(HTMLParser):
    """Collects what a page asks for, its ids and what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href") and value:
                (self.targets if value.startswith("#") else self.asked).append(value)
            if name == "id" and value:
                self.ids.append(value)

    def handle_data(self, data: str) -> None:
        self.text += data


def check(path: Path) -> Checker:
    checker = Checker()
    checker.feed(path.read_text(encoding="utf-8"))
    return checker


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Digits of one's own, in a file whose name would be markup if it were not escaped."""
    return write_digits(tmp_path_factory.mktemp("own") / "<b>mine&.npz", 400)


@pytest.fixture(scope="module")
def runs(own: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    return [
        train("tutorial", steps=steps, data=own, out=folder / name).folder
        for name, steps in (("short", 4), ("long", 30))
    ]


def test_a_report_stands_alone_and_answers_every_question(runs: list[Path], own: Path) -> None:
    path = report(runs[1], runs[1] / "figures")
    assert path == runs[1] / "report.html"
    assert path.stat().st_size < 5_000_000
    page = check(path)
    assert all(asked.startswith("data:") for asked in page.asked)
    assert len(set(page.ids)) == len(page.ids)
    assert {target[1:] for target in page.targets} <= set(page.ids)
    assert page.tags.count("svg") == len(FIGURES)
    assert page.tags.count("section") == 7
    assert "b" not in page.tags
    assert own.name in page.text
    assert "digitnet train tutorial --seed 0 --steps 30 --device cpu --precision" in page.text


def test_figures_are_written_as_svg_and_png(runs: list[Path]) -> None:
    folder = runs[1] / "figures"
    if not folder.exists():
        report(runs[1], folder)
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{kind}" for name in FIGURES for kind in ("svg", "png")
    }
    for path in folder.glob("*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")  # noqa: S314 (our own file)
    for path in folder.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")


def test_a_report_speaks_chinese(runs: list[Path]) -> None:
    choose_language("zh")
    page = check(report(runs[0]))
    assert "它会混淆哪些数字？" in page.text
    assert "Which digits" not in page.text


def test_a_comparison_says_whether_the_difference_is_real(runs: list[Path]) -> None:
    path = compare(runs)
    assert path == runs[0] / "comparison.html"
    page = check(path)
    assert all(asked.startswith("data:") for asked in page.asked)
    assert "long is better than short" in page.text
    assert "McNemar" in page.text
    assert len(set(page.ids)) == len(page.ids)


def test_runs_that_cannot_be_compared_are_refused(runs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="named twice"):
        compare([runs[0], runs[0]])
    other = write_digits(tmp_path / "other.npz", 400, first=400)
    elsewhere = train("tutorial", steps=1, data=other, out=tmp_path / "run").folder
    with pytest.raises(UsageError, match="different digits"):
        compare([runs[0], elsewhere])
    write_digits(other, 400, first=800)
    with pytest.raises(RunError, match="have changed since"):
        report(elsewhere)


def test_the_command_works_without_torch(runs: list[Path], tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from digitnet.cli import main; main(['report', *sys.argv[1:]])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, runs[0]],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "report.html" in done.stdout


def test_a_folder_that_is_no_run_is_said_to_be_so(digitnet: CommandLine) -> None:
    assert "no run.json" in digitnet("report", ".", code=1).stderr
