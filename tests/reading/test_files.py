"""Many pictures in one call, and `digitnet read` as a person uses it."""

from __future__ import annotations

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


def test_the_doubtful_become_question_marks(
    digitnet: CommandLine, pictures: Path, tmp_path: Path
) -> None:
    doubtful = tmp_path / "doubtful.png"
    Image.fromarray(255 - load_mnist().validation.images[132]).resize((112, 112)).save(doubtful)
    images = (pictures / "two.png", doubtful)
    done = digitnet("read", *images, "--min-confidence", "0.95", "--json")
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["2", "?"]


@pytest.mark.parametrize("least", ["2", "nan", "sure"])
def test_a_least_confidence_that_is_none_is_refused(
    digitnet: CommandLine, pictures: Path, least: str
) -> None:
    refused = digitnet("read", pictures / "two.png", "--min-confidence", least, code=2)
    assert "confidence" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_copy_never_replaces_a_file(digitnet: CommandLine, pictures: Path) -> None:
    original = (pictures / "two.png").read_bytes()
    (digitnet.folder / "two.png").write_bytes(original)
    digitnet("read", "two.png", "--annotate", ".")
    assert (digitnet.folder / "two.png").read_bytes() == original
    with Image.open(digitnet.folder / "two-2.png") as copy:
        assert copy.mode == "RGB"


def test_what_was_read_is_printed_even_if_its_copy_cannot_be_written(
    digitnet: CommandLine, pictures: Path
) -> None:
    (digitnet.folder / "out" / ".two.partial.png").mkdir(parents=True)
    done = digitnet("read", pictures / "two.png", "--annotate", "out", code=1)
    assert done.stdout == "2\n"
    assert "two.png could not be written" in done.stderr
    exported = digitnet("read", pictures / "two.png", "--annotate", "out", "--json", code=1)
    assert {"text", "lines", "error"} <= set(json.loads(exported.stdout))


def test_the_folder_for_copies_is_none(digitnet: CommandLine, pictures: Path) -> None:
    (digitnet.folder / "out").touch()
    refused = digitnet("read", pictures / "two.png", "--annotate", "out", code=1)
    assert refused.stderr == (
        "Error: out is a file, not a folder; name another place for the copies.\n"
    )


def test_pages_of_one_file_are_named(digitnet: CommandLine, pictures: Path) -> None:
    pages = [Image.open(pictures / f"{name}.png") for name in ("seven", "two")]
    pages[0].save(digitnet.folder / "form.tiff", save_all=True, append_images=pages[1:])
    assert digitnet("read", "form.tiff").stdout == "form.tiff[0]: 7\nform.tiff[1]: 2\n"


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


def test_standard_input_that_holds_no_picture_is_told_in_one_sentence(
    digitnet: CommandLine,
) -> None:
    command = [sys.executable, "-m", "digitnet", "read"]
    empty = subprocess.run([*command, "-"], input=b"", capture_output=True, check=False)
    assert (empty.returncode, empty.stderr) == (1, b"Error: <stdin>: the file is empty.\n")
    closing = ["sh", "-c", '"$@" <&-', "sh", *command, "-"]
    closed = subprocess.run(closing, capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (1, b"Error: image: the file is empty.\n")
    assert "once only" in digitnet("read", "-", "-", code=2).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_cannot_be_written_is_told_in_one_sentence(pictures: Path) -> None:
    command = [sys.executable, "-m", "digitnet", "read", str(pictures / "two.png")]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"Error: The output could not be written: No space left on device.\n"


def test_errors_are_said_in_chinese_too(digitnet: CommandLine, pictures: Path) -> None:
    done = digitnet("read", pictures / "broken.jpg", "--lang", "zh", code=1)
    assert done.stderr.startswith(f"错误：{pictures / 'broken.jpg'}：")
    gone = digitnet("read", pictures / "two.png", "--model", "gone", "--lang", "zh", code=1)
    assert gone.stderr == "错误：gone：无法打开模型（没有这个文件或文件夹）。\n"


def test_another_model_or_a_run_may_read(digitnet: CommandLine, pictures: Path) -> None:
    digitnet("train", "fast", "--steps", "60", "--out", "run")
    assert digitnet("read", pictures / "one.png", "--model", "run").stdout.strip() == "1"
    digitnet("read", pictures / "one.png", "--model", "run/model.onnx")
    missing = digitnet("read", pictures / "one.png", "--model", "gone.onnx", code=1)
    assert "gone.onnx" in missing.stderr


def test_a_long_list_is_not_read_before_its_first_result(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "processors", lambda: 1)
    monkeypatch.setattr(files, "GROUP_PICTURES", 1)
    later = tmp_path / "later.png"
    results = read_files([str(pictures / "two.png"), str(later)])
    assert next(results).reading
    later.write_bytes((pictures / "seven.png").read_bytes())
    second = next(results).reading
    assert second is not None
    assert second.text == "7"


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
