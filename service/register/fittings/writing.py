"""Writing fittings, and having the desk judge again what that changes, in the same transaction.

A fitting's own track is named, from the earliest instant that changed: also where the fitting became shorter, so that
what was found in the time that it lost is withdrawn.
"""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from alerts.particulars import Connection
from geofence.instants import FOREVER, Instant, Interval, moment
from service.register.changes import ask_for_judging_tracks
from service.register.fittings.fitting import Fitted, FittingRecord
from service.register.row_writing import update

# One that can't stand beside what is there is left out: who was quicker has the tag.
ADD = """
INSERT INTO fitting (tag_id, wearer_id, fitted_at, removed_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
ON CONFLICT DO NOTHING RETURNING fitting_id, tag_id, fitted_at"""
CHANGE = """
UPDATE fitting SET fitted_at = wanted.fitted_at, removed_at = wanted.removed_at
FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS wanted (fitting_id, fitted_at, removed_at)
WHERE fitting.fitting_id = wanted.fitting_id"""


async def add_fittings(connection: Connection, wanted: Sequence[Fitted], now: Instant) -> list[int | None]:
    """Enter fittings, and return the id of each; None where the database holds the tag elsewhere at that time."""
    rows = await connection.fetch(
        ADD,
        [each.tag_id for each in wanted],
        [each.wearer_id for each in wanted],
        [moment(each.during.start) for each in wanted],
        [_removed(each.during) for each in wanted],
    )
    ids = {(row["tag_id"], row["fitted_at"]): row["fitting_id"] for row in rows}
    found = [ids.pop((each.tag_id, moment(each.during.start)), None) for each in wanted]
    since = {
        fitting_id: each.during.start for fitting_id, each in zip(found, wanted, strict=True) if fitting_id is not None
    }
    await ask_for_judging_tracks(connection, since, "fitting entered", now)
    return found


async def change_periods(
    connection: Connection, wanted: Sequence[tuple[FittingRecord, Interval]], now: Instant
) -> bool:
    """Have fittings last from when to when they did, all of them or none.

    False if the database holds a tag elsewhere at that time.
    """
    try:
        async with connection.transaction():
            await connection.execute(
                CHANGE,
                [record.fitting_id for record, _ in wanted],
                [moment(during.start) for _, during in wanted],
                [_removed(during) for _, during in wanted],
            )
    except asyncpg.ExclusionViolationError:
        return False
    since = {record.fitting_id: first_changed(record.fitted.during, during) for record, during in wanted}
    await ask_for_judging_tracks(connection, since, "fitting corrected", now)
    return True


async def void(connection: Connection, record: FittingRecord, now: Instant) -> None:
    """Let a fitting be one that never was."""
    await update(connection, "fitting", {"fitting_id": record.fitting_id}, {"standing": False})
    await ask_for_judging_tracks(connection, {record.fitting_id: record.fitted.during.start}, "fitting void", now)


def first_changed(before: Interval, after: Interval) -> Instant:
    """Return the earliest instant that lies in just one of two intervals that differ.

    >>> first_changed(Interval(Instant(1), Instant(9)), Interval(Instant(1), Instant(5)))
    5
    """
    if before.start != after.start:
        return min(before.start, after.start)
    return min(before.end, after.end)


def _removed(during: Interval) -> datetime | None:
    return None if during.end == FOREVER else moment(during.end)
