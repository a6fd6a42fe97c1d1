"""Archives read on Ray: real processes, some of them killed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from digitnet.cluster.archive import find_archive
from digitnet.cluster.job import SCHEMA, JobFolder
from digitnet.cluster.read import _load, _ReadParts
from digitnet.datasets import load_mnist
from digitnet.errors import DigitnetError
from digitnet.reading import Reader
from tests.conftest import CommandLine

PICTURES = 1600  # 25 parts: enough to be stopped on the way


validation = cache(lambda: load_mnist().validation)


def picture(number: int) -> bytes:
    """One of MNIST's validation digits, dark on light, in a large file: 64 are a part."""
    buffer = io.BytesIO()
    digit = np.kron(255 - validation().images[number], np.ones((4, 4), np.uint8))
    Image.fromarray(digit).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of pictures, with a damaged one and one that is not there among them."""
    folder = tmp_path_factory.mktemp("archive")
    for number in range(PICTURES):
        (folder / f"{number:04}.png").write_bytes(picture(number))
    (folder / "0100.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (folder / "0200.png").unlink()
    path = folder / "list.txt"
    path.write_text("".join(f"{folder}/{number:04}.png\n" for number in range(PICTURES)))
    return path


@pytest.mark.slow
def test_a_job_that_is_stopped_and_loses_a_worker_reads_every_picture_once(
    digitnet: CommandLine, listing: Path
) -> None:
    call = ("read", "--engine", "ray", listing, "--out", "out")
    out = digitnet.folder / "out"
    process = digitnet.start(*call)
    wait(process, lambda: len(shards(out)) >= 2)
    process.send_signal(signal.SIGINT)
    said, complaints = process.communicate(timeout=120)
    assert process.returncode == 130, said + complaints
    assert "go on by --resume" in said
    assert "Traceback" not in complaints
    finished = {path: path.stat().st_mtime_ns for path in shards(out)}
    assert 2 <= len(finished) < 25

    process = digitnet.start(*call, "--resume")
    wait(process, lambda: len(shards(out)) > len(finished))
    wait(process, lambda: bool(reading_workers(process.pid)))
    worker, *_ = reading_workers(process.pid)
    os.kill(worker, signal.SIGKILL)
    said, complaints = process.communicate(timeout=240)
    assert process.returncode == 0, said + complaints
    assert "All 1,600 pictures are read" in said
    assert {path: path.stat().st_mtime_ns for path in finished} == finished

    table = pq.read_table(out)
    assert table.schema == SCHEMA
    rows = table.to_pylist()
    paths = listing.read_text().split()
    assert [row["source"] for row in rows] == paths
    damaged = [k for k, row in enumerate(rows) if row["error"]]
    assert damaged == [100, 200]
    assert rows[100]["text"] is rows[100]["lines"] is None
    assert "the file cannot be opened" in rows[200]["error"]
    some = [0, 1, 64, 321, PICTURES - 1]
    for row, result in zip(
        [rows[k] for k in some], Reader(threads=1).read_many([paths[k] for k in some]), strict=True
    ):
        assert not isinstance(result, DigitnetError)
        assert row["text"] == result.text
        assert [line["text"] for line in row["lines"]] == [line.text for line in result.lines]

    again = digitnet(*call, "--resume")
    assert "0 digits this time" in again.stdout
    assert "holds a job already" in digitnet(*call, code=2).stderr
    other = digitnet(*call, "--resume", "--min-confidence", "0.5", code=2)
    assert "another --model or --min-confidence" in other.stderr


@pytest.mark.slow
def test_of_a_small_archive_nothing_is_complained(digitnet: CommandLine, tmp_path: Path) -> None:
    """It has fewer parts than there are processors."""
    (tmp_path / "few").mkdir()
    for number in range(3):
        (tmp_path / "few" / f"{number}.png").write_bytes(picture(number))
    done = digitnet("read", "--engine", "ray", tmp_path / "few", "--out", "out")
    assert "All 3 pictures are read; 3 digits" in done.stdout
    assert done.stderr == ""


def shards(out: Path) -> list[Path]:
    return sorted(out.glob("part-*.parquet"))


def running(process: subprocess.Popen[str]) -> bool:
    return process.poll() is None


def wait(process: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert running(process), process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)


def reading_workers(ancestor: int) -> list[int]:
    """The processes below ``ancestor`` in which an actor reads."""
    return [pid for pid in descendants(ancestor) if b"ray::MapWorker" in command(pid)]


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""  # It has ended.


def descendants(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from descendants(child)


def test_parquet_is_read_row_by_row(tmp_path: Path) -> None:
    """Loading and reading as the tasks and actors do it, in this process."""
    images = [picture(number) for number in range(130)]
    images[7] = b"no picture"
    table = pa.table({"label": [0] * 130, "image": pa.array(images, pa.binary())})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=100)
    uri = str(tmp_path / "a.parquet")
    reader = _ReadParts(str(tmp_path), None, 0.0)
    parts = [part for share in find_archive(uri).shares for part in _load({"share": share})]
    assert [len(part["contents"]) for part in parts] == [64, 36, 30]
    batch = {key: [part[key] for part in parts] for key in parts[0]}
    reports = reader(batch)
    assert reports["pictures"] == [64, 36, 30]
    assert reports["errors"] == [1, 0, 0]
    rows = pq.read_table([str(path) for path in shards(tmp_path)]).to_pylist()
    assert [row["source"] for row in rows] == [f"{uri}#{number}" for number in range(130)]
    right = [
        row["text"] == str(label)
        for row, label in zip(rows, validation().labels[:130], strict=True)
    ]
    assert sum(right) > 120
    assert reports["digits"] == [
        sum(len(line["digits"]) for row in rows[a:b] for line in row["lines"] or [])
        for a, b in ((0, 64), (64, 100), (100, 130))
    ]


def test_parquet_may_name_its_pictures(tmp_path: Path) -> None:
    table = pa.table({"path": ["form 1", None], "scan": pa.array([picture(0)] * 2, pa.binary())})
    pq.write_table(table, tmp_path / "a.parquet")
    (share,) = find_archive(str(tmp_path / "a.parquet")).shares
    (part,) = _load({"share": share})
    assert part["sources"] == ["form 1", f"{tmp_path}/a.parquet#1"]


def test_a_shard_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = JobFolder(str(tmp_path))
    folder.write_shard(3, [{"source": "a", "text": "1", "lines": []}])
    before = (tmp_path / "part-0000003.parquet").read_bytes()

    def full(_path: Path, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DigitnetError, match="The disk is full"):
        folder.write_shard(3, [{"source": "b", "text": "2", "lines": []}])
    monkeypatch.undo()
    assert (tmp_path / "part-0000003.parquet").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["part-0000003.parquet"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--engine", "ray", "a"], "takes one archive and --out"),
        (["--engine", "ray", "a", "b", "--out", "o"], "takes one archive and --out"),
        (["a", "--out", "o"], "go with --engine ray"),
        (["--engine", "ray", "gone", "--out", "o"], "There is nothing at"),
    ],
)
def test_a_wrong_call_is_said_to_be_wrong(
    digitnet: CommandLine, arguments: list[str], sentence: str
) -> None:
    assert sentence in digitnet("read", *arguments, code=2).stderr


def test_there_must_be_a_job_to_go_on_with(digitnet: CommandLine, listing: Path) -> None:
    refused = digitnet("read", "--engine", "ray", listing, "--out", "o", "--resume", code=1)
    assert "holds no job to go on with" in refused.stderr
