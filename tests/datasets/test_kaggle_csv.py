from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from digitnet.datasets import Digits, load_dataset, load_digits
from digitnet.datasets.kaggle_csv import read_csv
from digitnet.errors import DataError

Make = Callable[..., Digits]
Write = Callable[..., Path]

HEADER = "label," + ",".join(f"pixel{i}" for i in range(784))


def row(label: object = 3, pixel: object = 0, columns: int = 785) -> str:
    """Return a row whose last pixel is ``pixel``."""
    return ",".join(map(str, [label, *[0] * (columns - 2), pixel]))


@given(
    images=hnp.arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(28), st.just(28))),
    labels=hnp.arrays(np.uint8, 4, elements=st.integers(0, 9)),
    header=st.booleans(),
    name=st.sampled_from(["a.csv", "a.csv.gz"]),
)
def test_what_is_written_is_read(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    header: bool,
    name: str,
    write_csv: Write,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    digits = Digits(images, labels[: len(images)])
    path = write_csv(tmp_path_factory.mktemp("csv") / name, digits, header)
    read = read_csv(path)
    assert np.array_equal(read.images, digits.images)
    assert np.array_equal(read.labels, digits.labels)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "\r\n" + row() + "\r\n" + row(4) + "\r\n",
        "\ufeff" + HEADER + "\n" + row() + "\n" + row(4),
        "\n" + HEADER + "\n\n" + row() + "\n  \n" + row(4) + "\n\n",
        '"' + HEADER.replace(",", '","') + '"\n"' + row().replace(",", '","') + '"\n' + row(4),
        "label,"
        + ",".join(f"{y}x{x}" for y in range(28) for x in range(28))
        + "\n"
        + row()
        + "\n"
        + row(4).replace(",", ", "),
    ],
    ids=["windows", "byte order mark", "blank lines", "quoted", "another header"],
)
def test_variants_that_programs_write(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_csv(path).labels.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([HEADER, row(), row(10)], "row 3 has the label '10', which is no digit"),
        ([HEADER, row(), row(-1)], "row 3 has the label '-1'"),
        ([HEADER, row(), "", row("seven")], "row 4 has the label 'seven'"),
        ([HEADER, row(3.5)], "row 2 has the label '3.5'"),
        ([row(), row("")], "row 2 has the label ''"),
        ([HEADER, row(), row(3, 256)], "row 3, column 785 is '256', not a whole number from 0"),
        ([HEADER, row(), row(3, "0.5")], "row 3, column 785 is '0.5'"),
        ([HEADER, row(3, "nan")], "row 2, column 785 is 'nan'"),
        ([HEADER, row(3, "٣")], "row 2, column 785 is '٣'"),
        ([HEADER, row(3, "9" * 5000)], "row 2, column 785 is '9999"),
        ([HEADER, row(), row(columns=700)], "row 3 has 700 columns, not 785"),
        ([HEADER, row(columns=1025), row(columns=1025)], "row 2 has 1025 columns"),
        ([HEADER, row(), row()[:99]], "row 3 has 50 columns"),
        ([HEADER], "holds no digits"),
        ([HEADER, "", " "], "holds no digits"),
        (["", ""], "row 1 is no header"),
        (["hello"], "row 1 is no header as expected: it has 1 columns and begins with 'hello'"),
        (["label,a,b", "1,2,3"], "row 1 is no header as expected: it has 3 columns"),
        ([HEADER.replace(",", ";"), row().replace(",", ";")], "row 1 is no header"),
        ([HEADER.removeprefix("label,"), row(columns=784)], "no label, like Kaggle's test.csv"),
        ([row(columns=784)], "no label, like Kaggle's test.csv"),
        ([row(), row(), row(columns=784), row()], "row 3 has 784 columns, not 785"),
        ([HEADER, '"' + row()], "cannot be read as a table|row 2"),
    ],
)
def test_faults_are_named_by_their_row(lines: list[str], sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=sentence) as raised:
        read_csv(path)
    assert "a.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + "\n" + row() + "\n").encode() + b"3,\xff\xfe\x00" + b",0" * 783)
    with pytest.raises(DataError, match="row 3, column 2"):
        read_csv(path)


def test_a_packed_file_that_breaks_off(make_digits: Make, write_csv: Write, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv.gz", make_digits(20))
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DataError, match="breaks off"):
        read_csv(path)


def test_an_empty_file(tmp_path: Path) -> None:
    for name, content in (("a.csv", b""), ("a.csv.gz", gzip.compress(b""))):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(DataError):
            read_csv(path)


def test_a_folder_with_train_and_test(make_digits: Make, write_csv: Write, tmp_path: Path) -> None:
    test = make_digits(5, seed=1)
    write_csv(tmp_path / "mnist_train.csv", make_digits(24), header=False)
    write_csv(tmp_path / "mnist_test.csv", test, header=False)
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n")
    dataset = load_dataset(tmp_path)
    assert np.array_equal(dataset.test.images, test.images)
    assert (len(dataset.train), len(dataset.validation)) == (22, 2)
    assert set(dataset.sha256) == {"mnist_train.csv", "mnist_test.csv"}
    assert len(load_digits(tmp_path)) == 5


def test_kaggles_own_folder_says_that_its_test_has_no_labels(
    make_digits: Make, write_csv: Write, tmp_path: Path
) -> None:
    write_csv(tmp_path / "train.csv", make_digits(24))
    (tmp_path / "test.csv").write_text(f"{HEADER.removeprefix('label,')}\n{row(columns=784)}\n")
    with pytest.raises(DataError, match=r"test\.csv has 784 pixels a row but no label"):
        load_dataset(tmp_path)
    assert len(load_dataset(tmp_path / "train.csv").test) == 3


def test_two_files_for_one_part(make_digits: Make, write_csv: Write, tmp_path: Path) -> None:
    write_csv(tmp_path / "train.csv", make_digits(24))
    write_csv(tmp_path / "mnist_train.csv", make_digits(24))
    with pytest.raises(DataError, match="both the train part"):
        load_dataset(tmp_path)


def test_a_folder_of_other_csv_files(make_digits: Make, write_csv: Write, tmp_path: Path) -> None:
    write_csv(tmp_path / "digits.csv", make_digits(24))
    with pytest.raises(DataError, match=r"no train\.csv"):
        load_dataset(tmp_path)
    assert len(load_digits(tmp_path / "digits.csv")) == 24
