from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.__main__ import main
from benchmarks._readers import Read
from benchmarks._scoring import digits_right, digits_wrong, edit_distance, lines_wrong
from benchmarks.reading import Measurement, Tally, table
from digitnet.datasets import load_mnist
from digitnet.pages import compose
from digitnet.reading.classify import shipped_model

digits = st.text("0123456789", max_size=12)
pages = st.lists(st.text("0123456789", min_size=1, max_size=6), max_size=6)


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ("", "", 0),
        ("123", "123", 0),
        ("123", "", 3),
        ("123", "1234", 1),
        ("123", "13", 1),
        ("123", "173", 1),
        ("12345", "2345", 1),
        ("05221859", "0522I859", 1),
    ],
)
def test_edit_distance_of_examples(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == distance


@given(digits, digits, digits)
def test_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@pytest.mark.parametrize(
    ("written", "read", "wrong"),
    [
        (["123", "45"], "123\n45", 0),
        (["123", "45"], "123 45", 0),  # lines run together
        (["123456"], "123\n456", 0),  # a line in pieces
        (["123", "45", "6"], "45\n6\n123", 0),  # lines in another order
        (["123", "45"], "No. 123\n\n€45.", 0),  # only digits count
        (["123", "45"], "", 5),
        (["123", "45"], "123", 2),
        (["123"], "123\n45", 2),
        (["111", "222"], "222\n171", 1),
        ([], "12", 2),
        ([], "", 0),
    ],
)
def test_digits_wrong_of_examples(written: list[str], read: str, wrong: int) -> None:
    assert digits_wrong(written, read) == wrong


@given(pages, st.randoms(use_true_random=False))
def test_lines_read_in_any_order_are_right(page: list[str], order: random.Random) -> None:
    read = list(page)
    order.shuffle(read)
    assert digits_wrong(page, "\n".join(read)) == 0


@given(pages, pages)
def test_no_more_is_wrong_than_was_written_and_read(page: list[str], read: list[str]) -> None:
    wrong = digits_wrong(page, "\n".join(read))
    written, seen = sum(map(len, page)), sum(map(len, read))
    assert abs(written - seen) <= wrong <= written + seen
    assert wrong <= edit_distance("".join(page), "".join(read))


@given(page=pages.filter(bool), where=st.integers(0, 100), what=st.sampled_from("0123456789"))
def test_one_digit_taken_for_another_is_one_digit_wrong(
    page: list[str], where: int, what: str
) -> None:
    text = "\n".join(page)
    places = [index for index, character in enumerate(text) if character.isdigit()]
    place = places[where % len(places)]
    read = text[:place] + what + text[place + 1 :]
    assert digits_wrong(page, read) <= int(text[place] != what)


@pytest.mark.parametrize(
    ("written", "read", "right"),
    [
        (["123"], "123", "yyy"),
        (["123"], "173", "yny"),
        (["123"], "1923", "ynyy"),
        (["123"], "13", "yy"),
        (["123", "4567"], "4507\n123", "yynyyyy"),
        (["123"], "123\n45", "yyynn"),
        (["12"], "", ""),
    ],
)
def test_digits_right_of_examples(written: list[str], read: str, right: str) -> None:
    assert digits_right(written, read) == [mark == "y" for mark in right]


@given(pages, pages)
def test_every_digit_read_is_right_or_among_the_wrong(page: list[str], read: list[str]) -> None:
    text = "\n".join(read)
    right = digits_right(page, text)
    assert len(right) == sum(map(len, read))
    assert right.count(False) <= digits_wrong(page, text)
    assert sum(map(len, page)) - right.count(True) <= digits_wrong(page, text)


@pytest.mark.parametrize(
    ("written", "read", "wrong"),
    [
        (["123", "45"], "45\n1 2 3", 0),
        (["123", "45"], "1\n23\n45", 1),
        (["123", "45"], "12345", 2),
        (["123", "", "45"], "128\n45\n6", 1),
        (["12", "12"], "12", 1),
        (["12"], "", 1),
    ],
)
def test_lines_wrong_of_examples(written: list[str], read: str, wrong: int) -> None:
    assert lines_wrong(written, read) == wrong


@given(pages, pages)
def test_lines_are_all_right_only_where_no_digit_is_wrong(page: list[str], read: list[str]) -> None:
    text = "\n".join(read)
    assert 0 <= lines_wrong(page, text) <= len(page)
    assert digits_wrong(page, text) == 0 or lines_wrong(page, text) > 0 or len(read) > len(page)


def test_the_table_fits_a_terminal() -> None:
    tally = Tally([10], [3], [12.5], [4], [1], [0.9, 0.8, 0.6], [True, True, False])
    names = ["digitnet", "RapidOCR", "Tesseract"]
    text = table("single digits", {"coarse-bilinear": dict.fromkeys(names, tally)}, names)
    assert max(map(len, text.splitlines())) <= 80
    assert "30.00%" in text
    assert "25.00%" in text
    assert "30.00%" in text.splitlines()[-3]  # Three bins of one: off by 0.1, 0.2 and 0.6.


def test_benchmarks_are_listed_with_what_they_measure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:1] == ["reading"] and len(line.split()) > 4 for line in lines)
    assert max(map(len, lines)) <= 80


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["writing"]) == 2
    assert "There is no benchmark writing" in capsys.readouterr().err


class Scripted:
    """Says what it was told to say, picture by picture, and remembers the pictures."""

    version = "1"

    def __init__(self, name: str, texts: list[str]) -> None:
        self.name = name
        self.texts = iter(texts)
        self.seen: list[NDArray[np.uint8]] = []

    def read(self, image: NDArray[np.uint8], *, single: bool) -> Read:
        assert not single
        self.seen.append(image)
        return Read(next(self.texts), 0.5)


def test_every_reader_reads_the_same_pages(tmp_path: Path) -> None:
    digits = load_mnist().validation
    texts = [compose(digits, "tiny", seed).text for seed in (3, 4)]
    # The first picture is read once more, to warm up, and is not counted then.
    blind = Scripted("blind", ["", "", texts[1]])
    seeing = Scripted("seeing", ["", *texts])
    measurement = Measurement(digits, [blind, seeing], seed=3, failures=tmp_path)
    tallies = measurement.run(["tiny"], 2, compose, single=False)
    written = [sum(map(str.isdigit, text)) for text in texts]
    lines = [text.count("\n") + 1 for text in texts]
    blind_to, same = [written[0], 0], [0.5, 0.5]
    assert tallies["tiny"]["blind"] == Tally(written, blind_to, same, lines, [lines[0], 0])
    assert tallies["tiny"]["seeing"] == Tally(written, [0, 0], same, lines, [0, 0])
    assert all(map(np.array_equal, blind.seen, seeing.seen))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny-3.png", "tiny-3.txt"]


def test_models_of_runs_are_read_with_beside_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "lazy-0"
    run.mkdir()
    shutil.copy(shipped_model(), run / "model.onnx")
    arguments = ["reading", "--split", "validation", "--ours-only", "--conditions", "clean"]
    assert main([*arguments, "--pages", "1", "--beside", str(run)]) == 0
    (clean,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("clean"))
    assert clean.split()[2] == clean.split()[3]  # The same model reads the same.
