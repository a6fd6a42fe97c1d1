from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitnet.datasets import Digits, load_dataset, load_digits
from digitnet.datasets.image_folder import read_image_folder
from digitnet.errors import DataError

Make = Callable[..., Digits]


def write_folder(folder: Path, digits: Digits, suffix: str = ".png") -> Path:
    for index, (image, label) in enumerate(zip(digits.images, digits.labels, strict=True)):
        path = folder / str(label) / f"{index:03}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return folder


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "7"
    folder.mkdir()
    return folder


def sorted_by_class(digits: Digits) -> Digits:
    order = np.argsort(digits.labels, kind="stable")
    return Digits(digits.images[order], digits.labels[order])


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".pgm", ".tif", ".gif", ".PNG"])
def test_what_is_written_is_read(make_digits: Make, tmp_path: Path, suffix: str) -> None:
    digits = make_digits(15)
    read = load_digits(write_folder(tmp_path, digits, suffix))
    expected = sorted_by_class(digits)
    assert np.array_equal(read.images, expected.images)
    assert np.array_equal(read.labels, expected.labels)


def test_jpeg_is_read_as_pillow_decodes_it(tmp_path: Path, class_folder: Path) -> None:
    image = Image.radial_gradient("L").resize((28, 28))
    image.save(class_folder / "a.jpg", quality=95)
    read = read_image_folder(tmp_path).digits["whole"].images[0]
    difference = read.astype(int) - np.asarray(image)
    assert np.abs(difference).max() < 20


def test_parts_lie_in_folders_of_their_names(make_digits: Make, tmp_path: Path) -> None:
    write_folder(tmp_path / "train", make_digits(20))
    write_folder(tmp_path / "test", make_digits(5, seed=1))
    write_folder(tmp_path / "val", make_digits(3, seed=2))
    (tmp_path / ".DS_Store").write_bytes(b"")
    (tmp_path / "__MACOSX").mkdir()
    dataset = load_dataset(tmp_path)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (20, 3, 5)
    assert len(load_digits(tmp_path)) == 5
    assert len(load_digits(tmp_path / "train")) == 20


def test_the_checksum_follows_pixels_and_labels(make_digits: Make, tmp_path: Path) -> None:
    folders = [write_folder(tmp_path / name, make_digits(14)) for name in "abc"]
    Image.fromarray(255 - make_digits(14).images[0]).save(folders[1] / "0" / "000.png")
    (folders[2] / "3" / "003.png").rename(folders[2] / "4" / "003.png")
    (tmp_path / "d").mkdir()
    same = write_folder(tmp_path / "d", make_digits(14), ".bmp")
    a, b, c, d = (load_dataset(each).sha256["images and labels"] for each in (*folders, same))
    assert a == d
    assert len({a, b, c}) == 3


@pytest.mark.parametrize(
    ("mode", "value", "grey"),
    [("RGB", (255, 0, 0), 76), ("RGBA", (90, 90, 90, 255), 90), ("1", 1, 255), ("LA", (9, 255), 9)],
)
def test_colour_becomes_grey(
    tmp_path: Path, class_folder: Path, mode: str, value: tuple[int, ...], grey: int
) -> None:
    Image.new(mode, (28, 28), value).save(class_folder / "a.png")
    assert (read_image_folder(tmp_path).digits["whole"].images == grey).all()


def test_a_palette_becomes_grey(tmp_path: Path, class_folder: Path) -> None:
    image = Image.radial_gradient("L").resize((28, 28)).convert("RGB").quantize(256)
    image.save(class_folder / "a.png")
    read = read_image_folder(tmp_path).digits["whole"].images[0]
    assert np.array_equal(read, np.asarray(image.convert("L")))


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (Image.new("L", (32, 20)), "7/a.png is 32×20 pixels, not 28×28: scale it"),
        (Image.new("1", (10_000, 10_000)), "is 10000×10000 pixels"),
        (Image.new("1", (20_000, 10_000)), "has far more than 28×28 pixels"),
        (Image.new("I;16", (28, 28)), "more than 8 bits a pixel"),
        (Image.new("RGBA", (28, 28), (0, 0, 0, 0)), "has transparent pixels"),
    ],
)
def test_images_that_are_not_as_they_should_be(
    tmp_path: Path, class_folder: Path, image: Image.Image, sentence: str
) -> None:
    image.save(class_folder / "a.png")
    with pytest.raises(DataError, match=sentence):
        load_dataset(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_files_that_are_no_images(tmp_path: Path, class_folder: Path, content: bytes) -> None:
    (class_folder / "a.png").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.png is damaged or no image"):
        load_dataset(tmp_path)


def test_an_image_that_breaks_off(tmp_path: Path, class_folder: Path, make_digits: Make) -> None:
    path = class_folder / "a.png"
    Image.fromarray(make_digits(1).images[0]).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="damaged"):
        load_dataset(tmp_path)


def test_a_format_that_starts_other_programs_is_not_tried(
    tmp_path: Path, class_folder: Path
) -> None:
    (class_folder / "a.png").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 28 28\n%%EndComments\n%%EOF\n"
    )
    with pytest.raises(DataError, match="damaged or no image"):
        load_dataset(tmp_path)


def test_other_files_among_the_images(tmp_path: Path, class_folder: Path) -> None:
    (class_folder / "notes.txt").write_text("seven")
    with pytest.raises(DataError, match=r"notes\.txt is no image"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("name", ["seven", "10", "07"])
def test_other_names_than_digits(
    tmp_path: Path, class_folder: Path, make_digits: Make, name: str
) -> None:
    write_folder(tmp_path, make_digits(3))
    class_folder.rename(tmp_path / name)
    with pytest.raises(DataError, match=f"{name} is no folder for a digit"):
        load_dataset(tmp_path)


def test_class_folders_beside_train(tmp_path: Path, make_digits: Make) -> None:
    write_folder(tmp_path, make_digits(3))
    write_folder(tmp_path / "train", make_digits(3))
    with pytest.raises(DataError, match="folders for digits beside train"):
        load_dataset(tmp_path)


def test_two_names_for_one_part(tmp_path: Path, make_digits: Make) -> None:
    for name in ("train", "val", "validation"):
        write_folder(tmp_path / name, make_digits(3))
    with pytest.raises(DataError, match="both the validation part"):
        load_dataset(tmp_path)


def test_a_part_without_class_folders(tmp_path: Path, make_digits: Make) -> None:
    write_folder(tmp_path / "train", make_digits(3))
    (tmp_path / "train" / "more").mkdir()
    with pytest.raises(DataError, match="train/more is no folder for a digit"):
        load_dataset(tmp_path)


def test_empty_class_folders(tmp_path: Path, class_folder: Path) -> None:
    assert class_folder.is_dir()
    with pytest.raises(DataError, match="holds no digits"):
        load_dataset(tmp_path)
