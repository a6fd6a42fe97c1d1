from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from digitnet.datasets import (
    Dataset,
    Digits,
    load_dataset,
    load_digits,
    open_unseen,
    same_checksums,
)
from digitnet.errors import DataError, UsageError

Make = Callable[..., Digits]
Write = Callable[..., Path]


@pytest.fixture
def csv(make_digits: Make, write_csv: Write, tmp_path: Path) -> Path:
    return write_csv(tmp_path / "digits.csv", make_digits(84))


def test_digits_without_parts_are_divided_as_in_mnist(csv: Path, make_digits: Make) -> None:
    dataset = load_dataset(csv)
    parts = [dataset.train, dataset.validation, dataset.test]
    assert [len(part) for part in parts] == [66, 6, 12]
    # No digit is lost and none is in two parts.
    divided = sorted(image.tobytes() for part in parts for image in part.images)
    assert divided == sorted(image.tobytes() for image in make_digits(84).images)


def test_the_parts_are_the_same_every_time_and_shuffled(csv: Path) -> None:
    first, second = load_dataset(csv), load_dataset(csv)
    assert np.array_equal(first.test.images, second.test.images)
    assert np.array_equal(first.train.images, second.train.images)
    assert first.test.labels.tolist() != (np.arange(12) % 10).tolist()


def test_a_sorted_source_has_every_digit_in_every_part(write_csv: Write, tmp_path: Path) -> None:
    labels = np.repeat(np.arange(10, dtype=np.uint8), 100)
    images = np.zeros((1000, 28, 28), np.uint8)
    images[:, 14, 14] = 255
    dataset = load_dataset(write_csv(tmp_path / "a.csv", Digits(images, labels)))
    for part in (dataset.train, dataset.validation, dataset.test):
        assert (part.counts() > 0).all()


def test_name_source_and_checksum(csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(csv.parent)
    dataset = load_dataset("digits.csv")
    assert (dataset.name, dataset.source) == ("digits.csv", str(csv.resolve()))
    assert load_dataset(dataset.source).sha256 == dataset.sha256
    csv.write_bytes(csv.read_bytes() + b"\n")
    assert load_dataset(csv).sha256 != dataset.sha256


def test_mnist_by_its_name() -> None:
    assert load_dataset("mnist").source == "mnist"
    assert len(load_digits("mnist")) == 10_000


def test_a_file_goes_before_a_name(
    make_digits: Make, write_csv: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mnist").mkdir()
    write_csv(tmp_path / "mnist" / "train.csv", make_digits(12))
    monkeypatch.chdir(tmp_path)
    assert len(load_digits("mnist")) == 12
    assert len(load_dataset("mnist").train) == 10


def test_a_path_that_does_not_exist() -> None:
    for load in (load_dataset, load_digits):
        with pytest.raises(UsageError, match=r"nothing at no/such/path: .* fashion-mnist"):
            load("no/such/path")


def test_a_name_that_was_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitnet.datasets.load.cache_folder", lambda: tmp_path)
    (tmp_path / "kmnist").mkdir()
    (tmp_path / "kmnist" / "train-images-idx3-ubyte.gz").write_bytes(b"not all there")
    for load in (load_dataset, load_digits):
        with pytest.raises(UsageError, match="kmnist has not been fetched: run `digitnet data"):
            load("kmnist")


def test_a_name_that_was_fetched(
    make_digits: Make, write_idx: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitnet.datasets.load.cache_folder", lambda: tmp_path)
    folder = tmp_path / "kmnist"
    folder.mkdir()
    for part, count in (("train", 24), ("t10k", 5)):
        digits = make_digits(count)
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", digits.images)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", digits.labels)
    dataset = load_dataset("kmnist")
    assert (dataset.name, dataset.source, len(dataset.sha256)) == ("kmnist", "kmnist", 4)
    assert len(load_digits("kmnist")) == len(dataset.test) == 5


def test_too_few_digits(make_digits: Make, write_csv: Write, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", make_digits(11))
    with pytest.raises(DataError, match=r"has 11 digits to learn from, too few .* at least 12"):
        load_dataset(path)
    assert len(load_digits(path)) == 11


def test_nothing_to_learn_from(make_digits: Make, write_csv: Write, tmp_path: Path) -> None:
    write_csv(tmp_path / "test.csv", make_digits(20))
    with pytest.raises(DataError, match="has no training digits, only these: test"):
        load_dataset(tmp_path)
    assert len(load_digits(tmp_path)) == 20


def test_digits_to_measure_with_are_all_if_there_is_no_test_part(
    make_digits: Make, write_csv: Write, tmp_path: Path
) -> None:
    write_csv(tmp_path / "train.csv", make_digits(20))
    write_csv(tmp_path / "validation.csv", make_digits(5))
    assert len(load_digits(tmp_path)) == 25


@pytest.fixture(params=["npz", "csv", "folder", "parquet"])
def write_any(request: pytest.FixtureRequest, write_csv: Write, write_shard: Write) -> Write:
    """Write digits in one of the formats, and return where they lie."""

    def write(folder: Path, digits: Digits) -> Path:
        path = folder / f"digits.{request.param}"
        if request.param == "npz":
            np.savez(path, x=digits.images, y=digits.labels)
        elif request.param == "csv":
            write_csv(path, digits)
        elif request.param == "parquet":
            write_shard(path, digits)
        else:
            for index, (image, label) in enumerate(zip(digits.images, digits.labels, strict=True)):
                (path / str(label)).mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(path / str(label) / f"{index}.png")
        return path

    return write


def test_dark_ink_on_bright_paper_is_turned_and_said_to_be(
    write_any: Write, make_digits: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    digits = make_digits(40)
    (tmp_path / "dark").mkdir()
    usual = write_any(tmp_path, digits)
    dark = write_any(tmp_path / "dark", Digits(255 - digits.images, digits.labels))
    for load in (load_dataset, load_digits):
        if is_streamed(dark):
            with pytest.raises(DataError, match=r"dark ink on bright paper.* 255 minus"):
                load(dark)
        else:
            caplog.clear()
            turned, as_it_was = load(dark), load(usual)
            assert caplog.messages == [
                f"{dark} has dark ink on bright paper: "
                "each pixel is turned into 255 minus what it is."
            ]
            for found, wanted in zip(parts_of(turned), parts_of(as_it_was), strict=True):
                assert np.array_equal(found.images, wanted.images)
                assert np.array_equal(found.labels, wanted.labels)


def is_streamed(path: Path) -> bool:
    return path.suffix == ".parquet"


def parts_of(found: Digits | Dataset) -> list[Digits]:
    return [found] if isinstance(found, Digits) else [found.train, found.validation, found.test]


def test_dark_and_bright_paper_in_one_set_is_refused(make_digits: Make, tmp_path: Path) -> None:
    digits = make_digits(40)
    turned, labels = 255 - digits.images, digits.labels
    alternating = np.where(np.arange(40)[:, None, None] % 2, turned, digits.images)
    np.savez(tmp_path / "within.npz", images=alternating, labels=labels)
    np.savez(
        tmp_path / "between.npz",
        x_train=turned,
        y_train=labels,
        x_test=digits.images[:5],
        y_test=labels[:5],
    )
    for name in ("within.npz", "between.npz"):
        with pytest.raises(DataError, match="beside others with bright ink on dark"):
            load_dataset(tmp_path / name)


def test_pixels_that_no_reader_would_show_the_network_are_refused(
    write_any: Write, make_digits: Make, tmp_path: Path
) -> None:
    digits = make_digits(40)
    ones = Digits((digits.images > 128).astype(np.uint8), digits.labels)
    (tmp_path / "ones").mkdir()
    scaled = write_any(tmp_path / "ones", ones)
    for load in (load_dataset, load_digits):
        with pytest.raises(DataError, match=r"no pixel above 1.* multiply them by 255"):
            load(scaled)


def test_what_a_network_has_seen_is_known_wherever_it_lies(
    write_any: Write, make_digits: Make, tmp_path: Path
) -> None:
    before = load_dataset(write_any(tmp_path, make_digits(84)))
    elsewhere = shutil.move(before.source, tmp_path / f"moved{Path(before.source).suffix}")
    found = open_unseen(elsewhere, [{"another": "0"}, before.sha256])
    assert not isinstance(found, Digits)
    assert np.array_equal(found.test.images, before.test.images)
    new = open_unseen(elsewhere, [{"another": "0"}])
    assert isinstance(new, Digits)
    assert len(new) == 84


def test_the_names_of_several_files_say_which_part_each_is() -> None:
    sums = {"train.csv": "1", "test.csv": "2"}
    assert same_checksums(sums, dict(reversed(sums.items())))
    assert not same_checksums(sums, {"train.csv": "2", "test.csv": "1"})
    assert same_checksums({"mine.npz": "1"}, {"yours.npz": "1"})


def test_mixed_layouts(csv: Path, make_digits: Make) -> None:
    np.savez(csv.with_name("a.npz"), x=make_digits(12).images, y=make_digits(12).labels)
    with pytest.raises(DataError, match=r"two layouts \(CSV and npz\)"):
        load_dataset(csv.parent)


def test_images_without_class_folders(tmp_path: Path) -> None:
    Image.new("L", (28, 28)).save(tmp_path / "a.png")
    with pytest.raises(DataError, match="images whose digits are unknown"):
        load_dataset(tmp_path)


def test_nothing_of_use(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds nothing to learn from"):
        load_dataset(tmp_path)
    (tmp_path / "notes.txt").write_text("no digits")
    with pytest.raises(DataError, match="holds nothing to learn from"):
        load_dataset(tmp_path)
    with pytest.raises(DataError, match="of no known format"):
        load_dataset(tmp_path / "notes.txt")


@pytest.fixture(scope="module")
def samples(
    make_digits: Make,
    write_csv: Write,
    write_idx: Write,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Path, bytes]]:
    """Return a folder of valid digits in every format, and one file in it with its content."""
    digits = make_digits(12)
    # Mostly paper, so that the files are short and a change often hits their structure.
    digits.images[:, 2:] = 0
    paths = {name: tmp_path_factory.mktemp(name) for name in ("idx", "gz", "csv", "npz", "png")}
    write_idx(paths["idx"] / "train-images-idx3-ubyte", digits.images)
    write_idx(paths["idx"] / "train-labels-idx1-ubyte", digits.labels)
    write_idx(paths["gz"] / "train-images-idx3-ubyte.gz", digits.images)
    write_idx(paths["gz"] / "train-labels-idx1-ubyte.gz", digits.labels)
    write_csv(paths["csv"] / "train.csv", digits)
    np.savez_compressed(paths["npz"] / "a.npz", x=digits.images, y=digits.labels)
    for index, image in enumerate(digits.images):
        (paths["png"] / str(index % 10)).mkdir(exist_ok=True)
        Image.fromarray(image).save(paths["png"] / str(index % 10) / f"{index}.png")
    files = {
        "idx images": paths["idx"] / "train-images-idx3-ubyte",
        "idx labels": paths["idx"] / "train-labels-idx1-ubyte",
        "gz images": paths["gz"] / "train-images-idx3-ubyte.gz",
        "csv": paths["csv"] / "train.csv",
        "npz": paths["npz"] / "a.npz",
        "png": paths["png"] / "0" / "0.png",
    }
    return {name: (file, file.read_bytes()) for name, file in files.items()}


@pytest.mark.parametrize("name", ["idx images", "idx labels", "gz images", "csv", "npz", "png"])
@settings(max_examples=150)
@given(place=st.floats(0, 1), byte=st.integers(0, 255), change=st.sampled_from("scia"))
@example(place=0.0, byte=0, change="c")
@example(place=0.0, byte=255, change="s")
def test_a_damaged_file_gives_digits_or_a_sentence(
    samples: dict[str, tuple[Path, bytes]], name: str, place: float, byte: int, change: str
) -> None:
    path, content = samples[name]
    at = int(place * (len(content) - 1))
    damaged = {
        "s": content[:at] + bytes([byte]) + content[at + 1 :],
        "c": content[:at],
        "i": content[:at] + bytes([byte]) + content[at:],
        "a": content + bytes([byte]) * 10,
    }[change]
    folder = path.parents[1] if name == "png" else path.parent
    path.write_bytes(damaged)
    try:
        with suppress(DataError):
            dataset = load_dataset(folder)
            assert len(dataset.train) + len(dataset.validation) + len(dataset.test) > 0
    finally:
        path.write_bytes(content)
