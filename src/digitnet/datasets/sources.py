"""Where other sets like MNIST can be had, and how to tell that they came right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitnet.datasets.convert import (
    EMNIST_ARCHIVE,
    QMNIST_FILES,
    convert_emnist_digits,
    convert_qmnist,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class RemoteFile:
    """A file that several servers hold.

    Attributes:
        name: what it is called here.
        urls: where it is, the one to try first in front.
        checksum: ``sha256:…`` or ``md5:…`` of the file as it is served.
        size: bytes, or None where the publishers do not say.
    """

    name: str
    urls: tuple[str, ...]
    checksum: str
    size: int | None = None


@dataclass(frozen=True)
class Source:
    """A set of digits, or of other things in ten classes, that can be fetched.

    Attributes:
        name: what it is called in commands.
        purpose: what it is for, in a line.
        licence: under which terms it may be used.
        files: what has to be fetched.
        convert: makes Keras's arrays of the files in a folder, where `load_dataset` cannot read
            the files as they are.
    """

    name: str
    purpose: str
    licence: str
    files: tuple[RemoteFile, ...]
    convert: Callable[[Path], dict[str, NDArray[np.uint8]]] | None = None

    @property
    def results(self) -> tuple[str, ...]:
        """The names of the files that lie in its folder in the end."""
        if self.convert:
            return (f"{self.name}.npz",)
        return tuple(file.name for file in self.files)

    def lies_in(self, folder: Path) -> bool:
        """Tell whether all its files are in a folder; `verify` tells whether they are right."""
        return all((folder / name).is_file() for name in self.results)


def cache_folder() -> Path:
    """Return the folder in which fetched sets lie, each in a folder of its own name."""
    import pooch

    return Path(pooch.os_cache("digitnet"))


# Checksums of MNIST, Fashion-MNIST, KMNIST and EMNIST: TensorFlow Datasets, url_checksums/*.txt;
# of QMNIST: torchvision/datasets/mnist.py.

_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://raw.githubusercontent.com/fgnt/mnist/master",
)
_FASHION_MIRRORS = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
)
_KMNIST_MIRRORS = (
    "https://codh.rois.ac.jp/kmnist/dataset/kmnist",
    "http://codh.rois.ac.jp/kmnist/dataset/kmnist",
)
_QMNIST_MIRRORS = (
    "https://raw.githubusercontent.com/facebookresearch/qmnist/master",
    "https://github.com/facebookresearch/qmnist/raw/master",
)
_EMNIST_MIRRORS = (
    "https://biometrics.nist.gov/cs_links/EMNIST",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST",
)


def _file(
    mirrors: tuple[str, ...], name: str, checksum: str, size: int | None = None
) -> RemoteFile:
    return RemoteFile(name, tuple(f"{mirror}/{name}" for mirror in mirrors), checksum, size)


def _table(*sources: Source) -> dict[str, Source]:
    return {source.name: source for source in sources}


SOURCES = _table(
    Source(
        name="mnist",
        purpose="70,000 handwritten digits: the four original files",
        licence="CC BY-SA 3.0",
        files=(
            _file(
                _MNIST_MIRRORS,
                "train-images-idx3-ubyte.gz",
                "sha256:440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                9_912_422,
            ),
            _file(
                _MNIST_MIRRORS,
                "train-labels-idx1-ubyte.gz",
                "sha256:3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                28_881,
            ),
            _file(
                _MNIST_MIRRORS,
                "t10k-images-idx3-ubyte.gz",
                "sha256:8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                1_648_877,
            ),
            _file(
                _MNIST_MIRRORS,
                "t10k-labels-idx1-ubyte.gz",
                "sha256:f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                4_542,
            ),
        ),
    ),
    Source(
        name="fashion-mnist",
        purpose="70,000 pictures of clothes in ten classes, harder than digits",
        licence="MIT",
        files=(
            _file(
                _FASHION_MIRRORS,
                "train-images-idx3-ubyte.gz",
                "sha256:3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                26_421_880,
            ),
            _file(
                _FASHION_MIRRORS,
                "train-labels-idx1-ubyte.gz",
                "sha256:a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                29_515,
            ),
            _file(
                _FASHION_MIRRORS,
                "t10k-images-idx3-ubyte.gz",
                "sha256:346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                4_422_102,
            ),
            _file(
                _FASHION_MIRRORS,
                "t10k-labels-idx1-ubyte.gz",
                "sha256:67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                5_148,
            ),
        ),
    ),
    Source(
        name="kmnist",
        purpose="70,000 cursive Japanese characters in ten classes",
        licence="CC BY-SA 4.0",
        files=(
            _file(
                _KMNIST_MIRRORS,
                "train-images-idx3-ubyte.gz",
                "sha256:51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                18_165_135,
            ),
            _file(
                _KMNIST_MIRRORS,
                "train-labels-idx1-ubyte.gz",
                "sha256:e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                29_497,
            ),
            _file(
                _KMNIST_MIRRORS,
                "t10k-images-idx3-ubyte.gz",
                "sha256:edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                3_041_136,
            ),
            _file(
                _KMNIST_MIRRORS,
                "t10k-labels-idx1-ubyte.gz",
                "sha256:20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
                5_120,
            ),
        ),
    ),
    Source(
        name="qmnist",
        purpose="MNIST made again from its source, with 60,000 test digits",
        licence="BSD 3-Clause",
        files=(
            _file(_QMNIST_MIRRORS, QMNIST_FILES["x_train"], "md5:ed72d4157d28c017586c42bc6afe6370"),
            _file(_QMNIST_MIRRORS, QMNIST_FILES["y_train"], "md5:0058f8dd561b90ffdd0f734c6a30e5e4"),
            _file(_QMNIST_MIRRORS, QMNIST_FILES["x_test"], "md5:1394631089c404de565df7b7aeaf9412"),
            _file(_QMNIST_MIRRORS, QMNIST_FILES["y_test"], "md5:5b5b05890a5e13444e108efe57b788aa"),
        ),
        convert=convert_qmnist,
    ),
    Source(
        name="emnist-digits",
        purpose="280,000 digits from NIST's forms: a large download",
        licence="not stated",
        files=(
            _file(
                _EMNIST_MIRRORS,
                EMNIST_ARCHIVE,
                "sha256:fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
                561_753_746,
            ),
        ),
        convert=convert_emnist_digits,
    ),
)
