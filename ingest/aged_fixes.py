"""Fixes that are past their period: a day's table goes whole, or, where something of it must stay, all the rest.

What stays: what a legal hold covers, and the fixes that an incident rests on while the incident itself is kept.
"""

from collections.abc import Callable
from datetime import date, datetime

import asyncpg
import structlog

from geofence.instants import Instant, moment
from ingest.connections import Connection
from ingest.erasing import BATCH, Stopped, Witness, erasing
from ingest.fix_tables import OTHER_DAYS, FixTable, day_tables, tags_in

log = structlog.get_logger(__name__)

CLASS = "fixes"

KEEPS = """
SELECT EXISTS (SELECT FROM kept_stretch JOIN tag USING (tag_id) JOIN {table} AS fix USING (tag_no)
               WHERE starts_at < $2 AND ends_at > $1 AND recorded_at >= starts_at AND recorded_at < ends_at)"""
# A table on its way out is known by its name, so that whoever comes after a crash finishes it.
DETACH = "ALTER TABLE fix DETACH PARTITION {table}"
NAME_LEAVING = "ALTER TABLE {table} RENAME TO leaving_{table}"
READ_LEAVING = r"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^leaving_fix_\d{8}$' ORDER BY relname"
COUNT = "SELECT count(*) FROM {table}"
DROP = "DROP TABLE {table}"

READ_KEPT = """
SELECT tag_no, greatest(starts_at, $2), least(ends_at, $3) FROM kept_stretch JOIN tag USING (tag_id)
WHERE tag_no = ANY ($1) AND starts_at < $3 AND ends_at > $2"""
# Tag by tag in the order of the index, no further than wanted, and told how far that was.
ERASE_REST = """
WITH gone AS (
    DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT found.ctid FROM (SELECT unnest($1::integer[]) AS tag_no) AS wanted
        CROSS JOIN LATERAL (
            SELECT fix.ctid FROM {table} AS fix
            WHERE fix.tag_no = wanted.tag_no AND recorded_at >= $2 AND recorded_at < $3
            AND NOT EXISTS (SELECT FROM unnest($4::integer[], $5::timestamptz[], $6::timestamptz[])
                              AS kept (tag_no, starts_at, ends_at)
                            WHERE kept.tag_no = wanted.tag_no AND recorded_at >= starts_at AND recorded_at < ends_at)
            OFFSET 0) AS found
        LIMIT $7))
    RETURNING tag_no)
SELECT count(*) AS count, max(tag_no) AS last FROM gone"""
# Roughly, by the planner's last look; where it never looked, by counting.
READ_SIZE = "SELECT reltuples::bigint FROM pg_class WHERE oid = $1::text::regclass"
COUNT_BEFORE = "SELECT count(*) FROM {table} WHERE recorded_at < $1"


async def erase_aged_fixes(
    connection: Connection, before: Instant, turn: Callable[[date], bool], witness: Witness, stopped: Stopped
) -> int:
    """Erase the fixes recorded on whole days (in UTC) before an instant, and return how many.

    1. Finish the tables that were on their way out when a process ended.
    2. Each day whose turn it is: its table goes whole, or what need not stay of it.
    3. What of other days is as old.
    Whoever reads for long is not waited for: his day goes another time.
    """
    erased = await _drop_leaving(connection, witness)
    cutoff = moment(before).replace(hour=0, minute=0, second=0, microsecond=0)
    for table in await day_tables(connection):
        if stopped() or table.end > cutoff:
            break
        if table.day is None or not turn(table.day):
            continue
        try:
            if await _keeps(connection, table):
                erased += await _erase_rest(connection, table, table.end, witness, stopped)
            else:
                await _detach(connection, table)
                erased += await _drop_leaving(connection, witness)
        except (asyncpg.LockNotAvailableError, _Needed) as refused:
            log.info("Days of old fixes stay another while.", since=str(table.day), reason=type(refused).__name__)
            break
    return erased + await _erase_rest(connection, OTHER_DAYS, cutoff, witness, stopped)


async def count_aged_fixes(connection: Connection, before: Instant) -> int:
    """Return about how many fixes were recorded on whole days before an instant, also those that must stay."""
    cutoff = moment(before).replace(hour=0, minute=0, second=0, microsecond=0)
    count: int = await connection.fetchval(COUNT_BEFORE.format(table=OTHER_DAYS.name), cutoff)
    for table in await day_tables(connection):
        if table.end <= cutoff:
            size = await connection.fetchval(READ_SIZE, table.name)
            count += size if size >= 0 else await connection.fetchval(COUNT.format(table=table.name))
    return count


async def _keeps(connection: Connection, table: FixTable) -> bool:
    """Say whether something in a day's table must stay."""
    keeps: bool = await connection.fetchval(KEEPS.format(table=table.name), table.start, table.end)
    return keeps


async def _detach(connection: Connection, table: FixTable) -> None:
    """Take a day's table out of the ledger. Raises LockNotAvailableError where somebody reads for long, _Needed."""
    async with erasing(connection):
        await connection.execute(DETACH.format(table=table.name))
        # Once more, now that nobody else can look at it: an incident may have been found there since.
        if await _keeps(connection, table):
            raise _Needed
        await connection.execute(NAME_LEAVING.format(table=table.name))


async def _drop_leaving(connection: Connection, witness: Witness) -> int:
    """Count and drop the tables that are out of the ledger already: nobody waits, however long that takes."""
    erased = 0
    for row in await connection.fetch(READ_LEAVING):
        table = row["relname"]
        async with connection.transaction():
            fixes: int = await connection.fetchval(COUNT.format(table=table))
            await connection.execute(DROP.format(table=table))
            if fixes:
                day = datetime.strptime(f"{table}+0000", "leaving_fix_%Y%m%d%z").date()
                await witness(connection, CLASS, fixes, f"fixes recorded on {day} (UTC)")
        erased += fixes
    return erased


async def _erase_rest(
    connection: Connection, table: FixTable, end: datetime, witness: Witness, stopped: Stopped
) -> int:
    """Erase what of a table was recorded before `end` and need not stay, some tags at a time."""
    said = f"fixes recorded on {table.day} (UTC)" if table.day else f"fixes recorded before {end.date()} (UTC)"
    erased = after = 0
    while not stopped() and (tags := await tags_in(connection, table, after)):
        async with erasing(connection):
            kept = await connection.fetch(READ_KEPT, tags, table.start, end)
            columns = [[row[column] for row in kept] for column in range(3)]
            [gone] = await connection.fetch(
                ERASE_REST.format(table=table.name), tags, table.start, end, *columns, BATCH
            )
            if gone["count"]:
                await witness(connection, CLASS, gone["count"], said)
        erased += gone["count"]
        # A full transaction may have left fixes of the last tag that it came to.
        after = gone["last"] - 1 if gone["count"] == BATCH else tags[-1]
    return erased


class _Needed(Exception):
    """Something in a table must stay after all."""
