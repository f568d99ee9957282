"""What a reader has in hand: fetched, gathered, being appended, leased; and what becomes of it when something fails."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from structlog.testing import capture_logs

from geofence.ids import TagId
from geofence.instants import SECOND_US, Instant, instant
from geofence.rules import Rules
from ingest.connections import Connection, Pool
from ingest.following import Watch
from ingest.leases import Leases
from ingest.watched import ZoneBoxes
from tests.ingest import ledger_rows
from tests.ingest.fake_log import FakeLog
from tests.ingest.messages import RECEIVED
from tests.ingest.reading import consuming, eventually, fixes_in
from tests.ingest.standing import EVENTS, FIXES, at, fixes, owners, position

# What an append waits for in the end, and at first.
LAST, FIRST = "LOCK TABLE arrival IN EXCLUSIVE MODE", "SELECT pg_advisory_xact_lock(hashtext('cordon: the register'))"
ALIVE_UNTIL = "SELECT alive_until FROM kafka_reader"
# A lease of three seconds is to be renewed after one.
DUE = "SELECT min(alive_until) < clock_timestamp() + interval '2 s' FROM kafka_reader"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@asynccontextmanager
async def append_that_waits(pool: Pool, log: FakeLog, lock: str = LAST) -> AsyncIterator[Connection]:
    """Send ten fixes to a reader whose append of them waits until the end."""
    async with pool.acquire() as other, other.transaction():
        await other.execute(lock)
        log.add(FIXES, *fixes(0, 10))
        await eventually(lambda: pool.fetchval(WAITING))
        yield other


async def taken(log: FakeLog, records: int) -> None:
    """Wait until so many records were fetched, and whatever was is gathered."""
    await eventually(lambda: _handed_out(log, records))
    for _ in range(100):
        await asyncio.sleep(0)


async def _handed_out(log: FakeLog, records: int) -> bool:
    return log.handed_out == records


def a_log() -> FakeLog:
    log = FakeLog()
    log.add(FIXES)
    return log


async def test_a_reader_that_holds_nothing_ends_well(pool: Pool) -> None:
    log = FakeLog()
    async with consuming(log.open, pool):
        pass
    assert log.noted == {}


async def test_what_comes_while_an_append_waits_counts_as_received_when_it_comes(pool: Pool) -> None:
    log, clock = a_log(), [RECEIVED]
    async with consuming(log.open, pool, lease_s=60, now=lambda: clock[0]):
        async with append_that_waits(pool, log):
            log.add(FIXES, *fixes(10, 20))
            await taken(log, 20)
            clock[0] = Instant(RECEIVED + SECOND_US - 1)
            log.quiet = quiet = asyncio.Event()
            log.add(FIXES, *fixes(20, 30))
            await taken(log, 30)
            await eventually(lambda: _waiting(log, 1))
            clock[0], log.quiet = Instant(RECEIVED + SECOND_US), None
            log.add(FIXES, *fixes(30, 40))
            quiet.set()
            await taken(log, 40)
        await eventually(lambda: at(pool, {FIXES: 40}))
    query = "SELECT received_at, count(*) FROM fix GROUP BY 1 ORDER BY 1"
    received = [(instant(row[0]) - RECEIVED, row[1]) for row in await pool.fetch(query)]
    assert received == [(0, 30), (SECOND_US, 10)]


async def test_a_reader_that_ends_fetches_nothing_any_more(pool: Pool) -> None:
    log = a_log()
    async with consuming(log.open, pool, lease_s=60) as task, append_that_waits(pool, log):
        log.quiet = asyncio.Event()
        await eventually(lambda: _waiting(log, 1))
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()
    assert log.waiting == 0


async def test_what_was_being_fetched_is_let_go_when_nothing_is_held_any_more(pool: Pool) -> None:
    log = a_log()
    async with consuming(log.open, pool, lease_s=3):
        # Whoever has to renew his leases waits for the append, and fetches nothing: so that is just over.
        alive_until = await pool.fetchval(ALIVE_UNTIL)
        await eventually(lambda: pool.fetchval(f"SELECT ({ALIVE_UNTIL}) > $1", alive_until))
        async with append_that_waits(pool, log):
            log.quiet = asyncio.Event()
            await eventually(lambda: _waiting(log, 1))
            await pool.execute("INSERT INTO kafka_reader VALUES ('another', now() + interval '1 hour')")
            await eventually(lambda: pool.fetchval(DUE))
        await eventually(lambda: owners(pool, {}))
        await eventually(lambda: _waiting(log, 0))
        log.quiet = None
        await pool.execute("DELETE FROM kafka_reader WHERE reader = 'another'")
        log.add(FIXES, *fixes(10, 20))
        await eventually(lambda: at(pool, {FIXES: 20}))


async def _waiting(log: FakeLog, expected: int) -> bool:
    return log.waiting == expected


class CutOff:
    """The register behind a connection that turns out to be cut when the append is given up, as does the log."""

    def __init__(self, log: FakeLog) -> None:
        self._log = log
        self.asked = False

    async def zones_of(self, connection: Connection, tag_ids: Sequence[TagId]) -> ZoneBoxes | None:
        if not self.asked:
            self.asked = self._log.away = True
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self._log.away = False
                raise ConnectionError from None
        return None


async def test_a_log_and_a_database_that_fail_together_are_one_outage(pool: Pool) -> None:
    log, untold = a_log(), list[dict[str, Any]]()
    zones = CutOff(log)
    gc.collect()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: untold.append(context))
    try:
        with capture_logs() as told:
            async with consuming(log.open, pool, lease_s=60, watch=Watch(zones, Rules())):
                log.add(FIXES, *fixes(0, 10))
                await eventually(lambda: at(pool, {FIXES: 10}))
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert zones.asked
    assert [line["reason"] for line in told if line["log_level"] == "warning"] == ["the log is away"]
    assert untold == []


async def test_what_rests_on_a_lost_partition_is_forgotten_with_it(pool: Pool) -> None:
    log = a_log()
    with capture_logs() as told:
        async with consuming(log.open, pool, lease_s=60):
            async with append_that_waits(pool, log, FIRST):
                log.add(FIXES, *fixes(10, 20))
                await taken(log, 20)
                await pool.execute("UPDATE kafka_position SET epoch = 9, leased_until = '-infinity', owner = NULL")
            await eventually(lambda: at(pool, {FIXES: 20}))
    lost = [line["reason"] for line in told if line["event"] == "A partition is read by somebody else now."]
    assert lost == ["tag-fixes/0 is no longer read under epoch 1"]
    assert await ledger_rows.arrivals(pool) == {"kafka": (20, 20, 0, 0, 0)}


async def test_leases_are_extended_without_taking_or_giving_back(pool: Pool) -> None:
    mine, other = Leases(pool, "mine", 60), Leases(pool, "other", 60)
    await mine.renew([FIXES])
    await pool.execute("UPDATE kafka_position SET leased_until = '-infinity'")
    await pool.execute("DELETE FROM kafka_reader")
    await mine.extend()
    assert await other.renew([FIXES, EVENTS]) == {}
    await mine.extend()
    rows = await pool.fetch("SELECT topic, epoch, leased_until > now() AS held FROM kafka_position ORDER BY topic")
    assert [tuple(row) for row in rows] == [("tag-events", 0, False), ("tag-fixes", 1, True)]


async def test_leases_last_while_very_many_records_are_refused(pool: Pool) -> None:
    await pool.execute("ALTER TABLE fix ADD CONSTRAINT full_up CHECK (position_id IS NULL)")
    # So slowly that a lease is over long before the last is in quarantine.
    await pool.execute(
        "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(0.04); RETURN NEW; END $$;"
        " CREATE TRIGGER slowly BEFORE INSERT ON rejection FOR EACH ROW EXECUTE FUNCTION slowly()"
    )
    log, other = a_log(), Leases(pool, "tardy", 60)
    log.add(FIXES, *fixes(0, 80))
    async with consuming(log.open, pool, lease_s=2):
        await eventually(lambda: owners(pool, {"reader": 1}))
        while await position(pool) < 80:
            assert await other.renew([FIXES]) == {}
    assert await fixes_in(pool) == 0
    assert await pool.fetchval("SELECT epoch FROM kafka_position") == 1
