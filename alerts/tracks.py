"""The ledger's fixes and tag events as columns: a window of one fitting's track, or of many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import numpy as np
from numpy.typing import NDArray

from alerts.inputs import Reported
from alerts.particulars import Connection
from geofence.ids import TagId
from geofence.instants import FOREVER, Instant, instant, moment
from geofence.tracks import TagEvent, Tracks

BLOCK = 20_000  # rows fetched at a time: what the columns are made from never lies in memory as a whole
NOT_REPORTED = np.iinfo(np.int64).min

# The fixes of some tags, each in its window. Microseconds are exact: a double holds them to a quarter until 2242.
READ_FIXES = """
SELECT wanted.tag, round(date_part('epoch', recorded_at) * 1e6)::bigint, position_id, person_id, mechanism,
       longitude_deg, latitude_deg, COALESCE(accuracy_m, 'NaN'), COALESCE(accuracy_confidence, 'NaN'), clock_suspect,
       COALESCE(speed_kmh, 'NaN'), COALESCE(heading_deg, 'NaN'),
       COALESCE(round(date_part('epoch', uploaded_at) * 1e6)::bigint, $5),
       round(date_part('epoch', received_at) * 1e6)::bigint
FROM unnest($1::integer[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS wanted (tag, tag_id, start, until)
JOIN tag USING (tag_id)
JOIN fix ON fix.tag_no = tag.tag_no
        AND fix.recorded_at >= wanted.start AND fix.recorded_at < COALESCE(wanted.until, 'infinity')
ORDER BY wanted.tag, recorded_at, position_id COLLATE "C" NULLS FIRST, mechanism"""

# The events of some tags that had not ended before their window begins, from each fitting's start on. Two reports of
# one event differ in its end alone, which one of them does not tell.
READ_EVENTS = """
SELECT tag_id, occurred_at, max(ended_at) AS ended_at, kind
FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY
  AS wanted (tag_id, fitted, start, until, row)
JOIN tag_event USING (tag_id)
WHERE standing AND occurred_at >= wanted.fitted AND occurred_at < COALESCE(wanted.until, 'infinity')
GROUP BY wanted.row, wanted.start, tag_id, event_id, occurred_at, kind
HAVING max(ended_at) IS NULL OR max(ended_at) > wanted.start
ORDER BY tag_id COLLATE "C", occurred_at, kind COLLATE "C", ended_at, event_id COLLATE "C" NULLS FIRST"""

# When the last fix of each of some stretches was recorded.
READ_LAST = """
SELECT wanted.row, (SELECT max(recorded_at) FROM fix
                    WHERE fix.tag_no = tag.tag_no AND recorded_at >= wanted.start AND recorded_at < wanted.until)
FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS wanted (tag_id, start, until, row)
JOIN tag USING (tag_id)"""


class Stretch(NamedTuple):
    """What is wanted of a tag's fixes: those recorded in `[start, until)`."""

    tag_id: TagId
    start: Instant
    until: Instant


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Fixes as `judge` wants them and, row for row, what the report prints besides."""

    tracks: Tracks
    reported: Reported


async def read_fixes(connection: Connection, stretches: Sequence[Stretch], events: Sequence[TagEvent] = ()) -> Reading:
    """Read the fixes of some tags, in track order by tag, within the caller's transaction.

    Stretches of one tag must not overlap. `events` are handed on.
    """
    tag_ids = tuple(sorted({stretch.tag_id for stretch in stretches}))
    numbers = {tag_id: number for number, tag_id in enumerate(tag_ids)}
    cursor = await connection.cursor(
        READ_FIXES,
        [numbers[stretch.tag_id] for stretch in stretches],
        [stretch.tag_id for stretch in stretches],
        [moment(stretch.start) for stretch in stretches],
        [moment_or_none(stretch.until) for stretch in stretches],
        int(NOT_REPORTED),
    )
    blocks = [_columns([])]
    while rows := await cursor.fetch(BLOCK):
        blocks.append(_columns(rows))
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in _TYPES}
    of_tracks = {name: columns.pop(name) for name in _OF_TRACKS}
    return Reading(Tracks(tag_ids, **of_tracks, events=events), Reported(**columns))


async def read_events(connection: Connection, fitted: Sequence[tuple[Instant, Stretch]]) -> list[TagEvent]:
    """Read the tag events that may matter to stretches, each given with the instant at which its wearer got the tag."""
    rows = await connection.fetch(
        READ_EVENTS,
        [stretch.tag_id for _, stretch in fitted],
        [moment(fitted_at) for fitted_at, _ in fitted],
        [moment(stretch.start) for _, stretch in fitted],
        [moment_or_none(stretch.until) for _, stretch in fitted],
    )
    return [
        TagEvent(TagId(tag_id), instant(occurred_at), None if ended_at is None else instant(ended_at), kind)
        for tag_id, occurred_at, ended_at, kind in rows
    ]


async def last_fixes(connection: Connection, stretches: Sequence[Stretch]) -> list[Instant | None]:
    """Return, for each stretch, when its last fix was recorded; None where there is none."""
    found: list[Instant | None] = [None] * len(stretches)
    rows = await connection.fetch(
        READ_LAST,
        [stretch.tag_id for stretch in stretches],
        [moment(stretch.start) for stretch in stretches],
        [moment(stretch.until) for stretch in stretches],
    )
    for row, recorded_at in rows:
        found[row - 1] = None if recorded_at is None else instant(recorded_at)
    return found


def moment_or_none(end: Instant) -> datetime | None:
    """Return the datetime of an interval's end as the database has it: None where it has no end."""
    return None if end >= FOREVER else moment(end)


# Columns of READ_FIXES, in its order: first those of `Tracks`, then those of `Reported`.
_OF_TRACKS: Mapping[str, type[np.generic]] = {
    "tag": np.int64,
    "recorded_at": np.int64,
    "position_id": np.object_,
    "person_id": np.object_,
    "mechanism": np.uint8,
    "longitude_deg": np.float64,
    "latitude_deg": np.float64,
    "accuracy_m": np.float64,
    "accuracy_confidence": np.float64,
    "clock_suspect": np.bool_,
}
_OF_REPORTED: Mapping[str, type[np.generic]] = {
    "speed_kmh": np.float64,
    "heading_deg": np.float64,
    "uploaded_at": np.int64,
    "received_at": np.int64,
}
_TYPES = {**_OF_TRACKS, **_OF_REPORTED}


def _columns(rows: Sequence[asyncpg.Record]) -> dict[str, NDArray[Any]]:
    if not rows:
        return {name: np.empty(0, dtype) for name, dtype in _TYPES.items()}
    values = zip(*rows, strict=True)
    return {name: np.array(column, dtype) for (name, dtype), column in zip(_TYPES.items(), values, strict=True)}
