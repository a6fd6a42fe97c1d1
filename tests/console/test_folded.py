from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from digitnet.console.folded import Folded, fold
from digitnet.messages import Language, say, speaking
from digitnet.training.recipe import RECIPES

PURPOSES = [recipe.purpose for recipe in RECIPES.values()]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_nothing_is_lost_and_nothing_too_wide(purpose: str, language: Language) -> None:
    with speaking(language):
        text = say(purpose)
    for width in (24, 33, 80):
        lines = fold(text, width)
        assert max(map(cell_len, lines)) <= width
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line.startswith(tuple(" ，。：；、）”")) for line in lines)


def test_chinese_goes_on_after_a_latin_word() -> None:
    assert fold("CPU 上最准确的网络：六层", 12) == ["CPU 上最准确", "的网络：六层"]
    assert fold("用 dropout。", 10) == ["用", "dropout。"]


def test_english_is_broken_between_words() -> None:
    assert fold("a small network, Muon", 9) == ["a small", "network,", "Muon"]
    assert fold("unbreakable", 4) == ["unbreakable"]
    assert fold("", 4) == [""]


def test_a_table_gives_it_the_room_that_there_is() -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row("name", Folded("CPU 上最准确的网络：六个卷积层"))
    console = Console(file=io.StringIO(), width=29)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert lines == ["name  CPU 上最准确的网络：六", "      个卷积层"]
