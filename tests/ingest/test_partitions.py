"""One table a day, made by any number of processes, and never over fixes that are elsewhere already."""

import asyncio
from datetime import date

import numpy as np

from geofence.instants import MINUTE_US
from ingest.batch import Batch
from ingest.connections import Pool
from ingest.ledger import append
from ingest.partitions import days_around, days_of, ensure_partitions, keep_ahead
from tests.ingest.messages import RECEIVED, RECORDED, body, fix_message
from tests.ingest.reading import eventually

DAY_US = 24 * 60 * MINUTE_US


async def made(pool: Pool, days: list[date]) -> list[date]:
    async with pool.acquire() as connection:
        return await ensure_partitions(connection, days)


async def tables(pool: Pool) -> list[str]:
    rows = await pool.fetch(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'fix'::regclass ORDER BY 1"
    )
    return [row[0] for row in rows]


async def test_partitions_are_made_once_by_whoever_comes_first(pool: Pool) -> None:
    days = days_around(RECEIVED)
    assert [str(day) for day in days] == ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]
    done = await asyncio.gather(*(made(pool, days) for _ in range(8)))
    assert sorted(day for one in done for day in one) == days
    assert await made(pool, days) == []
    assert await tables(pool) == ["fix_20261119", "fix_20261120", "fix_20261121", "fix_20261122", "fix_other_days"]


async def test_a_day_whose_fixes_are_in_the_default_partition_stays_there(pool: Pool) -> None:
    batch = Batch("file", None)
    batch.add_objects([body(fix_message())], "cordon", str)
    await append(pool, batch, RECEIVED)
    assert await made(pool, days_around(RECEIVED)) == [date(2026, 11, 19), date(2026, 11, 21), date(2026, 11, 22)]
    assert await pool.fetchval("SELECT count(*) FROM fix_other_days") == 1


async def test_who_reads_for_long_is_not_waited_for(pool: Pool) -> None:
    async with pool.acquire() as reader, reader.transaction(), asyncio.timeout(10):
        await reader.fetch("SELECT FROM fix")
        assert await made(pool, [date(2026, 11, 20)]) == []
    assert await made(pool, [date(2026, 11, 20)]) == [date(2026, 11, 20)]


def test_days_that_a_clock_may_have_made_up_get_no_partition() -> None:
    ages = (-3 * DAY_US, -2 * DAY_US, 0, 366 * DAY_US, 367 * DAY_US)
    instants = np.array([RECORDED - age for age in ages])
    assert days_of(instants, RECEIVED) == [date(2025, 11, 19), date(2026, 11, 20), date(2026, 11, 22)]


async def test_partitions_are_kept_ahead_until_told_to_stop(pool: Pool) -> None:
    stop = asyncio.Event()
    keeping = asyncio.create_task(keep_ahead(pool, lambda: RECEIVED, stop))
    await eventually(lambda: _all_made(pool))
    stop.set()
    await asyncio.wait_for(keeping, 10)


async def _all_made(pool: Pool) -> bool:
    return len(await tables(pool)) == 5
