"""A file goes into the ledger, as often as one likes."""

from pathlib import Path

import pytest

from geofence.instants import Instant, printed
from ingest.connections import Pool
from ingest.files import read_fixes
from ingest.lines import FileUnreadable
from ingest.quarantine import body_of, list_rejections
from ingest.replay import BATCH, replay
from ingest.tally import Tally
from tests.ingest import ledger_rows
from tests.ingest.messages import RECEIVED, RECORDED, body, fix_message, mdss_message


async def replayed(pool: Pool, path: Path, told: list[int] | None = None) -> Tally:
    return await replay(pool, path, "cordon", lambda: RECEIVED, (told if told is not None else []).append)


async def test_a_file_may_be_replayed_again(pool: Pool, tmp_path: Path) -> None:
    contradiction = fix_message(latitude=51.5)
    lines = [fix_message(), fix_message(position_id=2), {}, contradiction, fix_message(), b"nonsense"]
    path = tmp_path / "F.jsonl"
    path.write_bytes(b"\n\n".join(line if isinstance(line, bytes) else body(line) for line in lines))
    expected = Tally(fixes=2, duplicates=1, contradictions=1, rejected=3)
    assert await replayed(pool, path) == expected
    assert await replayed(pool, path) == Tally(fixes=0, duplicates=3, contradictions=1, rejected=3)
    assert len(await ledger_rows.identities(pool)) == 2
    places = [(one.place, one.contradiction, one.faults) for one in await list_rejections(pool, 10)]
    assert places == [
        ("F.jsonl line 7", True, ("latitude: differs from the first fix of this identity, already in the ledger",)),
        ("F.jsonl line 11", False, ("message: not JSON: Expecting value at character 0",)),
        (
            "F.jsonl line 5",
            False,
            ("tag_id: is missing", "recorded_at: is missing", "latitude: is missing", "longitude: is missing"),
        ),
    ]
    counts = read_fixes(path, "cordon", lambda count: None).counts
    assert counts == {
        "lines": expected.messages,
        "fixes": expected.fixes,
        "duplicates": expected.duplicates,
        "contradictions": expected.contradictions,
        "rejected": expected.rejected,
    }


async def test_a_file_of_several_batches_has_a_partition_for_each_of_its_days(pool: Pool, tmp_path: Path) -> None:
    path, told = tmp_path / "F.jsonl", list[int]()
    lines = [
        body(
            fix_message(
                tag_id=f"T-{row % 7}", position_id=row, recorded_at=printed(Instant(RECORDED + row * 5_000_000))
            )
        )
        for row in range(BATCH + 500)
    ]
    path.write_bytes(b"\n".join(lines))
    assert await replayed(pool, path, told) == Tally(fixes=BATCH + 500)
    assert told == [BATCH, 500]
    tables = await pool.fetch("SELECT DISTINCT tableoid::regclass::text FROM fix ORDER BY 1")
    assert [row[0] for row in tables] == ["fix_20261120", "fix_20261121"]


async def test_a_file_that_can_not_be_read_is_said_so(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        await replayed(pool, tmp_path / "F.jsonl")


async def test_quarantine_is_listed_in_pages_latest_first_with_bytes_at_hand(pool: Pool, tmp_path: Path) -> None:
    path = tmp_path / "F.jsonl"
    path.write_bytes(b"\n".join(b'{"tag_id": "T-%d"}' % row for row in range(5)))
    await replayed(pool, path)
    first = await list_rejections(pool, 2)
    second = await list_rejections(pool, 2, before=first[-1].rejection_id)
    last = await list_rejections(pool, 2, before=second[-1].rejection_id)
    assert [one.tag_id for page in (first, second, last) for one in page] == ["T-4", "T-3", "T-2", "T-1", "T-0"]
    assert (first[0].origin, first[0].profile, first[0].received_at, first[0].bytes) == ("file", "cordon", RECEIVED, 17)
    assert first[0].released_at is None
    assert await body_of(pool, first[0].rejection_id) == b'{"tag_id": "T-4"}'
    assert await body_of(pool, 10**9) is None


async def test_an_mdss_file_is_the_same_fixes(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "native").write_bytes(body(fix_message()))
    (tmp_path / "mdss").write_bytes(body(mdss_message()))
    assert await replayed(pool, tmp_path / "native") == Tally(fixes=1)
    again = await replay(pool, tmp_path / "mdss", "mdss", lambda: RECEIVED, lambda count: None)
    assert again == Tally(duplicates=1)
