"""What a reader found, checked, and divided into the three parts of a `Dataset`."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from digitnet.datasets.digits import CLASSES, Digits
from digitnet.errors import DataError
from digitnet.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)

PartName = Literal["train", "validation", "test", "whole"]
"""A part of a source; ``whole`` is one that has no parts of its own."""

PART_NAMES: dict[str, PartName] = {
    "train": "train",
    "validation": "validation",
    "val": "validation",
    "test": "test",
    "t10k": "test",
}
"""What people call the parts in names of files and folders."""

# MNIST's own proportions: 10,000 of 70,000 to test, and then 5,000 of 60,000 to validation.
TEST_SHARE = 7
VALIDATION_SHARE = 12

SPLIT_SEED = 0
"""Seed of the order in which digits are divided: the same source always gives the same parts."""

MOSTLY = 2 / 3
"""From this share of bright pixels along the edges on, the paper is bright; below the rest, dark.

Of the pixels along the edges of MNIST's validation digits not one in 1,000 is bright.
"""

FEWEST_DIGITS = 12
"""Fewer cannot be divided so that every part has at least one."""


@dataclass(frozen=True, eq=False)
class Parts:
    """What a reader found at a path.

    Attributes:
        digits: the digits of every part; either ``whole`` alone or any of the others.
        sha256: a checksum for every file they came from.
    """

    digits: dict[PartName, Digits]
    sha256: dict[str, str]


def labelled(
    images: NDArray[np.uint8],
    labels: NDArray[np.integer],
    images_name: object,
    labels_name: object,
) -> Digits:
    """Put images and their labels together, after checking that they fit.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) of any type of whole numbers.
        images_name: what a message calls the images: their file.
        labels_name: what a message calls the labels: their file.

    Raises:
        DataError: there are none, their numbers differ, or a label is no digit from 0 to 9.
    """
    if len(images) != len(labels):
        raise DataError(
            "{images_path} has {images} images, but {labels_path} has {labels} labels: one of "
            "them is cut off, or they do not belong together.",
            images_path=images_name,
            images=len(images),
            labels_path=labels_name,
            labels=len(labels),
        )
    if len(labels) == 0:
        raise DataError("{path} holds no digits.", path=labels_name)
    wrong = (labels < 0) | (labels >= CLASSES)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            "{path}: label {row} is {label}, which is no digit from 0 to 9: correct or remove it.",
            path=labels_name,
            row=row + 1,
            label=labels[row],
        )
    return Digits(images, labels.astype(np.uint8))


def with_bright_ink(parts: Parts, path: object) -> Parts:
    """Return the same digits with pixels from 0 for paper to 255 for ink, as in MNIST.

    Most people's digits are black on white; a network that learned from those could not read, for
    the reader shows it ink as 255. So they are turned, and a warning is logged that says so.

    Args:
        parts: all digits that a reader found.
        path: what a message calls where they lie.

    Raises:
        DataError: the pixels are 0 and 1 only, or some images are dark on bright and others are
            bright on dark.
    """
    images = [digits.images for digits in parts.digits.values() if len(digits)]
    _check_range(images, path)
    bright = [_bright_share(each) for each in images]
    if all(share < 1 - MOSTLY for share in bright):
        return parts
    if any(share < MOSTLY for share in bright):
        raise DataError(
            "{path} has images with dark ink on bright paper beside others with bright ink on "
            "dark: make all of them alike.",
            path=path,
        )
    _LOG.warning(
        say(
            "{path} has dark ink on bright paper: each pixel is turned into 255 minus what it is.",
            path=path,
        )
    )
    turned = {name: Digits(255 - each.images, each.labels) for name, each in parts.digits.items()}
    return Parts(turned, parts.sha256)


def check_pixels(digits: Digits, path: object) -> None:
    """Check that pixels go from 0 for paper to 255 for ink, where they are not all there to turn.

    Args:
        digits: some of a stream, enough of them to tell.
        path: what a message calls where they lie.

    Raises:
        DataError: the pixels are 0 and 1 only, or the images are bright along their edges.
    """
    images = [digits.images] if len(digits) else []
    _check_range(images, path)
    if any(_bright_share(each) > 0.5 for each in images):
        raise DataError(
            "{path} has dark ink on bright paper, and pixels go from 0 for paper to 255 for full "
            "ink: turn each into 255 minus what it is.",
            path=path,
        )


def _check_range(images: Sequence[NDArray[np.uint8]], path: object) -> None:
    if max((int(each.max()) for each in images), default=255) <= 1:
        raise DataError(
            "{path} has no pixel above 1, and pixels go from 0 for paper to 255 for full ink: "
            "multiply them by 255.",
            path=path,
        )


def _bright_share(images: NDArray[np.uint8]) -> float:
    """Return which share of the pixels along the four edges of images is bright."""
    edges = np.stack([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]])
    return float((edges > 128).mean())


def same_checksums(first: Mapping[str, str], second: Mapping[str, str]) -> bool:
    """Return whether two sets are the same digits in the same parts, by their checksums.

    What a single file is called says nothing of its digits; of several, it says which part each is.
    """
    if len(first) == len(second) == 1:
        return set(first.values()) == set(second.values())
    return first == second


def split(parts: Parts, path: Path) -> tuple[Digits, Digits, Digits]:
    """Return the digits for training, validation and test.

    Parts that the source has are kept. A missing test part is a seventh of the rest and a missing
    validation part a twelfth of what then remains, as in MNIST: 10,000 of 70,000, then 5,000 of
    60,000. They are taken in an order that is shuffled, since many sources are sorted by digit,
    but always the same.

    Raises:
        DataError: there are too few digits, or none to learn from.
    """
    digits = parts.digits
    train = digits.get("whole") or digits.get("train")
    if train is None:
        raise DataError(
            "{path} has no training digits, only these: {parts}. Add a training part.",
            path=path,
            parts=", ".join(sorted(digits)),
        )
    validation, test = digits.get("validation"), digits.get("test")
    if (validation is None or test is None) and len(train) < FEWEST_DIGITS:
        raise DataError(
            "{path} has {count} digits to learn from, too few to keep some back for validation "
            "and test: at least {fewest} are needed.",
            path=path,
            count=len(train),
            fewest=FEWEST_DIGITS,
        )
    if test is None:
        test, train = _divide(train, TEST_SHARE)
    if validation is None:
        validation, train = _divide(train, VALIDATION_SHARE)
    return train, validation, test


def _divide(digits: Digits, share: int) -> tuple[Digits, Digits]:
    """Return one part in ``share`` of the digits, and the others."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(digits))
    first, others = np.split(order, [max(1, len(digits) // share)])
    return (
        Digits(digits.images[first], digits.labels[first]),
        Digits(digits.images[others], digits.labels[others]),
    )


def join(digits: list[Digits]) -> Digits:
    """Return all digits one after the other."""
    if len(digits) == 1:
        return digits[0]
    return Digits(
        np.concatenate([each.images for each in digits]),
        np.concatenate([each.labels for each in digits]),
    )


def arrays_sha256(digits: dict[PartName, Digits]) -> str:
    """Return one SHA-256 over the decoded images and labels of all parts."""
    digest = hashlib.sha256()
    for name in sorted(digits):
        digest.update(f"{name} {len(digits[name])}\n".encode())
        digest.update(np.ascontiguousarray(digits[name].images).data)
        digest.update(np.ascontiguousarray(digits[name].labels).data)
    return digest.hexdigest()
