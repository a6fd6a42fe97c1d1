from __future__ import annotations

import hashlib
import re
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from digitnet.datasets import Digits, load_dataset, load_digits
from digitnet.datasets.convert import EMNIST_MEMBERS, QMNIST_FILES
from digitnet.datasets.fetch import Progress, available, fetch, verify
from digitnet.datasets.sources import SOURCES, RemoteFile, Source
from digitnet.errors import DataError, DigitnetError, UsageError

Make = Callable[..., Digits]
Write = Callable[[Path, NDArray[np.generic]], Path]


@dataclass
class Mirrors:
    """A web server that serves ``files`` well or badly, as the first part of the path says."""

    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def remote(self, name: str, *manners: str, checksum: str = "") -> RemoteFile:
        """Return a file that is served in these manners, one mirror each."""
        urls = tuple(f"{self.address}/{manner}/{name}" for manner in manners)
        sha256 = hashlib.sha256(self.files[name]).hexdigest()
        return RemoteFile(name, urls, checksum or f"sha256:{sha256}")

    def ranges(self, manner: str) -> list[str | None]:
        return [asked for path, asked in self.requests if path.startswith(f"/{manner}/")]


def handler(mirrors: Mirrors) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            _, manner, name = self.path.split("/")
            asked = self.headers["Range"]
            mirrors.requests.append((self.path, asked))
            content = mirrors.files[name]
            half = len(content) // 2
            if manner == "missing":
                self.send_error(404)
                return
            if manner == "wrong":
                content = b"<html>please log in</html>" * 9
            if manner == "short":  # and says so, as a proxy does that cut the file off
                content = content[:half]
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            if asked and manner != "rangeless":
                if start >= len(content):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/*")
                content = content[start:]
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if manner in ("truncated", "slow"):
                self.wfile.write(content[: len(content) // 2])
                if manner == "slow":
                    self.wfile.flush()
                    mirrors.closing.wait(60)
            else:
                self.wfile.write(content)

    return Handler


@pytest.fixture
def mirrors() -> Iterator[Mirrors]:
    mirrors = Mirrors()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(mirrors)) as server:
        mirrors.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield mirrors
        mirrors.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def idx_files(make_digits: Make, write_idx: Write, tmp_path: Path) -> dict[str, bytes]:
    """Return MNIST's four files with a few digits in them."""
    files = {}
    for part, count in (("train", 300), ("t10k", 20)):
        digits = make_digits(count)
        for name, array in (("images-idx3", digits.images), ("labels-idx1", digits.labels)):
            path = write_idx(tmp_path / f"{part}-{name}-ubyte.gz", array)
            files[path.name] = path.read_bytes()
            path.unlink()
    return files


@pytest.fixture
def small(mirrors: Mirrors, idx_files: dict[str, bytes]) -> Callable[..., dict[str, Source]]:
    """Return a table with one set whose files are served in these manners."""
    mirrors.files = idx_files

    def table(*manners: str) -> dict[str, Source]:
        files = tuple(mirrors.remote(name, *manners) for name in idx_files)
        return {"small": Source("small", "a few digits", "MIT", files)}

    return table


Table = Callable[..., dict[str, Source]]

IMAGES = "train-images-idx3-ubyte.gz"


def test_what_was_fetched_can_be_loaded(small: Table, tmp_path: Path, make_digits: Make) -> None:
    folder = fetch("small", tmp_path, sources=small("right"))
    assert folder == tmp_path / "small"
    assert np.array_equal(load_digits(folder).images, make_digits(20).images)
    assert len(load_dataset(folder).train) == 275
    assert sorted(path.suffix for path in folder.iterdir()) == [".gz"] * 4


def test_what_is_here_is_not_fetched_again(small: Table, mirrors: Mirrors, tmp_path: Path) -> None:
    for _ in range(2):
        fetch("small", tmp_path, sources=small("right"))
    assert len(mirrors.requests) == 4


@pytest.mark.parametrize("manner", ["truncated", "short", "wrong", "slow", "missing"])
def test_the_next_mirror_is_tried(
    small: Table, mirrors: Mirrors, tmp_path: Path, manner: str
) -> None:
    folder = fetch("small", tmp_path, sources=small(manner, "right"), timeout=0.3)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == mirrors.files
    assert len(mirrors.ranges(manner)) == len(mirrors.ranges("right")) == 4


def test_the_next_mirror_goes_on_where_the_last_one_broke_off(
    small: Table, mirrors: Mirrors, tmp_path: Path
) -> None:
    fetch("small", tmp_path, sources=small("truncated", "right"))
    # The images broke off after 118 kB, of which all but the last, cut piece is kept.
    assert mirrors.ranges("right")[0] == "bytes=65536-"


def test_a_mirror_that_does_not_answer(small: Table, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        source = small("right")["small"]
        files = tuple(replace(file, urls=(dead, *file.urls)) for file in source.files)
        folder = fetch("small", tmp_path, sources={"small": replace(source, files=files)})
    assert len(load_digits(folder)) == 20


def test_all_mirrors_fail(small: Table, tmp_path: Path) -> None:
    sources = small("missing", "wrong", "slow", "truncated")
    with pytest.raises(DataError) as raised:
        fetch("small", tmp_path, sources=sources, timeout=0.3)
    sentence = str(raised.value)
    assert sentence.startswith(f"{IMAGES} could not be fetched: ")
    for reason in ("HTTP 404", "wrong checksum", "timeout", "connection failed"):
        assert f"({reason})" in sentence
    # Nothing has the name of a whole file, so nothing can be taken for one.
    assert [path.name for path in (tmp_path / "small").iterdir()] == [f"{IMAGES}.part"]


def test_a_later_run_goes_on(small: Table, mirrors: Mirrors, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        fetch("small", tmp_path, sources=small("truncated"))
    fetch("small", tmp_path, sources=small("right"))
    assert mirrors.ranges("right") == ["bytes=65536-", None, None, None]


@pytest.mark.parametrize("manner", ["right", "rangeless"])
@pytest.mark.parametrize("begun", ["all of it", "something else", "more than it"])
def test_any_beginning_may_lie_there(
    small: Table,
    mirrors: Mirrors,
    tmp_path: Path,
    manner: str,
    begun: str,
) -> None:
    content = mirrors.files[IMAGES]
    part = tmp_path / "small" / f"{IMAGES}.part"
    part.parent.mkdir()
    part.write_bytes(content if begun == "all of it" else b"x" * 99)
    if begun == "more than it":
        part.write_bytes(content + b"x")
    folder = fetch("small", tmp_path, sources=small(manner))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == mirrors.files


def test_an_interrupted_run_keeps_what_came(small: Table, mirrors: Mirrors, tmp_path: Path) -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("small", tmp_path, interrupt, sources=small("right"))
    part = tmp_path / "small" / f"{IMAGES}.part"
    assert mirrors.files[IMAGES].startswith(part.read_bytes())
    done = part.stat().st_size
    assert done > 0
    fetch("small", tmp_path, sources=small("right"))
    assert mirrors.ranges("right")[1] == f"bytes={done}-"


def test_progress_goes_from_nothing_to_all(small: Table, mirrors: Mirrors, tmp_path: Path) -> None:
    seen: list[Progress] = []
    fetch("small", tmp_path, seen.append, sources=small("right"))
    of_images = [each for each in seen if each.file == IMAGES]
    size = len(mirrors.files[IMAGES])
    assert [each.done for each in of_images] == sorted(each.done for each in of_images)
    assert len(of_images) > 2
    assert (of_images[-1].done, of_images[-1].total) == (size, size)


def test_progress_of_a_resumed_file_counts_what_was_there(
    small: Table, mirrors: Mirrors, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    fetch("small", tmp_path, seen.append, sources=small("truncated", "right"))
    size = len(mirrors.files[IMAGES])
    resumed = [each for each in seen if each.file == IMAGES and "/right/" in each.url]
    assert resumed
    assert all(65536 < each.done <= size == each.total for each in resumed)


def test_an_altered_file_is_noticed_and_fetched_again(
    small: Table, mirrors: Mirrors, tmp_path: Path
) -> None:
    sources = small("right")
    path = fetch("small", tmp_path, sources=sources) / IMAGES
    assert [check.error for check in verify(tmp_path, sources=sources)] == [None, None]
    path.write_bytes(path.read_bytes()[:-1])
    mnist, altered = verify(tmp_path, sources=sources)
    assert (mnist.name, mnist.error) == ("mnist", None)
    assert f"{IMAGES} was altered" in str(altered.error)
    fetch("small", tmp_path, sources=sources)
    assert path.read_bytes() == mirrors.files[IMAGES]
    assert [asked for asked, _ in mirrors.requests].count(f"/right/{IMAGES}") == 2


def test_what_is_here_and_what_is_not(small: Table, mirrors: Mirrors, tmp_path: Path) -> None:
    sources = small("right")
    shipped, before = available(tmp_path, sources=sources)
    assert (shipped.name, shipped.state, shipped.size) == ("mnist", "shipped", 11_490_439)
    assert shipped.path.is_file()
    assert (before.name, before.state, before.size) == ("small", "not fetched", None)
    assert len(verify(tmp_path, sources=sources)) == 1
    folder = fetch("small", tmp_path, sources=sources)
    after = available(tmp_path, sources=sources)[1]
    assert (after.state, after.path) == ("fetched", folder)
    assert after.size == sum(map(len, mirrors.files.values()))
    (folder / IMAGES).unlink()
    assert available(tmp_path, sources=sources)[1].state == "not fetched"


def test_sizes_are_known_before_the_download() -> None:
    sizes = {row.name: row.size for row in available() if row.state == "not fetched"}
    assert sizes.get("emnist-digits", 561_753_746) == 561_753_746
    assert sizes.get("kmnist", 21_240_888) == 21_240_888


def test_qmnists_labels_become_digits(
    mirrors: Mirrors, make_digits: Make, write_idx: Write, tmp_path: Path
) -> None:
    train, test = make_digits(24), make_digits(10, seed=1)
    for key, digits in (("train", train), ("test", test)):
        labels = np.zeros((len(digits), 8), np.int32)
        labels[:, 0] = digits.labels
        labels[:, 2] = 2_599  # the writer
        write_idx(tmp_path / QMNIST_FILES[f"x_{key}"], digits.images)
        write_idx(tmp_path / QMNIST_FILES[f"y_{key}"], labels)
    mirrors.files = {name: (tmp_path / name).read_bytes() for name in QMNIST_FILES.values()}
    files = tuple(
        mirrors.remote(name, "right", checksum=f"md5:{hashlib.md5(content).hexdigest()}")  # noqa: S324
        for name, content in mirrors.files.items()
    )
    sources = {"qmnist": replace(SOURCES["qmnist"], files=files)}
    folder = fetch("qmnist", tmp_path, sources=sources)
    digits = load_digits(folder)
    assert np.array_equal(digits.images, test.images)
    assert np.array_equal(digits.labels, test.labels)
    assert len(load_dataset(folder).train) == 22
    # The files it was made of are gone, and it is not fetched again without them.
    assert {path.name for path in folder.iterdir()} == {"qmnist.npz", "qmnist.npz.sha256"}
    fetch("qmnist", tmp_path, sources=sources)
    assert len(mirrors.requests) == 4


@pytest.fixture
def emnist(
    mirrors: Mirrors, make_digits: Make, write_idx: Write, tmp_path: Path
) -> dict[str, Source]:
    """Return EMNIST's source, with an archive of a few digits, which lie there on their side."""
    path = tmp_path / "gzip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gzip/emnist-letters-mapping.txt", "another set")
        for key, member in EMNIST_MEMBERS.items():
            digits = make_digits(24 if "train" in key else 10)
            array = digits.images.transpose(0, 2, 1) if key[0] == "x" else digits.labels
            archive.write(write_idx(tmp_path / Path(member).name, array), member)
    mirrors.files = {path.name: path.read_bytes()}
    files = (mirrors.remote(path.name, "truncated", "right"),)
    return {"emnist-digits": replace(SOURCES["emnist-digits"], files=files)}


def test_emnists_digits_are_turned_upright(
    emnist: dict[str, Source], make_digits: Make, tmp_path: Path
) -> None:
    folder = fetch("emnist-digits", tmp_path, sources=emnist)
    digits = load_digits(folder)
    assert np.array_equal(digits.images, make_digits(10).images)
    assert np.array_equal(digits.labels, make_digits(10).labels)
    names = {path.name for path in folder.iterdir()}
    assert names == {"emnist-digits.npz", "emnist-digits.npz.sha256"}
    assert available(tmp_path, sources=emnist)[1].state == "fetched"


def test_a_converted_set_is_verified_too(emnist: dict[str, Source], tmp_path: Path) -> None:
    path = fetch("emnist-digits", tmp_path, sources=emnist) / "emnist-digits.npz"
    content = path.read_bytes()
    assert [check.error for check in verify(tmp_path, sources=emnist)] == [None, None]
    path.write_bytes(content[:-1])
    assert "was altered" in str(verify(tmp_path, sources=emnist)[1].error)
    path.write_bytes(content)
    path.with_name("emnist-digits.npz.sha256").unlink()
    assert "was altered" in str(verify(tmp_path, sources=emnist)[1].error)
    fetch("emnist-digits", tmp_path, sources=emnist)
    assert [check.error for check in verify(tmp_path, sources=emnist)] == [None, None]


def test_an_archive_without_the_digits(
    emnist: dict[str, Source], mirrors: Mirrors, tmp_path: Path
) -> None:
    path = tmp_path / "gzip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gzip/emnist-letters-mapping.txt", "another set")
    mirrors.files = {path.name: path.read_bytes()}
    files = (mirrors.remote(path.name, "right"),)
    sources = {"emnist-digits": replace(emnist["emnist-digits"], files=files)}
    with pytest.raises(DataError, match="has no gzip/emnist-digits-train-images"):
        fetch("emnist-digits", tmp_path, sources=sources)


def test_a_name_that_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no set called mnits: choose one of mnist, fashion"):
        fetch("mnits", tmp_path)


def test_a_folder_that_cannot_be_made(small: Table, tmp_path: Path) -> None:
    (tmp_path / "small").write_text("a file in the way")
    with pytest.raises(DigitnetError, match="could not be written"):
        fetch("small", tmp_path, sources=small("right"))


def test_every_source_has_mirrors_and_checksums() -> None:
    assert list(SOURCES) == ["mnist", "fashion-mnist", "kmnist", "qmnist", "emnist-digits"]
    for source in SOURCES.values():
        for file in source.files:
            assert len(file.urls) >= 2
            assert all(re.fullmatch(rf"https?://\S+/{file.name}", url) for url in file.urls)
            assert re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", file.checksum)
