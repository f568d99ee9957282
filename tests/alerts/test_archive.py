"""The archive keeps what it was given, under the hash of it, or says that it can't."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.archive import Archive, ArchiveDamaged, NotArchived


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_put_is_got_by_its_sha256(archive: Archive) -> None:
    sha256 = archive.put(b"the report")
    assert sha256 == hashlib.sha256(b"the report").hexdigest()
    assert archive.get(sha256) == b"the report"


def test_putting_the_same_bytes_again_keeps_one_file(archive: Archive, tmp_path: Path) -> None:
    assert archive.put(b"the report") == archive.put(b"the report")
    assert len(files_in(tmp_path)) == 1


@given(data=st.lists(st.binary(max_size=200), max_size=6))
def test_any_bytes_come_back_unaltered(tmp_path_factory: pytest.TempPathFactory, data: list[bytes]) -> None:
    archive = Archive(tmp_path_factory.mktemp("any"))
    assert [archive.get(archive.put(each)) for each in data] == data


def test_a_hash_nobody_put_is_not_archived(archive: Archive) -> None:
    with pytest.raises(NotArchived):
        archive.get("0" * 64)


def test_altered_bytes_are_refused_and_mended_by_putting_them_again(archive: Archive, tmp_path: Path) -> None:
    sha256 = archive.put(b"the report")
    [path] = files_in(tmp_path)
    path.write_bytes(b"the reporT")
    with pytest.raises(ArchiveDamaged):
        archive.get(sha256)
    archive.put(b"the report")
    assert archive.get(sha256) == b"the report"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 65])
def test_a_hash_is_never_a_path(archive: Archive, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        archive.get(name)


def test_a_failed_write_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    data = b"the report"
    sha256 = hashlib.sha256(data).hexdigest()
    # A folder where the file belongs makes the renaming fail.
    (tmp_path / "archive" / sha256[:2] / sha256).mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        archive.put(data)
    assert files_in(tmp_path) == []
