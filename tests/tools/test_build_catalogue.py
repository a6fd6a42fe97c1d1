from __future__ import annotations

import gettext
import string
from pathlib import Path

import pytest

from tools.build_catalogue import CATALOGUES, OURS, sentences, sources, translated

FILES = sorted(CATALOGUES.glob("*.po"))
SENTENCES = [(path, english) for path in FILES for english in translated(path)]


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.name)
def test_every_sentence_has_a_chinese_twin(source: Path) -> None:
    twins = translated(OURS)
    assert [text for text in sentences(source) if not twins.get(text)] == []


def test_the_sentences_are_found() -> None:
    """Guards the test above: a scan that finds nothing would pass it."""
    said = {text for source in sources() for text in sentences(source)}
    assert "There is no recipe “{name}”; the recipes are: {known}." in said
    assert "List the recipes: what each is for, and what it reaches." in said
    assert len(said) > 100


def test_no_twin_is_left_over() -> None:
    said = {text for source in sources() for text in sentences(source)}
    assert set(translated(OURS)) <= said


def test_there_are_the_catalogues_of_click_and_of_the_operating_system_too() -> None:
    assert [path.stem for path in FILES] == ["digitnet", "messages", "reasons"]


@pytest.mark.parametrize(("path", "english"), SENTENCES)
def test_gettext_finds_the_twin_with_the_same_values(
    path: Path, english: str | tuple[str, str]
) -> None:
    chinese = translated(path)[english]
    catalogue = gettext.translation(path.stem, CATALOGUES.parents[1], languages=["zh"])
    if isinstance(english, str):
        assert catalogue.gettext(english) == chinese
        assert values_in(chinese) <= values_in(english)
        assert path != OURS or values_in(chinese) == values_in(english)
    else:
        assert {catalogue.ngettext(*english, n) for n in (1, 2)} == {chinese}
        assert values_in(chinese) <= values_in("".join(english))


def values_in(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}
