from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import corruptions
from benchmarks._corruptions import CORRUPTIONS, corrupt
from digitnet import load_mnist
from digitnet.errors import UsageError
from digitnet.reading.classify import shipped_model

each = pytest.mark.parametrize("name", CORRUPTIONS)


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    return load_mnist().validation.images[:200]


@each
def test_digits_come_out_spoiled_and_otherwise_as_they_were(
    images: NDArray[np.uint8], name: str
) -> None:
    before = images.copy()
    spoiled = corrupt(images, name)
    assert spoiled.shape == images.shape
    assert spoiled.dtype == np.uint8
    assert (spoiled != images).any((1, 2)).all()
    assert (images == before).all()


@each
def test_the_seed_decides_what_is_random(images: NDArray[np.uint8], name: str) -> None:
    first = corrupt(images, name, seed=1)
    assert (corrupt(images, name, seed=1) == first).all()
    certain = {"scale", "brightness", "stripe", "canny edges"}
    assert (corrupt(images, name, seed=2) == first).all() == (name in certain)


@each
def test_paper_stays_a_page_that_can_be_spoiled(name: str) -> None:
    blank = np.zeros((3, 28, 28), np.uint8)
    full = np.full((3, 28, 28), 255, np.uint8)
    for page in (blank, full):
        assert corrupt(page, name).shape == page.shape
    if name in {"shot noise", "glass blur", "motion blur", "shear", "rotate", "canny edges"}:
        assert not corrupt(blank, name).any(), "there is no ink to spoil"


def ink(images: NDArray[np.uint8]) -> float:
    return float(images.astype(float).sum())


def test_noise_hits_as_many_pixels_as_it_should(images: NDArray[np.uint8]) -> None:
    spoiled = corrupt(images, "impulse noise")
    assert ((spoiled == 255) & (images == 0)).sum() / (images == 0).sum() == pytest.approx(
        0.085, abs=0.003
    )
    levels = np.unique(corrupt(images, "shot noise"))
    assert levels.tolist() == [0, 85, 170, 255]


def test_what_moves_ink_keeps_it(images: NDArray[np.uint8]) -> None:
    for name in ("glass blur", "shear", "rotate", "motion blur"):
        assert ink(corrupt(images, name)) == pytest.approx(ink(images), rel=0.04), name
    assert ink(corrupt(images, "scale")) == pytest.approx(0.49 * ink(images), rel=0.04)


def test_translation_is_by_three_pixels_each_way() -> None:
    square = np.zeros((50, 28, 28), np.uint8)
    square[:, 10:18, 10:18] = 200
    moved = corrupt(square, "translate")
    corners = {(int(r[0]), int(c[0])) for r, c in (np.nonzero(image) for image in moved)}
    assert corners == {(7, 7), (7, 13), (13, 7), (13, 13)}


def test_brightness_and_stripes_are_as_they_say(images: NDArray[np.uint8]) -> None:
    brighter = corrupt(images, "brightness").astype(int) - images
    assert (brighter[images < 100] == 127).mean() + (brighter[images < 100] == 128).mean() == 1
    striped = corrupt(images, "stripe")
    assert (striped[:, :, 7:21] == images[:, :, 7:21]).all()
    assert (striped[:, :, :7] == 255 - images[:, :, :7]).all()
    assert (striped[:, :, 21:] == 255 - images[:, :, 21:]).all()


def test_lines_run_from_edge_to_edge(images: NDArray[np.uint8]) -> None:
    blank = np.zeros((20, 28, 28), np.uint8)
    assert (corrupt(blank, "zigzag").max(1) > 0).all()
    dotted = corrupt(blank, "dotted line").max(1) > 0
    assert dotted.mean() == pytest.approx(0.5, abs=0.02)
    assert (corrupt(images, "zigzag") >= images).all(), "the digit is still there"


def test_the_table_holds_what_was_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = str(shipped_model())
    out, sheet = tmp_path / "corruptions.json", tmp_path / "sheet.png"
    arguments = [f"twice={shipped},{shipped}", "--digits", "60", "--json", str(out)]
    assert corruptions.main([*arguments, "--sheet", str(sheet)]) == 0
    report = json.loads(out.read_text())
    assert report["models"] == {"twice": 2, "reader": 1}
    rows = report["rows"]
    assert [row["corruption"] for row in rows] == [corruptions.WHOLE, *CORRUPTIONS]
    assert all(row["twice"] == 2 * row["reader"] for row in rows)
    assert rows[0]["reader"][0] < 0.1, "MNIST's own digits are read"
    assert max(row["reader"][0] for row in rows) > 0.1, "spoiled ones are harder"
    mean = np.mean([row["reader"][0] for row in rows[1:]])
    printed = capsys.readouterr().out
    assert f"| **mean of the 15** | {mean:.2%} ± 0.00% | {mean:.2%} |" in printed
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_the_documents_table_is_what_was_measured() -> None:
    docs = Path(corruptions.__file__).parents[1] / "docs"
    report = json.loads((docs / "corruptions.json").read_text(encoding="utf-8"))
    page = (docs / "accuracy.md").read_text(encoding="utf-8")
    assert corruptions.table(report["rows"], list(report["models"])) in page


@pytest.mark.parametrize("text", ["runs/best-1", "=runs/best-1", "best="])
def test_a_column_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="should be NAME=RUN"):
        corruptions.main([text])
