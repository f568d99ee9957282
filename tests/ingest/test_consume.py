"""From the log to the ledger, each record once, whatever the log, the database and other readers do meanwhile."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from structlog.testing import capture_logs

from ingest.connections import Pool
from ingest.leases import Leases
from ingest.source import FIXES_TOPIC, Partition
from tests.ingest import ledger_rows
from tests.ingest.fake_log import FakeLog, FakeRecord
from tests.ingest.messages import body, event_message, fix_message, mdss_message
from tests.ingest.reading import consuming, eventually, fixes_in
from tests.ingest.standing import EVENTS, FIXES, at, fixes, owners, position

CUT_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


async def test_every_record_ends_as_fix_event_or_rejection(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, body(fix_message()), body([fix_message(), fix_message(position_id=2), {}]), None, b"\x00nonsense")
    mdss = [("other", b""), ("Content-Type", b"Application/vnd.mdss.position+json; v=1")]
    log.kept[FIXES].append(FakeRecord(4, body(mdss_message()), mdss))
    log.kept[FIXES].append(FakeRecord(5, body(fix_message(position_id=3)), [("content-type", b"text/x")]))
    log.add(EVENTS, body(event_message()), b"[{}]")
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 6, EVENTS: 2}))
    assert [row[2] for row in await ledger_rows.identities(pool)] == ["2", "3", "8812345"]
    assert await pool.fetchval("SELECT count(*) FROM tag_event") == 1
    assert [row[:2] for row in await ledger_rows.rejections(pool)] == [
        ("kafka", "tag-events/0/1/0"),
        ("kafka", "tag-fixes/0/1/2"),
        ("kafka", "tag-fixes/0/2"),
        ("kafka", "tag-fixes/0/3"),
    ]
    assert await ledger_rows.arrivals(pool) == {"kafka": (10, 3, 2, 0, 4)}


async def test_reading_goes_on_where_the_database_says(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 10))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 10}))
    log.add(FIXES, *fixes(10, 15))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 15}))
    assert await ledger_rows.arrivals(pool) == {"kafka": (15, 15, 0, 0, 0)}
    assert log.noted == {FIXES: 15}


async def test_records_from_before_the_position_are_dropped_and_a_gap_is_read_again(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 10))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 10}))
        log.add(FIXES, *fixes(10, 20))
        log.strays = {FIXES: log.kept[FIXES][3:]}
        await eventually(lambda: at(pool, {FIXES: 20}))
        log.strays = {FIXES: [FakeRecord(25, fixes(25, 26)[0])]}
        log.add(FIXES, *fixes(20, 30))
        await eventually(lambda: at(pool, {FIXES: 30}))
    assert await ledger_rows.arrivals(pool) == {"kafka": (30, 30, 0, 0, 0)}


async def test_a_gap_that_the_log_really_has_is_passed(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 10))
    del log.kept[FIXES][4:7]
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 10}))
    assert await fixes_in(pool) == 7


async def test_records_that_were_thrown_away_before_they_were_read_are_an_alarm(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 4))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 4}))
    log.add(FIXES, *fixes(4, 10))
    del log.kept[FIXES][:8]
    with capture_logs() as told:
        async with consuming(log.open, pool):
            await eventually(lambda: at(pool, {FIXES: 10}))
            # Under way too.
            log.add(FIXES, *fixes(10, 20))
            del log.kept[FIXES][:7]
            await eventually(lambda: at(pool, {FIXES: 20}))
            while len(alarms := [line for line in told if line["log_level"] == "error"]) < 2:  # noqa: ASYNC110 - nor does a log
                await asyncio.sleep(0.01)
    assert await fixes_in(pool) == 11
    assert [(alarm["next_offset"], alarm["from"]) for alarm in alarms] == [(4, 8), (10, 15)]


async def test_a_topic_that_was_made_anew_is_read_from_its_beginning(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 10))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 10}))
        log.kept[FIXES].clear()
        log.add(FIXES, *fixes(8, 12))
        await eventually(lambda: at(pool, {FIXES: 4}))
    assert await fixes_in(pool) == 12


async def test_readers_share_the_partitions_and_take_over_from_each_other(pool: Pool) -> None:
    log = FakeLog()
    partitions = [Partition(FIXES_TOPIC, number) for number in range(4)]
    for partition in partitions:
        log.add(partition, *fixes(1000 * partition.number, 1000 * partition.number + 10))
    async with consuming(log.open, pool, "first"):
        await eventually(lambda: owners(pool, {"first": 4}))
        async with consuming(log.open, pool, "second"), consuming(log.open, pool, "third"):
            await eventually(lambda: owners(pool, {"first": 2, "second": 1, "third": 1}))
            for partition in partitions:
                log.add(partition, *fixes(1000 * partition.number + 10, 1000 * partition.number + 20))
            await eventually(lambda: at(pool, dict.fromkeys(partitions, 20)))
        await eventually(lambda: owners(pool, {"first": 4}))
    assert await pool.fetchval("SELECT count(owner) FROM kafka_position") == 0
    assert await ledger_rows.arrivals(pool) == {"kafka": (80, 80, 0, 0, 0)}


async def test_a_reader_that_overslept_its_lease_is_fenced_off(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 10))
    async with consuming(log.open, pool, "sleeper", lease_s=60):
        await eventually(lambda: at(pool, {FIXES: 10}))
        await pool.execute("UPDATE kafka_position SET leased_until = '-infinity'")
        await pool.execute("DELETE FROM kafka_reader")
        async with consuming(log.open, pool, "waker", lease_s=60):
            await eventually(lambda: owners(pool, {"waker": 1}))
            epoch = await pool.fetchval("SELECT epoch FROM kafka_position")
            log.add(FIXES, *fixes(10, 20))
            await eventually(lambda: at(pool, {FIXES: 20}))
            assert await pool.fetchval("SELECT epoch FROM kafka_position") == epoch == 2
    assert await ledger_rows.arrivals(pool) == {"kafka": (20, 20, 0, 0, 0)}


async def test_a_reader_that_stands_still_within_an_append_keeps_nobody_from_renewing(pool: Pool) -> None:
    partitions = [Partition(FIXES_TOPIC, number) for number in range(2)]
    await Leases(pool, "first", 1.0).renew(partitions)
    async with pool.acquire() as frozen, frozen.transaction():
        await frozen.execute("UPDATE kafka_position SET next_offset = 1 WHERE partition = 0")
        async with asyncio.timeout(10):
            await Leases(pool, "second", 1.0).renew(partitions)


async def test_a_renewal_that_takes_longer_than_the_lease_ends_nobody(pool: Pool) -> None:
    assert list(await Leases(pool, "slow", lease_s=0).renew([FIXES])) == [FIXES]


async def test_a_crash_between_decoding_and_the_commit_is_as_if_nothing_was_read(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES)
    async with consuming(log.open, pool) as task:
        await eventually(lambda: owners(pool, {"reader": 1}))
        async with pool.acquire() as other, other.transaction():
            await other.execute("LOCK TABLE arrival IN EXCLUSIVE MODE")
            log.add(FIXES, *fixes(0, 10))
            await eventually(lambda: pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))
            task.cancel()
            await asyncio.wait([task])
    assert (await fixes_in(pool), await position(pool)) == (0, 0)
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 10}))
    assert await ledger_rows.arrivals(pool) == {"kafka": (10, 10, 0, 0, 0)}


async def test_connections_that_are_cut_lose_nothing(pool: Pool) -> None:
    log = FakeLog()
    async with consuming(log.open, pool):
        for start in range(0, 400, 100):
            log.add(FIXES, *fixes(start, start + 100))
            await eventually(lambda at_least=start: _beyond(pool, at_least))  # type: ignore[misc] # a default of the loop
            await pool.execute(CUT_CONNECTIONS)
        await eventually(lambda: at(pool, {FIXES: 400}))
    assert await ledger_rows.arrivals(pool) == {"kafka": (400, 400, 0, 0, 0)}


async def test_an_absence_of_the_log_is_said_once_and_outlived(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 10))
    with capture_logs() as told:
        async with consuming(log.open, pool, lease_s=0.3):
            await eventually(lambda: at(pool, {FIXES: 10}))
            log.away = True
            log.add(FIXES, *fixes(10, 20))
            await eventually(lambda: _said(told, "The log or the database is away; trying again until it is back."))
            log.away = False
            await eventually(lambda: at(pool, {FIXES: 20}))
            await eventually(lambda: _said(told, "Records are read again."))
    events = [line["event"] for line in told if line["event"] != "Partitions are held."]
    assert events == ["The log or the database is away; trying again until it is back.", "Records are read again."]


async def test_what_the_ledger_can_not_hold_goes_to_quarantine_and_stalls_nothing(pool: Pool) -> None:
    await pool.execute("ALTER TABLE fix ADD CONSTRAINT moody CHECK (position_id <> '7')")
    log = FakeLog()
    log.add(FIXES, *fixes(0, 10))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 10}))
    assert await fixes_in(pool) == 9
    expected = [("kafka", "tag-fixes/0/7", False, ["message: the ledger refuses it (CheckViolationError)"])]
    assert await ledger_rows.rejections(pool) == expected
    assert await pool.fetchval("SELECT body FROM rejection") == fixes(7, 8)[0]


async def test_a_limit_of_the_database_stalls_nothing(pool: Pool) -> None:
    await pool.execute(
        "CREATE FUNCTION too_much() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'index row too large' USING ERRCODE = 'program_limit_exceeded'; END $$;"
        " CREATE TRIGGER too_much BEFORE INSERT ON fix FOR EACH ROW WHEN (new.position_id = '1')"
        " EXECUTE FUNCTION too_much()"
    )
    log = FakeLog()
    log.add(FIXES, *fixes(0, 3))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 3}))
    expected = [("kafka", "tag-fixes/0/1", False, ["message: the ledger refuses it (ProgramLimitExceededError)"])]
    assert await ledger_rows.rejections(pool) == expected


async def test_what_was_read_behind_a_refused_batch_is_appended_after_it(pool: Pool) -> None:
    # Many more than are read at once, so that some were decoded while others were being refused; nothing comes later.
    await pool.execute("ALTER TABLE fix ADD CONSTRAINT moody CHECK (position_id NOT IN ('7', '130', '499'))")
    log = FakeLog()
    log.add(FIXES, *fixes(0, 500))
    other = Partition(FIXES_TOPIC, 1)
    log.add(other, *fixes(500, 600))
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: 500, other: 100}))
    assert await fixes_in(pool) == 597
    places = [row[1] for row in await ledger_rows.rejections(pool)]
    assert places == ["tag-fixes/0/130", "tag-fixes/0/499", "tag-fixes/0/7"]


async def test_much_is_gathered_while_something_is_appended_but_not_without_end(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.gathered.RECORDS", 250)
    log = FakeLog()
    log.add(FIXES)
    async with consuming(log.open, pool, lease_s=60):
        await eventually(lambda: owners(pool, {"reader": 1}))
        async with pool.acquire() as other, other.transaction():
            await other.execute("LOCK TABLE arrival IN EXCLUSIVE MODE")
            log.add(FIXES, *fixes(0, 1000))
            await eventually(lambda: _handed_out(log, 400))
            for _ in range(100):
                await asyncio.sleep(0)
        await eventually(lambda: at(pool, {FIXES: 1000}))
    together = [
        row["count"] for row in await pool.fetch("SELECT count(*) FROM fix GROUP BY xmin ORDER BY xmin::text::int")
    ]
    assert together[:2] == [100, 300]
    assert max(together) == 300


async def test_no_record_whatever_is_in_it_stalls_its_partition(pool: Pool) -> None:
    poison = [
        *(None, b"", b" ", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"null", b"[" * 100_000, b'{"tag_id":' * 100_000),
        *(b"[" + b" " * (16 * 1024 * 1024) + b"]", b'"' + b"x" * (16 * 1024 * 1024)),
        *(body(fix_message(tag_id="T\0")), body([fix_message(position_id="\ud800")]), b'{"tag_id": "\xed\xa0\x80"}'),
        *(body(fix_message(latitude=1e308)), b'{"tag_id": "T", "recorded_at": ' + b"9" * 5000 + b"}"),
    ]
    log = FakeLog()
    for partition, good in ((FIXES, body(fix_message())), (EVENTS, body(event_message()))):
        log.add(partition, *poison, good)
    names = [("content-type", b"\xff;\xff"), ("", b""), ("content-type", None)]
    log.kept[FIXES][5] = FakeRecord(5, poison[5], names)  # type: ignore[arg-type] # a header may have no value
    async with consuming(log.open, pool):
        await eventually(lambda: at(pool, {FIXES: len(poison) + 1, EVENTS: len(poison) + 1}))
    assert await fixes_in(pool) == await pool.fetchval("SELECT count(*) FROM tag_event") == 1
    for row in await pool.fetch("SELECT place, faults, body FROM rejection"):
        offset = int(row["place"].split("/")[2])
        kept = poison[offset] or b""
        assert row["body"] in (kept, kept.removeprefix(b"[").removesuffix(b"]")), row["place"]
        assert row["faults"], row["place"]
    assert await pool.fetchval("SELECT count(*) FROM rejection") == 2 * len(poison)


async def test_no_topic_is_said_and_waited_for(pool: Pool) -> None:
    log = FakeLog()
    with capture_logs() as told:
        async with consuming(log.open, pool, lease_s=0.3):
            log.add(FIXES, *fixes(0, 3))
            await eventually(lambda: at(pool, {FIXES: 3}))
    assert [line["event"] for line in told if line["log_level"] == "warning"] == [
        "There is no topic to read from: create tag-fixes and tag-events."
    ]


async def test_a_fault_of_our_own_ends_the_consumer(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIXES, *fixes(0, 3))
    log.kept[FIXES].append("no record")  # type: ignore[arg-type] # that is the point
    with pytest.raises(AttributeError):
        async with consuming(log.open, pool) as task:
            await asyncio.wait([task])


async def _beyond(pool: Pool, offset: int) -> bool:
    return await position(pool) > offset


async def _said(told: Sequence[Mapping[str, object]], sentence: str) -> bool:
    return any(line["event"] == sentence for line in told)


async def _handed_out(log: FakeLog, at_least: int) -> bool:
    return log.handed_out >= at_least
