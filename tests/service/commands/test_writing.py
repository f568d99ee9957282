"""All files or none, however writing them ends."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from service.commands.writing import new_folder, write_all, written_beside
from service.refusal import Refused

OLD = {"a.json": b"old a", "b/c.json": b"old c"}
NEW = {"a.json": b"new a", "b/c.json": b"new c"}


class Interrupted(Mapping[str, bytes]):
    """Contents in the middle of which somebody ends the command."""

    def __iter__(self) -> Iterator[str]:
        return iter(NEW)

    def __len__(self) -> int:
        return len(NEW)

    def __getitem__(self, name: str) -> bytes:
        if name == "b/c.json":
            raise KeyboardInterrupt
        return NEW[name]


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_files_are_written_replaced_and_readable_by_whom_the_mask_lets(tmp_path: Path) -> None:
    write_all(tmp_path / "new" / "out", OLD)
    write_all(tmp_path / "new" / "out", NEW)
    assert files(tmp_path) == {f"new/out/{name}": content for name, content in NEW.items()}
    mask = os.umask(0o022)
    os.umask(mask)
    assert (tmp_path / "new" / "out" / "a.json").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize("name", NEW)
def test_a_folder_in_the_place_of_a_file_leaves_the_others_as_they_were(tmp_path: Path, name: str) -> None:
    old = {other: content for other, content in OLD.items() if other != name}
    write_all(tmp_path, old)
    (tmp_path / name).mkdir(parents=True)
    with pytest.raises(Refused, match=rf"{name}: is a folder; remove it, or name another folder"):
        write_all(tmp_path, NEW)
    assert files(tmp_path) == old


def test_interrupted_it_leaves_the_files_as_they_were_and_nothing_beside_them(tmp_path: Path) -> None:
    write_all(tmp_path, OLD)
    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path, Interrupted())
    assert files(tmp_path) == OLD


def test_interrupted_it_removes_the_folders_that_it_made_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path / "mine" / "new" / "out", Interrupted())
    assert list(tmp_path.rglob("*")) == [tmp_path / "mine"]


def test_a_file_in_the_place_of_a_folder_leaves_nothing_new(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"in the way")
    with pytest.raises(Refused, match="name a folder that can be written"):
        write_all(tmp_path, NEW)
    assert files(tmp_path) == {"b": b"in the way"}


def fill(folder: Path, ending: BaseException | None = None) -> None:
    with new_folder(folder) as made:
        (made / "a.json").write_bytes(b"a")
        if ending is not None:
            raise ending


def test_a_new_folder_appears_whole_and_is_its_writers_alone(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    with new_folder(out) as made:
        (made / "a.json").write_bytes(b"a")
        assert not out.exists()
    assert files(tmp_path) == {"new/out/a.json": b"a"}
    assert out.stat().st_mode & 0o777 == 0o700


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    fill(tmp_path / "out")
    assert files(tmp_path) == {"out/a.json": b"a"}


def test_what_is_there_already_is_refused_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "b.json").write_bytes(b"mine")
    (tmp_path / "present").mkdir()
    monkeypatch.chdir(tmp_path / "present")
    for taken in (tmp_path / "file", tmp_path / "full", Path()):
        with pytest.raises(Refused, match="is there already; name a folder that is not, or an empty one"):
            fill(taken)
    assert files(tmp_path) == {"file": b"mine", "full/b.json": b"mine"}
    with pytest.raises(Refused, match="name a folder that can be written"):
        fill(tmp_path / "file" / "out")


@pytest.mark.parametrize("ending", [KeyboardInterrupt, Refused("no"), OSError(28, "No space left on device")])
def test_ended_early_a_new_folder_leaves_nothing(tmp_path: Path, ending: BaseException) -> None:
    with pytest.raises((KeyboardInterrupt, Refused)):
        fill(tmp_path / "new" / "out", ending)
    assert list(tmp_path.iterdir()) == []


def test_files_written_beside_take_their_names_together_or_leave_nothing(tmp_path: Path) -> None:
    first, second = tmp_path / "new" / "a", tmp_path / "new" / "b"

    def interrupted() -> None:
        with written_beside(first, second) as beside:
            beside[0].write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    with written_beside(first, second) as beside:
        for path in beside:
            path.write_bytes(b"whole")
        assert not first.exists()
        assert {path.stat().st_mode & 0o777 for path in beside} == {0o600}
    assert files(tmp_path) == {"new/a": b"whole", "new/b": b"whole"}
    first.unlink()
    first.mkdir()
    with pytest.raises(Refused, match="is a folder"), written_beside(second, first):
        raise AssertionError("it must be refused first")
    with pytest.raises(Refused, match="name a file that can be written"), written_beside(second / "c"):
        pass
    assert files(tmp_path) == {"new/b": b"whole"}
