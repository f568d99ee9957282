"""Tag events in the ledger: each told once, or once more with its end, however they arrive; and so they are read."""

import asyncio
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from random import Random

import asyncpg
import pytest

from alerts.tracks import Stretch, read_events
from geofence.ids import TagId
from geofence.instants import FOREVER, MINUTE_US, Instant, moment, printed
from geofence.tracks import TagEvent
from ingest import event_file
from ingest.batch import Batch
from ingest.connections import Pool
from ingest.ledger import Appended, append
from ingest.tally import Tally
from tests.ingest import ledger_rows
from tests.ingest.messages import RECEIVED, RECORDED, body, event_message, fix_message
from tests.ingest.reading import eventually


def a_batch(*messages: object) -> Batch:
    batch = Batch("https", None)
    batch.add_event_message(body(messages), ("m",))
    return batch


async def appended(pool: Pool, *messages: object) -> Tally:
    return (await append(pool, a_batch(*messages), RECEIVED)).tally


def ended(minute: float) -> str:
    return printed(Instant(RECORDED + round(minute * MINUTE_US)))


async def reports(pool: Pool) -> list[tuple[object, ...]]:
    rows = await pool.fetch("SELECT event_id, ended_at IS NOT NULL, kind FROM tag_event ORDER BY tag_event_no")
    return [tuple(row) for row in rows]


async def events_of(pool: Pool, tag_ids: Sequence[str]) -> list[TagEvent]:
    """Return the tags' events as the morning reads them."""
    start = Instant(RECORDED - MINUTE_US)
    async with pool.acquire() as connection:
        return await read_events(connection, [(start, Stretch(TagId(one), start, Instant(FOREVER))) for one in tag_ids])


async def test_tag_events_are_kept_once_and_ask_for_judging(pool: Pool) -> None:
    fitting = await ledger_rows.fit(pool, "T-000123", Instant(RECORDED + MINUTE_US))
    first, told_end = event_message(), event_message(ended_at=ended(2))
    messages: list[object] = [first, first, told_end, first, event_message(event_id=None), {}]
    assert await appended(pool, *messages) == Tally(events=3, duplicates=2, rejected=1)
    assert await appended(pool, *messages) == Tally(duplicates=5, rejected=1)
    assert await reports(pool) == [("e-1", False, "strap"), ("e-1", True, "strap"), (None, False, "strap")]
    assert await ledger_rows.work(pool) == [(fitting, RECORDED + MINUTE_US, RECEIVED, "tag event")]
    assert await pool.fetchval("SELECT profile FROM rejection") == "event"


@pytest.mark.parametrize("event_id", ["e-1", None])
async def test_an_end_told_later_asks_for_judging_and_a_late_report_without_it_does_not(
    pool: Pool, event_id: str | None
) -> None:
    await ledger_rows.fit(pool, "T-000123", RECORDED)
    for ended_at, expected, work in [
        (None, Tally(events=1), 1),
        (ended(2), Tally(events=1), 2),
        (None, Tally(duplicates=1), 2),
        (ended(2), Tally(duplicates=1), 2),
        (ended(3), Tally(contradictions=1, rejected=1), 2),
    ]:
        assert await appended(pool, event_message(event_id=event_id, ended_at=ended_at)) == expected
        assert len(await ledger_rows.work(pool)) == work
    assert [event.ended_at for event in await events_of(pool, ["T-000123"])] == [RECORDED + 2 * MINUTE_US]


async def test_a_contradiction_goes_to_quarantine_with_its_bytes_and_the_first_stays(pool: Pool) -> None:
    other, late = event_message(kind="case", detail="cut"), event_message(occurred_at=ended(1))
    await appended(pool, event_message())
    messages = event_message(), other, event_message(event_id="e-2"), late
    assert await appended(pool, *messages) == Tally(events=1, duplicates=1, contradictions=2, rejected=2)
    assert await appended(pool, *messages) == Tally(duplicates=2, contradictions=2, rejected=2)
    assert await reports(pool) == [("e-1", False, "strap"), ("e-2", False, "strap")]
    rows = await pool.fetch("SELECT place, profile, contradiction, tag_id, body, faults FROM rejection ORDER BY place")
    assert [tuple(row) for row in rows] == [
        ("m/1", "event", True, "T-000123", body(other), [f"{one}: {SAYS}" for one in ("kind", "detail")]),
        ("m/3", "event", True, "T-000123", body(late), [f"occurred_at: {SAYS}"]),
    ]


SAYS = "differs from what the ledger says of this event"


@pytest.mark.parametrize("event_id", ["e-1", None])
async def test_a_report_that_no_longer_stands_contradicts_nothing(pool: Pool, event_id: str | None) -> None:
    await appended(pool, event_message(event_id=event_id, detail="cut"))
    await pool.execute("UPDATE tag_event SET standing = false")
    assert await appended(pool, event_message(event_id=event_id)) == Tally(events=1)


async def test_of_one_event_appended_at_once_in_different_words_one_stays(pool: Pool) -> None:
    # Neighbours in this list break no unique index: only the tags' locks keep them apart.
    words = [("strap", None), ("case", ended(2)), ("jamming", None), ("strap", ended(2)), ("case", None)] * 2
    batches = [
        a_batch(*(event_message(tag_id=f"T-{tag}", kind=kind, ended_at=end) for tag in range(20)))
        for kind, end in words
    ]
    # Fixes besides, of the same tags in another order: neither waits for the other in a ring.
    for batch in batches[::2]:
        for tag in reversed(range(20)):
            batch.add_message(body(fix_message(tag_id=f"T-{tag}")), "cordon", (tag,))
    done: list[Appended] = await asyncio.gather(*(append(pool, batch, RECEIVED) for batch in batches))
    total = sum((one.tally for one in done), Tally())
    assert total.messages == 20 * 10 + 20 * 5
    assert await pool.fetchval("SELECT count(DISTINCT (tag_id, kind)) FROM tag_event") == 20
    assert await pool.fetchval("SELECT count(*) FROM tag_event") == total.events
    assert len(await events_of(pool, [f"T-{tag}" for tag in range(20)])) == 20


async def test_an_append_waits_for_what_another_tells_of_the_same_tag(pool: Pool) -> None:
    await appended(pool, event_message(event_id="earlier"))

    async def waits_or_is_done() -> bool:
        waiting: bool = await pool.fetchval(WAITING)
        return waiting or later.done()

    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM tag FOR NO KEY UPDATE")
        await connection.execute(f"{INSERT} VALUES ('e-1', 'T-000123', $1, NULL, 'strap', $1)", moment(RECORDED))
        later = asyncio.create_task(appended(pool, event_message(kind="case", ended_at=ended(2))))
        await eventually(waits_or_is_done)
    assert await later == Tally(contradictions=1, rejected=1)


WAITING = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
INSERT = "INSERT INTO tag_event (event_id, tag_id, occurred_at, ended_at, kind, received_at)"


async def test_the_database_itself_refuses_a_second_report_with_an_end(pool: Pool) -> None:
    await pool.execute(f"{INSERT} VALUES ('e-1', 'T-1', now(), now(), 'strap', now())")
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(f"{INSERT} VALUES ('e-1', 'T-1', now(), 'infinity', 'case', now())")


async def test_however_reports_arrive_the_morning_and_a_file_read_the_same_events(pool: Pool, tmp_path: Path) -> None:
    chance = Random(7)  # noqa: S311 - an order, not a secret
    tags = [f"T-{number}" for number in range(30)]
    ends: list[list[str | None]] = [[None], [ended(2)], [None, ended(2)], [None, None, ended(2), ended(2)]]
    told = [
        event_message(tag_id=tag, event_id=event_id, kind=kind, ended_at=end)
        for tag, event_id, kind in product(tags, (None, 1, 2), ("strap", "case"))
        for end in chance.choice(ends)
        if event_id is None or (event_id == 1) == (kind == "case")
    ]
    chance.shuffle(told)
    left = list(told)
    while left:
        tally = await appended(pool, *(left.pop() for _ in range(min(len(left), chance.randint(1, 40)))))
        assert not tally.rejected
    path = tmp_path / "E.jsonl"
    path.write_bytes(b"\n".join(map(body, told)))
    once = event_file.read_events(path)
    assert len(once) == 4 * len(tags)
    assert sorted(await events_of(pool, tags), key=repr) == sorted(once, key=repr)
