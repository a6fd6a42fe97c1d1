from __future__ import annotations

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.spoiled import CONDITIONS, UNSPOILED, spoiled_page
from digitnet.datasets import load_mnist
from digitnet.pages import compose
from digitnet.pages.spoiling import spoil


def test_every_spoiling_is_of_the_same_pages() -> None:
    digits = load_mnist().validation
    seed = len(CONDITIONS) + 1
    page = compose(digits, CONDITIONS[1], seed)
    assert np.array_equal(spoiled_page(digits, UNSPOILED, seed).image, page.image)
    spoiled = spoiled_page(digits, "faded", seed)
    assert np.array_equal(spoiled.image, spoil(page, "faded", seed).image)
    assert spoiled.lines == page.lines


def test_spoiled_pages_stand_below_what_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["spoiled", "--split", "validation", "--ours-only", "--pages", "1"]
    assert main([*arguments, "--spoilings", "faded,unspoiled"]) == 0
    lines = capsys.readouterr().out.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("spoiled pages"))
    assert [line.split()[0] for line in lines[first + 1 : first + 4]] == [UNSPOILED, "faded", "all"]
    assert max(map(len, lines)) <= 80


def test_an_unknown_spoiling_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spoiled", "--spoilings", "burnt"]) == 2
    assert "There is no spoiling burnt" in capsys.readouterr().err


@pytest.mark.parametrize("pages", ["0", "-3"])
def test_no_pages_are_too_few(pages: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spoiled", "--pages", pages]) == 2
    assert "at least one page" in capsys.readouterr().err
