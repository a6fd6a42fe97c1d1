"""Every sentence in the source has a Chinese twin with the same values in it."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import digitnet
from digitnet import errors
from digitnet.chinese import CHINESE
from digitnet.errors import UsageError
from digitnet.messages import choose_language, say, say_error

ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
SPOKEN = ERRORS | {"say"}
SOURCES = sorted(Path(digitnet.__file__).parent.rglob("*.py"))


def sentences(source: Path) -> Iterator[str]:
    """Yield what a file says: say(…), …Error(…), help and purpose, and commands' docstrings."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))
            if name in SPOKEN and node.args:
                yield from literals(node.args[1 if name == "ServiceError" else 0])
            for keyword in node.keywords:
                if keyword.arg in ("help", "purpose"):
                    yield from literals(keyword.value)
    if source.parent.name == "commands" and source.name != "shared.py":
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield str(ast.get_docstring(node))


def literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def values_in(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_sentence_has_a_chinese_twin(source: Path) -> None:
    missing = [text for text in sentences(source) if text not in CHINESE]
    assert missing == []


def test_the_sentences_are_found() -> None:
    """Guards the test above: a scan that finds nothing would pass it."""
    said = {text for source in SOURCES for text in sentences(source)}
    assert "There is no recipe “{name}”; the recipes are: {known}." in said
    assert "List the recipes: what each is for, and what it reaches." in said
    assert len(said) > 100


@pytest.mark.parametrize("english", CHINESE)
def test_twins_hold_the_same_values(english: str) -> None:
    assert values_in(english) == values_in(CHINESE[english])


def test_no_twin_is_left_over() -> None:
    said = {text for source in SOURCES for text in sentences(source)}
    assert set(CHINESE) <= said


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "步"),
        ({"LANG": "en_GB.UTF-8"}, "steps"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "steps"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "C"}, "步"),
        ({}, "steps"),
    ],
)
def test_the_language_follows_the_locale(environment: dict[str, str], spoken: str) -> None:
    try:
        choose_language(None, environment)
        assert spoken in say("steps")
    finally:
        choose_language("en")


def test_an_error_is_said_in_the_chosen_language() -> None:
    error = UsageError("{path} does not exist; give a run folder or a model.onnx.", path="x")
    try:
        choose_language("zh")
        assert say_error(error) == "x 不存在；请给出训练目录或 model.onnx。"
    finally:
        choose_language("en")
    assert say_error(error) == str(error)


def test_another_language_is_refused() -> None:
    with pytest.raises(UsageError, match="en or zh"):
        choose_language("fr")
