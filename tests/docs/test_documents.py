"""What the documents tell people to type works, and what they show is what is printed."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import click
import cv2
import numpy as np
import pytest
from PIL import Image

from digitnet import load_mnist
from digitnet.cli import app
from digitnet.pages import compose
from tests.conftest import CommandLine

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"<!-- digitnet (.*?) -->\n```text\n(.*?)```", re.DOTALL)
SHOWN_JSON = re.compile(r"<!-- digitnet (.*?) -->\n```json\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?digitnet ([a-z].*?)(?:\s+#.*)?$", re.MULTILINE)

FIGURE = re.compile(r"\d[\d,.]*\d|\d")
PAIRS = [(path, path.with_name(path.name.replace(".zh-CN", ""))) for path in DOCUMENTS]
PAIRS = [(chinese, english) for chinese, english in PAIRS if chinese != english]

by_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
by_pair = pytest.mark.parametrize(("chinese", "english"), PAIRS, ids=lambda path: path.name)


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


def typed(document: Path) -> list[str]:
    """What a document has people type, line by line, without comments, which are translated."""
    lines = "\n".join(blocks(document, "", "bash", "sh")).splitlines()
    shown = "\n".join(blocks(document, "console")).splitlines()
    lines += [line for line in shown if line.startswith("$ ")]
    return [re.sub(r"\s+#.*", "", line) for line in lines]


def printed(document: Path) -> list[tuple[list[str], list[str]]]:
    """The commands and the figures in each line of what a document shows as printed."""
    return [
        (re.findall(r"digitnet [a-z].*", line), sorted(FIGURE.findall(line)))
        for code in blocks(document, "console")
        for line in code.splitlines()
        if not line.startswith("$ ")
    ]


@by_pair
def test_the_chinese_document_says_the_same_commands(chinese: Path, english: Path) -> None:
    assert typed(english)
    assert typed(chinese) == typed(english)


@by_pair
def test_the_chinese_document_shows_the_same_output(chinese: Path, english: Path) -> None:
    assert printed(chinese) == printed(english)


def test_there_are_documents_in_chinese() -> None:
    """Guards the two tests above."""
    assert {chinese.name for chinese, _ in PAIRS} >= {"README.zh-CN.md", "tutorial.zh-CN.md"}
    assert any(commands for commands, _ in printed(ROOT / "README.md"))


def scripts() -> dict[str, str]:
    """The Python of each document, without those that differ from another only in comments."""
    found: dict[str, tuple[str, str]] = {}
    for document in DOCUMENTS:
        code = "\n".join(blocks(document, "python"))
        if code:
            found.setdefault(ast.dump(ast.parse(code)), (document.name, code))
    return dict(found.values())


def make_pictures(folder: Path) -> None:
    """The pictures of which the documents speak."""
    photo, first, second = (
        compose(load_mnist().validation, "clean", seed=seed).image for seed in (39, 22, 26)
    )
    cv2.imwrite(str(folder / "photo.jpg"), photo)
    pages = [Image.fromarray(page) for page in (first, second)]
    pages[0].save(folder / "form.tiff", save_all=True, append_images=pages[1:])
    cv2.imwrite(str(folder / "blank.png"), np.full((200, 300), 255, np.uint8))
    (folder / "notes.txt").write_text("Not a picture.", encoding="utf-8")


@pytest.mark.parametrize("name", scripts())
def test_every_python_block_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_pictures(tmp_path)
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


def language_of(name: str) -> str:
    return "zh_CN.UTF-8" if "zh" in name else "C.UTF-8"


@pytest.mark.parametrize("name", ["reading.md", "reading.zh-CN.md"])
def test_what_is_shown_of_reading_is_what_is_printed(name: str, tmp_path: Path) -> None:
    make_pictures(tmp_path)
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs, "LC_ALL": language_of(name), "PYTHONUTF8": "1"}
    shown = blocks(ROOT / "docs" / name, "console")
    assert len(shown) == 4
    for block in shown:
        said = code = ""
        for command in re.findall(r"^\$ (.*)", block, re.MULTILINE):
            ran = subprocess.run(
                ["sh", "-c", command.replace("$?", code)],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            )
            said, code = f"{said}$ {command}\n{ran.stdout}", str(ran.returncode)
        assert said == block


def close(values: object) -> object:
    """The same, with room in its numbers for other processors."""
    if isinstance(values, dict):
        return {key: close(value) for key, value in values.items()}
    if isinstance(values, list):
        return [close(value) for value in values]
    if isinstance(values, int | float):
        return pytest.approx(values, abs=2 if isinstance(values, int) else 0.02)
    return values


@pytest.mark.parametrize("name", ["reading.md", "reading.zh-CN.md"])
def test_the_objects_shown_are_those_that_are_printed(
    name: str, tmp_path: Path, digitnet: CommandLine
) -> None:
    make_pictures(tmp_path)
    shown = SHOWN_JSON.findall((ROOT / "docs" / name).read_text(encoding="utf-8"))
    assert len(shown) == 2
    for words, text in shown:
        wanted = json.loads(text)
        code = 1 if "error" in wanted else 0
        ran = digitnet(*shlex.split(words), code=code, LC_ALL=language_of(name), PYTHONUTF8="1")
        assert json.loads(ran.stdout) == close(wanted)


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
