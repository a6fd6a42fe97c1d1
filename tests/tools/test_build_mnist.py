from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.datasets import load_mnist
from digitnet.datasets.mnist import MNIST_FILE

SCRIPT = Path(__file__).parents[2] / "tools" / "build_mnist.py"


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(header + array.tobytes())


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the four original files, made again from the file that ships."""
    folder = tmp_path_factory.mktemp("originals")
    mnist = load_mnist()
    train = (mnist.validation, mnist.train)
    write_idx(folder / "train-images-idx3-ubyte", np.concatenate([part.images for part in train]))
    write_idx(folder / "train-labels-idx1-ubyte", np.concatenate([part.labels for part in train]))
    write_idx(folder / "t10k-images-idx3-ubyte", mnist.test.images)
    write_idx(folder / "t10k-labels-idx1-ubyte", mnist.test.labels)
    return folder


def build(folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, folder, out], capture_output=True, text=True, check=False
    )


def test_the_originals_give_the_file_that_ships(originals: Path, tmp_path: Path) -> None:
    out = tmp_path / "mnist.npz"
    result = build(originals, out)
    assert result.returncode == 0, result.stderr
    with np.load(out) as built, np.load(Path(str(MNIST_FILE))) as shipped:
        assert built.files == shipped.files == ["x_train", "y_train", "x_test", "y_test"]
        for key in built.files:
            assert np.array_equal(built[key], shipped[key])


@pytest.mark.parametrize(
    "name",
    [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ],
)
def test_an_altered_file_is_refused(originals: Path, tmp_path: Path, name: str) -> None:
    for path in originals.iterdir():
        (tmp_path / path.name).symlink_to(path)
    content = bytearray((originals / name).read_bytes())
    content[-1] ^= 1
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes(content)
    result = build(tmp_path, tmp_path / "mnist.npz")
    assert result.returncode == 1
    assert f"{name}: SHA-256 is" in result.stderr
    assert "not the original MNIST file" in result.stderr
    assert not (tmp_path / "mnist.npz").exists()
