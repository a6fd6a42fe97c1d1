"""Many pictures in one call, and `digitnet read` as a person uses it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import warnings
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitnet.datasets import load_mnist
from digitnet.reading import Reader, files
from digitnet.reading.files import FileReading, read_files
from tests.conftest import CommandLine


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MNIST's first test digits 7, 2, 1 on a large light page each, and what is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    for index, name in enumerate(("seven", "two", "one")):
        digit = Image.fromarray(255 - load_mnist().test.images[index]).resize((140, 140))
        page = Image.new("L", (400, 300), 255)
        page.paste(digit, (180, 90))
        page.save(folder / f"{name}.png")
    Image.new("L", (200, 200), 255).save(folder / "blank.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    return folder


def test_one_picture_prints_its_digits_alone(digitnet: CommandLine, pictures: Path) -> None:
    done = digitnet("read", pictures / "seven.png")
    assert done.stdout == "7\n"
    assert done.stderr == ""


def test_many_pictures_are_named_and_one_that_fails_does_not_stop_the_others(
    digitnet: CommandLine, pictures: Path
) -> None:
    done = digitnet("read", *(pictures / n for n in ("two.png", "broken.jpg", "one.png")), code=1)
    assert done.stdout == f"{pictures / 'two.png'}: 2\n{pictures / 'one.png'}: 1\n"
    assert done.stderr.startswith(f"Error: {pictures / 'broken.jpg'}: ")
    assert done.stderr.count("\n") == 1


def test_json_is_one_object_a_picture_in_order(digitnet: CommandLine, pictures: Path) -> None:
    paths = [str(pictures / name) for name in ("two.png", "broken.jpg", "blank.png")]
    done = digitnet("read", *paths, "--json", code=1)
    two, broken, blank = map(json.loads, done.stdout.splitlines())
    assert [two["image"], broken["image"], blank["image"]] == paths
    assert two["text"] == "2"
    (line,) = two["lines"]
    (digit,) = line["digits"]
    assert digit["digit"] == 2
    assert 0.5 < digit["confidence"] <= 1
    x, y, w, h = digit["box"]
    assert 180 <= x < x + w <= 320
    assert 90 <= y < y + h <= 230
    assert set(broken) == {"image", "error"}
    assert (blank["text"], blank["lines"]) == ("", [])


def test_a_page_without_digits_is_no_error(digitnet: CommandLine, pictures: Path) -> None:
    done = digitnet("read", pictures / "blank.png")
    assert done.stdout == ""
    assert "there is no digit on it" in done.stderr


def test_the_doubtful_become_question_marks(digitnet: CommandLine, pictures: Path) -> None:
    done = digitnet("read", pictures / "two.png", "--min-confidence", "1", "--json")
    reading = json.loads(done.stdout)
    if reading["lines"][0]["digits"][0]["confidence"] < 1:
        assert reading["text"] == "?"
    refused = digitnet("read", pictures / "two.png", "--min-confidence", "2", code=2)
    assert "--min-confidence" in refused.stderr


def test_copies_of_the_same_name_do_not_overwrite_each_other(
    digitnet: CommandLine, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "again").mkdir()
    Image.open(pictures / "one.png").convert("RGB").save(tmp_path / "again" / "one.jpg")
    digitnet(
        "read", pictures / "one.png", tmp_path / "again" / "one.jpg", "--annotate", tmp_path / "out"
    )
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["one-2.png", "one.png"]
    annotated = np.asarray(Image.open(tmp_path / "out" / "one.png").convert("RGB"), int)
    assert (annotated.max(2) - annotated.min(2)).max() > 60, "nothing coloured is drawn on it"


def test_standard_input_is_a_picture_too(pictures: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "digitnet", "read", "-"],
        input=(pictures / "two.png").read_bytes(),
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"2\n"


def test_errors_are_said_in_chinese_too(digitnet: CommandLine, pictures: Path) -> None:
    done = digitnet("read", pictures / "broken.jpg", "--lang", "zh", code=1)
    assert done.stderr.startswith(f"错误：{pictures / 'broken.jpg'}：")


def test_another_model_or_a_run_may_read(digitnet: CommandLine, pictures: Path) -> None:
    digitnet("train", "fast", "--steps", "60", "--out", "run")
    assert digitnet("read", pictures / "one.png", "--model", "run").stdout.strip() == "1"
    digitnet("read", pictures / "one.png", "--model", "run/model.onnx")
    missing = digitnet("read", pictures / "one.png", "--model", "gone.onnx", code=1)
    assert "gone.onnx" in missing.stderr


def test_pictures_are_read_one_at_a_time(pictures: Path) -> None:
    """A long list does not have to be read whole before its first result."""
    results = read_files([str(pictures / "two.png"), "gone.png"])
    first = next(results)
    assert first.reading is not None
    assert first.reading.text == "2"
    second = next(results)
    assert second.reading is None
    assert "gone.png" in str(second.error)


@settings(max_examples=20)
@given(
    names=st.lists(
        st.sampled_from(["seven.png", "two.png", "one.png", "blank.png", "broken.jpg", "gone"]),
        max_size=12,
    ),
    threads=st.integers(1, 4),
)
def test_any_number_of_threads_reads_the_same_in_the_same_order(
    pictures: Path, names: list[str], threads: int
) -> None:
    paths = [str(pictures / name) for name in names]
    reader = Reader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "processors", lambda: threads)
        patch.setattr(files, "GROUP_PICTURES", 2)
        patch.setattr(files, "SMALL_BYTES", 0)
        together = [_words(result) for result in read_files(paths)]
    alone = [
        FileReading(path, None, result)
        if isinstance(result, Exception)
        else FileReading(path, result, None)
        for path, result in zip(paths, reader.read_many(paths), strict=True)
    ]
    assert together == [_words(result) for result in alone]


def _words(result: FileReading) -> tuple[str, str | None, str]:
    text = result.reading.text if result.reading else None
    return result.image, text, str(result.error or "")


def test_threads_do_not_run_far_ahead_of_who_listens(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the list, only a few pictures are in memory."""
    begun, counter = threading.Semaphore(0), count()
    read_many = Reader.read_many

    def counted(self: Reader, images: list[str], min_confidence: float) -> object:
        next(counter)
        begun.release()
        return read_many(self, images, min_confidence)

    monkeypatch.setattr(Reader, "read_many", counted)
    monkeypatch.setattr(files, "processors", lambda: 2)
    monkeypatch.setattr(files, "GROUP_PICTURES", 1)
    monkeypatch.setattr(files, "SMALL_BYTES", 0)
    results = read_files([str(pictures / "one.png")] * 50)
    first = next(results)
    assert first.reading is not None
    for _ in range(2):
        begun.acquire()
    results.close()  # type: ignore[attr-defined]
    assert next(counter) <= files.GROUPS_AHEAD * 2 + 1


def test_small_pictures_are_read_in_one_thread(tmp_path: Path) -> None:
    for name, size in (("digit", 300), ("page", 80_000)):
        (tmp_path / name).write_bytes(bytes(size))
    assert files._useful_threads([str(tmp_path / "digit")] * 4) == 1
    assert files._useful_threads([str(tmp_path / "page")] * 4) == min(4, files.processors())


def test_decoding_in_threads_leaves_the_filters_of_warnings_as_they_were(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "processors", lambda: 4)
    monkeypatch.setattr(files, "SMALL_BYTES", 0)
    before = list(warnings.filters)
    readings = list(read_files([str(pictures / "two.png"), "gone.png"] * 20))
    assert len(readings) == 40
    assert list(warnings.filters) == before


def test_bytes_pictures_and_arrays_read_alike() -> None:
    import digitnet

    array = np.kron(255 - load_mnist().test.images[1], np.ones((4, 4), np.uint8))
    picture = Image.fromarray(array)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    texts = {digitnet.read(source).text for source in (array, picture, buffer.getvalue())}
    assert texts == {"2"}
