"""A file that does not fit in memory holds what it would hold if it did, and leaves nothing behind on disk."""

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.ids import TagId
from geofence.tracks import Tracks
from ingest.files import FileFixes, fixes_of, read_fixes
from ingest.fix import Profile
from ingest.set_aside import NoRoom, SetAside
from ingest.shared_fixes import Apart
from tests.ingest.messages import body, fix_message, mdss_message

SHARES = 3


def share_of(tag_id: TagId) -> int:
    return crc32(tag_id.encode()) % SHARES


def quiet(count: int) -> None:
    """Show no progress."""


def write(path: Path, messages: list[dict[str, object]]) -> Path:
    path.write_bytes(b"\n".join(map(body, messages)))
    return path


def rows(tracks: Tracks) -> Iterator[tuple[str, ...]]:
    """Yield fixes in words, with their tags' names, in the order in which they stand."""
    names = [name for name in Tracks.__dataclass_fields__ if name not in {"tag", "tag_ids", "events"}]
    for row, tag in enumerate(tracks.tag.tolist()):
        yield tracks.tag_ids[tag], *(str(getattr(tracks, name)[row]) for name in names)


def read_in_shares(path: Path, profile: Profile, in_memory: int) -> tuple[FileFixes, list[list[tuple[str, ...]]]]:
    """Return what a file holds, and each share's fixes."""
    with fixes_of(path, profile, quiet, Apart(in_memory, SHARES, share_of)) as fixes:
        shares = [(share, tracks) for share, tracks in fixes.shares()]
        assert [share for share, _ in shares] in ([None], [0, 1, 2])
        assert fixes.parts == len(shares)
        _, last = shares[-1]
        return FileFixes(fixes.counts, fixes.rejections, last), [list(rows(tracks)) for _, tracks in shares]


messages = st.builds(
    fix_message,
    tag_id=st.sampled_from(["T-1", "T-2", "T-3", "Ŧ"]),
    position_id=st.sampled_from([None, "1", "2"]),
    recorded_at=st.sampled_from(["2026-11-20T18:02:11Z", "2026-11-20T18:03:11.5Z"]),
    latitude=st.sampled_from([51.0, 51.1, 91.0]),
    mechanism=st.sampled_from(["gps", "cell"]),
    accuracy_m=st.sampled_from([8.0, None]),
    satellites=st.sampled_from([9, None]),
)


@given(st.lists(messages, max_size=30), st.integers(1, 12))
def test_in_shares_or_at_once_a_file_holds_the_same(
    tmp_path_factory: pytest.TempPathFactory, lines: list[dict[str, object]], in_memory: int
) -> None:
    path = write(tmp_path_factory.getbasetemp() / "F.jsonl", lines)
    whole = read_fixes(path, "cordon", quiet)
    read, shares = read_in_shares(path, "cordon", in_memory)
    assert (read.counts, read.rejections) == (whole.counts, whole.rejections)
    assert sorted(row for share in shares for row in share) == sorted(rows(whole.tracks))
    if len(shares) > 1:
        for number, share in enumerate(shares):
            own = [row for row in rows(whole.tracks) if share_of(TagId(row[0])) == number]
            assert share == own, "a share keeps the order of the file"


def test_what_fits_exactly_stays_in_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "F.jsonl", [fix_message(position_id=number) for number in range(5)])
    assert [len(read_in_shares(path, "cordon", in_memory)[1]) for in_memory in (4, 5, 6)] == [3, 1, 1]


def test_columns_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    path = write(
        tmp_path / "F.jsonl",
        [mdss_message(position_id=number, person_id=None if number % 3 else "P-1") for number in range(9)],
    )
    whole = read_fixes(path, "mdss", quiet).tracks
    with fixes_of(path, "mdss", quiet, Apart(2, 1, lambda tag_id: 0)) as fixes:
        ((_, tracks),) = fixes.shares()
    for name in Tracks.__dataclass_fields__:
        before, after = getattr(whole, name), getattr(tracks, name)
        if isinstance(before, np.ndarray):
            assert (after.dtype, after.flags.writeable) == (before.dtype, True)
            np.testing.assert_array_equal(before, after)
        else:
            assert before == after


def test_a_contradiction_names_the_first_of_its_identity_from_however_long_ago(tmp_path: Path) -> None:
    others = [fix_message(position_id=number) for number in range(10)]
    path = write(tmp_path / "F.jsonl", [fix_message(), *others, {}, fix_message(hdop=3), *others])
    read, _ = read_in_shares(path, "cordon", 4)
    assert read.counts == {"lines": 23, "fixes": 11, "duplicates": 10, "contradictions": 1, "rejected": 2}
    assert [one["line"] for one in read.rejections] == [12, 13]
    assert read.rejections[1]["faults"] == ["hdop: differs from the first fix of this identity, line 1"]


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "none"))
    with pytest.raises(NoRoom, match=r"none: No such file or directory; .* make room, or name another folder in TMPD"):
        SetAside(1)
