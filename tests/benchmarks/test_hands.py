from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from matplotlib import font_manager

from benchmarks.__main__ import main
from benchmarks.hands import HANDS, digits_of, find_fonts
from digitnet.reading import Reader

FONT = Path(font_manager.findfont("DejaVu Sans"))  # It comes with matplotlib.


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    """A folder with a font that has the name of one of the hands, and one that has not."""
    (tmp_path / "deep").mkdir()
    shutil.copy(FONT, tmp_path / "deep" / f"{HANDS[0]}.ttf")
    shutil.copy(FONT, tmp_path / "Other.ttf")
    return tmp_path


def test_the_fonts_are_found_by_name(fonts: Path) -> None:
    assert list(find_fonts([fonts, fonts / "none"])) == [HANDS[0]]


def test_the_digits_of_a_font_look_like_digits() -> None:
    digits = digits_of([FONT])
    assert np.array_equal(digits.labels, range(10))
    reader = Reader(threads=1)
    right = [reader.read(image).text == str(k) for k, image in enumerate(digits.images)]
    assert sum(right) >= 9


def test_the_table_says_how_many_fonts_there_were(
    fonts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--pages", "0", "--singles", "1", "--ours-only"]
    assert main(["hands", "--fonts", str(fonts), *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "digits of fonts: 1" in lines
    assert any(line.startswith("single digits") for line in lines)
    assert not any(line.startswith("pages") for line in lines)


def test_without_the_fonts_it_says_where_they_come_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hands", "--fonts", str(tmp_path)]) == 2
    assert "--help" in capsys.readouterr().err
