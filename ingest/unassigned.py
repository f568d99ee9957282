"""Fixes of tags that are on nobody: erased 72 hours after they were received, leaving counts and hashes.

A fix is unassigned when its tag was in no standing fitting at `recorded_at`. A fitting that is proposed does not keep
it: only one that stands, or a legal hold. Where a fitting was corrected so that it no longer covers a fix, the 72 hours
begin then, so that a mistaken correction can be put right.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

import asyncpg

from geofence.ids import TagId
from geofence.instants import MINUTE_US, Instant, instant, moment
from geofence.tracks import Mechanism
from ingest.connections import Connection
from ingest.erased_content import content_sha256
from ingest.erasing import BATCH, Stopped, Witness, erasing
from ingest.fix import Fix
from ingest.fix_tables import OTHER_DAYS, TAGS_AT_ONCE, FixTable, day_tables, tags_in
from ingest.watched import HOLD_REGISTER_STILL

CLASS = "unassigned_fixes"
UNASSIGNED_HOURS: Final = 72
RECENT_DAYS: Final = 8  # days whose fixes still arrive: looked through each hour, older ones once a day
TAGS_LOOKED_AT = 1_000

# Tags that were not on one wearer for all of a day, of some: most were, and are done with.
READ_CANDIDATES = """
SELECT tag_no FROM tag WHERE tag_no = ANY ($1)
  AND NOT EXISTS (SELECT FROM fitting WHERE fitting.tag_id = tag.tag_id AND standing
                  AND fitted_at <= $2 AND coalesce(removed_at, 'infinity') >= $3)
ORDER BY tag_no"""
# For how long they were on somebody, also as the register had it until less than 72 hours ago; and what is held.
READ_SPARED = """
SELECT tag_no, greatest(starts_at, $2), least(ends_at, $3) FROM tag JOIN (
    SELECT tag_id, fitted_at AS starts_at, coalesce(removed_at, 'infinity') AS ends_at FROM fitting WHERE standing
    UNION ALL
    SELECT image ->> 'tag_id', (image ->> 'fitted_at')::timestamptz,
           coalesce((image ->> 'removed_at')::timestamptz, 'infinity')
    FROM register_change JOIN register_past ON until_version = register_version
    WHERE at > $4 AND table_name = 'fitting' AND coalesce((image ->> 'standing')::boolean, true)
    UNION ALL SELECT tag_id, starts_at, ends_at FROM held_stretch) AS spared USING (tag_id)
WHERE tag_no = ANY ($1) AND starts_at < $3 AND ends_at > $2"""
# Tag by tag in the order of the index, no further than wanted: OFFSET 0 keeps it so, whatever the planner believes.
READ_DUE = """
SELECT found.ctid, tag_no, tag_id, recorded_at, longitude_deg, latitude_deg, position_id, uploaded_at,
       coalesce(accuracy_m, 'NaN') AS accuracy_m, coalesce(accuracy_confidence, 'NaN') AS accuracy_confidence,
       mechanism, satellites, hdop, speed_kmh, heading_deg, person_id
FROM (SELECT tag_no, tag_id FROM tag WHERE tag_no = ANY ($1) ORDER BY tag_no) AS wanted
CROSS JOIN LATERAL (
    SELECT fix.ctid, recorded_at, longitude_deg, latitude_deg, position_id, uploaded_at, accuracy_m,
           accuracy_confidence, mechanism, satellites, hdop, speed_kmh, heading_deg, person_id
    FROM {table} AS fix
    WHERE fix.tag_no = wanted.tag_no AND recorded_at >= $2 AND recorded_at < $3 AND received_at <= $4
    AND NOT EXISTS (SELECT FROM unnest($5::integer[], $6::timestamptz[], $7::timestamptz[])
                      AS spared (tag_no, starts_at, ends_at)
                    WHERE spared.tag_no = wanted.tag_no AND recorded_at >= starts_at AND recorded_at < ends_at)
    ORDER BY recorded_at OFFSET 0) AS found
LIMIT $8"""
ERASE = "DELETE FROM {table} WHERE ctid = ANY ($1::tid[])"
REMEMBER = "INSERT INTO erased_fixes (tag_id, day, fixes, sha256, erased_at) VALUES ($1, $2, $3, $4, $5)"


async def erase_unassigned(
    connection: Connection, now: Instant, turn: Callable[[date], bool], witness: Witness, stopped: Stopped
) -> int:
    """Erase the fixes that were received at least 72 hours ago and are on nobody, and return how many.

    turn: whether an older day is to be looked through this time; recent days always are.
    """
    recent = (moment(now) - timedelta(days=RECENT_DAYS)).date()
    erased = 0
    for table in (*await day_tables(connection), OTHER_DAYS):
        if table.day is None or table.day >= recent or turn(table.day):
            erased += await _erase_of_table(connection, table, now, witness, stopped)
    return erased


async def _erase_of_table(
    connection: Connection, table: FixTable, now: Instant, witness: Witness, stopped: Stopped
) -> int:
    erased = after = 0
    while not stopped() and (tags := await tags_in(connection, table, after, TAGS_LOOKED_AT)):
        found = await connection.fetch(READ_CANDIDATES, tags, table.start, table.end)
        waiting = [row["tag_no"] for row in found]
        while waiting and not stopped():
            some = waiting[:TAGS_AT_ONCE]
            gone, last = await _erase_some(connection, table, some, now, witness)
            erased += gone
            # A full transaction may have left fixes of the last tag that it came to.
            waiting = [tag for tag in waiting if tag >= last] if gone == BATCH else waiting[TAGS_AT_ONCE:]
        after = tags[-1]
    return erased


async def _erase_some(
    connection: Connection, table: FixTable, tags: Sequence[int], now: Instant, witness: Witness
) -> tuple[int, int]:
    """Erase up to BATCH due fixes of some tags, in one transaction; return how many, and the last tag among them.

    1. Read which of them are due. Fixes are never changed and nobody else erases: what was read is what is there.
    2. Hash each tag's day.
    3. Erase exactly these, and write down count and hash of each tag's day.
    """
    due = moment(Instant(now - UNASSIGNED_HOURS * 60 * MINUTE_US))
    async with erasing(connection):
        await connection.execute(HOLD_REGISTER_STILL)  # no fitting that covers them comes into force meanwhile
        spared = await connection.fetch(READ_SPARED, tags, table.start, table.end, due)
        columns = [[row[column] for row in spared] for column in range(3)]
        rows = await connection.fetch(
            READ_DUE.format(table=table.name), tags, table.start, table.end, due, *columns, BATCH
        )
        if not rows:
            return 0, 0
        remembered = await asyncio.to_thread(_tags_and_days, rows, now)
        await connection.execute(ERASE.format(table=table.name), [row["ctid"] for row in rows])
        await connection.executemany(REMEMBER, remembered)
        last = max(day for _, day, *_ in remembered)
        await witness(connection, CLASS, len(rows), f"unassigned fixes recorded up to {last} (UTC)")
    return len(rows), rows[-1]["tag_no"]


def _tags_and_days(rows: Sequence[asyncpg.Record], now: Instant) -> list[tuple[str, date, int, bytes, datetime]]:
    """Return what is remembered of some fixes, which come in order of tag and instant."""
    remembered: list[tuple[str, date, int, bytes, datetime]] = []
    for (tag_id, day), group in groupby(rows, lambda row: (row["tag_id"], row["recorded_at"].date())):
        fixes = [_fix(row) for row in group]
        remembered.append((tag_id, day, len(fixes), content_sha256(fixes), moment(now)))
    return remembered


def _fix(row: asyncpg.Record) -> Fix:
    members = {name: value for name, value in row.items() if name not in ("ctid", "tag_no")}
    uploaded_at = members["uploaded_at"]
    members["tag_id"] = TagId(members["tag_id"])
    members["recorded_at"] = instant(members["recorded_at"])
    members["uploaded_at"] = None if uploaded_at is None else instant(uploaded_at)
    members["mechanism"] = Mechanism(members["mechanism"])
    return Fix(**members)
