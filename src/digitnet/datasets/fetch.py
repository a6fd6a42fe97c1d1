"""Fetching other sets like MNIST: from the first mirror that serves them right.

Downloads go on where they stopped, and nothing counts as fetched before its checksum was found
right.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from digitnet.datasets.mnist import MNIST_FILE, verify_mnist
from digitnet.datasets.source_file import file_sha256
from digitnet.datasets.sources import SOURCES, RemoteFile, Source, cache_folder
from digitnet.errors import DataError, UsageError
from digitnet.files import cannot_write, write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 1 << 16


class Progress(NamedTuple):
    """How far the download of a file has come.

    Attributes:
        file: its name.
        url: where it is being fetched from.
        done: bytes that are here.
        total: bytes it has, or None if the server does not say.
    """

    file: str
    url: str
    done: int
    total: int | None


@dataclass(frozen=True)
class Availability:
    """Whether a set is here.

    Attributes:
        name: the name of the set.
        purpose: what it is for, in a line of English.
        licence: under which terms it may be used.
        state: it ships with this package, was fetched, or can be fetched.
        size: bytes on the disk, or to be downloaded; None if that is unknown.
        path: where it is, or would be.
    """

    name: str
    purpose: str
    licence: str
    state: Literal["shipped", "fetched", "not fetched"]
    size: int | None
    path: Path


@dataclass(frozen=True)
class Check:
    """What came out of checking a set that is here.

    Attributes:
        name: the name of the set.
        path: where it is.
        error: what is wrong with it, or None.
    """

    name: str
    path: Path
    error: DataError | None


def fetch(
    name: str,
    folder: Path | None = None,
    on_progress: Callable[[Progress], object] = lambda _: None,
    *,
    sources: Mapping[str, Source] = SOURCES,
    timeout: float = 30.0,
) -> Path:
    """Fetch a set unless it is here already, and return its folder, which `load_dataset` reads.

    Args:
        name: a key of ``sources``.
        folder: where sets lie, each in a folder of its own name; the user's cache if None.
        on_progress: called after every piece of a file.
        sources: the sets that can be fetched.
        timeout: seconds of a server's silence after which the next is tried.

    Raises:
        UsageError: there is no set of this name.
        DataError: no mirror served a file right. What came so far is kept for the next time.
        DigitnetError: the folder cannot be written, or the disk is full.
    """
    source = sources.get(name)
    if source is None:
        raise UsageError(
            "There is no set called {name}: choose one of {names}.",
            name=name,
            names=", ".join(sources),
        )
    place = (folder or cache_folder()) / name
    if _fault(source, place) is None:
        return place
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(place, error) from error
    for file in source.files:
        _fetch_file(file, place, on_progress, timeout)
    if source.convert:
        _convert(source, source.convert(place), place)
    return place


def available(
    folder: Path | None = None, *, sources: Mapping[str, Source] = SOURCES
) -> list[Availability]:
    """Return what is here and what can be fetched.

    Args:
        folder: where sets lie, as for `fetch`.
        sources: the sets that can be fetched.
    """
    shipped = Path(str(MNIST_FILE))
    rows = [
        Availability(
            name="mnist",
            purpose="70,000 handwritten digits, ready to use",
            licence="CC BY-SA 3.0",
            state="shipped",
            size=shipped.stat().st_size,
            path=shipped,
        )
    ]
    for source in sources.values():
        place = (folder or cache_folder()) / source.name
        is_here = source.lies_in(place)
        sizes = (
            [(place / name).stat().st_size for name in source.results]
            if is_here
            else [file.size for file in source.files]
        )
        rows.append(
            Availability(
                source.name,
                source.purpose,
                source.licence,
                "fetched" if is_here else "not fetched",
                None if None in sizes else sum(size or 0 for size in sizes),
                place,
            )
        )
    return rows


def verify(folder: Path | None = None, *, sources: Mapping[str, Source] = SOURCES) -> list[Check]:
    """Check everything that is here against its checksums.

    Args:
        folder: where sets lie, as for `fetch`.
        sources: the sets that can be fetched.
    """
    try:
        verify_mnist()
        fault = None
    except DataError as error:
        fault = error
    checks = [Check("mnist", Path(str(MNIST_FILE)), fault)]
    for source in sources.values():
        place = (folder or cache_folder()) / source.name
        if source.lies_in(place):
            checks.append(Check(source.name, place, _fault(source, place)))
    return checks


def _fault(source: Source, place: Path) -> DataError | None:
    """Return what is wrong with a fetched set, or None if all its files are right."""
    import pooch

    if not source.lies_in(place):
        return DataError(
            "{path} is not complete: fetch {name} again.", path=place, name=source.name
        )
    expected = {file.name: file.checksum for file in source.files}
    if source.convert:
        expected = {name: _recorded_sha256(place / name) for name in source.results}
    for name, checksum in expected.items():
        if not pooch.hashes.hash_matches(str(place / name), checksum):
            return DataError(
                "{path} was altered: its checksum is not {expected}. Run `digitnet data fetch "
                "{name}` to get it again.",
                path=place / name,
                expected=checksum,
                name=source.name,
            )
    return None


def _convert(source: Source, arrays: dict[str, NDArray[np.uint8]], place: Path) -> None:
    """Keep the arrays as npz, with its checksum beside it, instead of the fetched files."""
    target = place / source.results[0]
    named: dict[str, Any] = dict(arrays)
    write_atomically(target, lambda partial: np.savez_compressed(partial, **named))
    line = f"{file_sha256(target)}  {target.name}\n"
    write_atomically(_record(target), lambda partial: partial.write_text(line, encoding="ascii"))
    for file in source.files:
        (place / file.name).unlink(missing_ok=True)


def _record(target: Path) -> Path:
    """Return where the checksum of a converted set lies, in the format of ``sha256sum``."""
    return target.with_name(f"{target.name}.sha256")


def _recorded_sha256(target: Path) -> str:
    try:
        recorded = _record(target).read_text(encoding="ascii", errors="replace")
    except OSError:
        recorded = ""
    return f"sha256:{recorded[:64]}"


def _fetch_file(
    file: RemoteFile, place: Path, on_progress: Callable[[Progress], object], timeout: float
) -> None:
    """Put a file into a folder, from the first mirror that serves it right."""
    part = place / f"{file.name}.part"
    reasons = []
    for url in file.urls:
        reason = _try_mirror(file, url, part, on_progress, timeout)
        if reason is None:
            return
        reasons.append(f"{url} ({reason})")
    raise DataError(
        "{name} could not be fetched: {reasons}. Check the network and run the same command "
        "again: it goes on where it stopped.",
        name=file.name,
        reasons="; ".join(reasons),
    )


def _try_mirror(
    file: RemoteFile,
    url: str,
    part: Path,
    on_progress: Callable[[Progress], object],
    timeout: float,
) -> str | None:
    """Fetch a file from one mirror; return None, or in a word or two why that failed."""
    import pooch
    import requests

    def download(url: str, output: str, _: object) -> None:
        for done, total in _download(url, part, timeout):
            on_progress(Progress(file.name, url, done, total or file.size))
        part.replace(output)

    # What pooch would say to the terminal is said by whoever called us.
    pooch.get_logger().setLevel(logging.WARNING)
    was_begun = _size(part) > 0
    try:
        pooch.retrieve(url, file.checksum, file.name, part.parent, downloader=download)
    except requests.HTTPError as error:
        return str(error)
    except requests.RequestException as error:
        # While the content comes, requests reports a timeout as a failed connection.
        return "timeout" if "timed out" in str(error) else "connection failed"
    except OSError as error:
        raise cannot_write(part, error) from error
    except ValueError:
        part.unlink(missing_ok=True)
        if not was_begun:
            return "wrong checksum"
        # The beginning may have come from another mirror that served something else.
        return _try_mirror(file, url, part, on_progress, timeout)
    return None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _download(url: str, part: Path, timeout: float) -> Iterator[tuple[int, int | None]]:
    """Write what a URL serves to ``part``, going on where that ends; yield bytes done and total."""
    import requests

    done = _size(part)
    # Unpacked on the way, neither lengths nor ranges nor checksums would be those of the file.
    headers = {"Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # Nothing is missing, or the beginning is of another file: the checksum will tell.
            return
        if response.status_code not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            raise requests.HTTPError(f"HTTP {response.status_code}")
        if not response.headers.get("Content-Range", "").startswith(f"bytes {done}-"):
            done = 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else None
        with part.open("ab" if done else "wb") as file:
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                yield done, total
