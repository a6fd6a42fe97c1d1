"""What the documents tell people to type works, and what they show is what is printed."""

from __future__ import annotations

import ast
import json
import re
import runpy
import shlex
from pathlib import Path

import click
import cv2
import pytest

from digitnet import load_mnist
from digitnet.cli import app
from digitnet.pages import compose
from tests.conftest import CommandLine

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"<!-- digitnet (.*?) -->\n```text\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?digitnet ([a-z].*?)(?:\s+#.*)?$", re.MULTILINE)

by_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def blocks(document: Path, *languages: str) -> list[str]:
    found = BLOCK.findall(document.read_text(encoding="utf-8"))
    return [code for language, code in found if language in languages]


def commands(document: Path) -> list[list[str]]:
    text = "\n".join(blocks(document, "", "console", "bash", "sh"))
    return [shlex.split(line) for line in COMMAND.findall(text)]


@by_document
def test_every_command_is_one_that_the_program_takes(document: Path) -> None:
    for words in commands(document):
        command: click.Command = app
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        # Raises where an option is unknown, a value is wrong, or an argument is missing.
        command.make_context("digitnet", list(words))


def test_the_commands_are_found() -> None:
    """Guards the test above: a scan that finds nothing would pass it."""
    found = [words for document in DOCUMENTS for words in commands(document)]
    assert ["read", "photo.jpg"] in found
    assert ["report", "runs/tutorial-1"] in found
    assert len(found) > 30


def scripts() -> dict[str, str]:
    """The Python of each document, without those that differ from another only in comments."""
    found: dict[str, tuple[str, str]] = {}
    for document in DOCUMENTS:
        code = "\n".join(blocks(document, "python"))
        if code:
            found.setdefault(ast.dump(ast.parse(code)), (document.name, code))
    return dict(found.values())


@pytest.mark.parametrize("name", scripts())
def test_every_python_block_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = compose(load_mnist().validation, "clean", seed=1)
    cv2.imwrite("photo.jpg", page.image)
    # As written, but for the length of the training.
    shortened = scripts()[name].replace("steps=1000", "steps=2")
    script = tmp_path / "document.py"
    script.write_text(shortened, encoding="utf-8")
    runpy.run_path(str(script))


@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.zh-CN.md"])
def test_what_is_shown_is_what_is_printed(name: str, digitnet: CommandLine) -> None:
    language = "zh" if "zh" in name else "en"
    shown = SHOWN.findall((ROOT / "docs" / name).read_text(encoding="utf-8"))
    assert shown
    for words, text in shown:
        printed = digitnet("--lang", language, *shlex.split(words)).stdout
        lines = [line.rstrip() for line in printed.splitlines()]
        assert "\n".join(lines).strip() == text.strip()


def test_the_page_of_the_command_line_is_what_the_program_says() -> None:
    built = runpy.run_path(str(ROOT / "tools" / "build_command_line.py"))
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert page == built["page"](), "python tools/build_command_line.py writes it again"


@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.zh-CN.md"])
def test_the_faults_costs_are_those_that_were_measured(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    for row in json.loads((ROOT / "docs" / "faults.json").read_text(encoding="utf-8"))["rows"]:
        printed = f"{row['printed_mean']:.2%} ± {row['printed_deviation']:.2%}"
        test = f"{row['test_mean']:.2%} ± {row['test_deviation']:.2%}"
        wrong = ", ".join(f"{round(10_000 * (1 - share)):,}" for share in row["test"])
        assert f"| {row['steps']:,} | {printed} | {test} | {wrong} |" in page
