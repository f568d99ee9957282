"""One table a day for fixes, made ahead of time. What falls on no such day goes to `fix_other_days` and stays there."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
import numpy as np
import structlog

from geofence.instants import MINUTE_US, Instant, moment
from geofence.tracks import InstantArray
from ingest.connections import Connection, Pool

log = structlog.get_logger(__name__)

DAYS_BEHIND, DAYS_AHEAD, YEAR_DAYS = 1, 2, 366
DAY_US = 24 * 60 * MINUTE_US
_FIRST_DAY = date(1970, 1, 1)
UPKEEP_S, TRY_AGAIN_S = 3600.0, 5.0
# The database is away. asyncpg says InternalClientError of a connection that was cut at an awkward moment; the pool
# then throws it away.
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# Whoever makes partitions holds this lock until the end of the transaction: making one twice at once would fail.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('cordon: partitions of fix'))"
# Making one needs a lock on the default partition; readers must not queue up behind somebody who waits for it.
BE_BRIEF = "SET LOCAL lock_timeout = '1s'"
# By its row and not by to_regclass: that may remember from before the lock that there was no such table.
EXISTS = """
SELECT EXISTS (SELECT FROM pg_inherits JOIN pg_class ON oid = inhrelid
               WHERE inhparent = 'fix'::regclass AND relname = $1)"""
IN_OTHER_DAYS = "SELECT EXISTS (SELECT FROM fix_other_days WHERE recorded_at >= $1 AND recorded_at < $2)"
MAKE = "CREATE TABLE {name} PARTITION OF fix FOR VALUES FROM ('{start}') TO ('{end}')"


def days_around(now: Instant) -> list[date]:
    """Return the days for which partitions must stand at an instant: those of late fixes, today, and what comes."""
    today = moment(now).date()
    return [today + timedelta(days=days) for days in range(-DAYS_BEHIND, DAYS_AHEAD + 1)]


def days_of(instants: InstantArray, now: Instant) -> list[date]:
    """Return the days of some fixes, but for those so far from now that a clock may have made them up."""
    today = now // DAY_US
    days = np.unique(instants // DAY_US).tolist()
    return [_FIRST_DAY + timedelta(days=day) for day in days if today - YEAR_DAYS <= day <= today + DAYS_AHEAD]


async def ensure_partitions(connection: Connection, days: Collection[date]) -> list[date]:
    """Make the partitions of some days (in UTC) that are missing, and return the days for which one was made.

    A day of which `fix_other_days` already holds fixes is left there, and so is one that can't be made because somebody
    reads for long: its fixes go to `fix_other_days`, which costs some speed and nothing else. Safe to call at any time,
    by any number of processes.
    """
    made = []
    for day in sorted(days):
        if await connection.fetchval(EXISTS, _name(day)):
            continue
        try:
            async with connection.transaction():
                if await _make(connection, day):
                    made.append(day)
        except (asyncpg.LockNotAvailableError, asyncpg.CheckViolationError) as refused:
            reason = type(refused).__name__
            log.warning("A day's partition was not made; its fixes go to the default one.", day=str(day), reason=reason)
    return made


async def make_ahead(pool: Pool, now: Callable[[], Instant], stop: asyncio.Event) -> None:
    """Make the partitions that must stand now, before anything is appended; tries until the database answers."""
    said = False
    while not stop.is_set():
        try:
            async with pool.acquire() as connection:
                await ensure_partitions(connection, days_around(now()))
        except AWAY as failed:
            if not said:
                log.warning("The day's partitions can't be made; trying again.", reason=type(failed).__name__)
            said = True
            await _wait(stop, TRY_AGAIN_S)
        else:
            return


async def keep_ahead(pool: Pool, now: Callable[[], Instant], stop: asyncio.Event) -> None:
    """Keep partitions standing for the days that come, until `stop` is set."""
    while not stop.is_set():
        await make_ahead(pool, now, stop)
        await _wait(stop, UPKEEP_S)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _make(connection: Connection, day: date) -> bool:
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    await connection.execute(LOCK)
    if await connection.fetchval(EXISTS, _name(day)) or await connection.fetchval(IN_OTHER_DAYS, start, end):
        return False
    await connection.execute(BE_BRIEF)
    # The text is made from a date alone; DDL takes no parameters.
    await connection.execute(MAKE.format(name=_name(day), start=start.isoformat(), end=end.isoformat()))
    return True


def _name(day: date) -> str:
    return f"fix_{day:%Y%m%d}"
