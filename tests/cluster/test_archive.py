"""What there is to read, and how it is divided."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitnet.cluster import archive
from digitnet.cluster.archive import Archive, find_archive
from digitnet.errors import DataError, UsageError


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    for name in ("b/2.png", "a/1.png", "a/10.jpg", "a/deep/3.png", ".hidden.png"):
        path = tmp_path / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "scans"


def names(found: Archive, folder: Path) -> list[str]:
    return [str(Path(file).relative_to(folder)) for share in found.shares for file in share.files]


def test_a_folder_is_all_that_lies_in_it_in_the_order_of_the_names(scans: Path) -> None:
    assert names(find_archive(str(scans)), scans) == [
        "a/1.png",
        "a/10.jpg",
        "a/deep/3.png",
        "b/2.png",
    ]


def test_a_folder_may_be_a_uri(scans: Path) -> None:
    found = find_archive(scans.as_uri())
    assert found.pictures == 4
    assert found.shares[0].files[0] == (scans / "a" / "1.png").as_uri()


def test_a_star_stands_for_no_slash(scans: Path) -> None:
    assert names(find_archive(f"{scans}/*/*.png"), scans) == ["a/1.png", "b/2.png"]
    assert names(find_archive(f"{scans}/a/1?.jpg"), scans) == ["a/10.jpg"]


def test_a_list_may_name_what_is_not_there(scans: Path, tmp_path: Path) -> None:
    listing = tmp_path / "list.txt"
    listing.write_text(f"{scans}/b/2.png\n\n{scans}/gone.png\ns3://bucket/key.png\n")
    (share,) = find_archive(str(listing)).shares
    assert share.files == (f"{scans}/b/2.png", f"{scans}/gone.png", "s3://bucket/key.png")


def test_what_is_no_archive_is_said_to_be_none(scans: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "empty").mkdir()
    (scans / "more.parquet").write_bytes(b"PAR1")
    for source, sentence in {
        "gone": "There is nothing at",
        "photo.jpg": "is no list of pictures",
        "empty": "There are no pictures in",
        "*.tiff": "There are no pictures in",
        "scans": "holds both Parquet files and others",
        "nowhere://x": "cannot be opened",
    }.items():
        name = source if "://" in source else str(tmp_path / source)
        with pytest.raises(UsageError, match=sentence):
            find_archive(name)
    with pytest.raises(DataError, match="is no Parquet file"):
        find_archive(str(scans / "more.parquet"))


def test_parquet_needs_a_column_of_bytes(tmp_path: Path) -> None:
    pq.write_table(pa.table({"label": [1]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="its columns are label"):
        find_archive(str(tmp_path / "a.parquet"))


def test_a_change_of_the_archive_is_seen(scans: Path) -> None:
    before = find_archive(str(scans))
    assert find_archive(str(scans)) == before
    (scans / "a" / "1.png").write_bytes(b"longer")
    assert find_archive(str(scans)).sha256 != before.sha256


@pytest.mark.parametrize(
    ("pictures", "bytes_each", "size"),
    [(10_000, 253, 512), (10_000, 1024, 256), (10_000, 100_000, 64), (10**9, 253, 10_000)],
)
def test_parts_of_small_pictures_are_larger(pictures: int, bytes_each: int, size: int) -> None:
    assert archive._part_size(pictures, pictures * bytes_each) == size


@settings(max_examples=60)
@given(sizes=st.lists(st.integers(0, 40 * 2**20), min_size=1, max_size=300))
def test_every_file_is_in_one_part_and_no_part_is_too_large(sizes: list[int]) -> None:
    files = [archive._File(str(k), size) for k, size in enumerate(sizes)]
    shares = list(archive._file_shares(files))
    assert [name for share in shares for name in share.files] == [file.uri for file in files]
    assert [share.parts[0].number for share in shares] == list(range(len(shares)))
    for share in shares:
        assert 1 <= len(share.files) == share.parts[0].count <= archive.FEWEST_SMALL
        size = sum(sizes[int(name)] for name in share.files)
        assert size <= archive.PART_BYTES or len(share.files) == 1


@settings(max_examples=30)
@given(
    counts=st.lists(st.integers(0, 300), min_size=1, max_size=3),
    group=st.integers(1, 200),
)
def test_every_row_is_in_one_part(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], group: int
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    for k, count in enumerate(counts):
        table = pa.table({"image": pa.array([b"x"] * count, pa.binary())})
        pq.write_table(table, folder / f"{k}.parquet", row_group_size=group)
    found = find_archive(str(folder))
    assert found.pictures == sum(counts)
    assert [part.number for part in found.parts] == list(range(len(found.parts)))
    for share in found.shares:
        rows = [row for p in share.parts for row in range(p.first, p.first + p.count)]
        assert rows == list(range(len(rows)))
        assert all(0 < part.count <= archive.FEWEST_SMALL for part in share.parts)
