"""What is in the ledger goes to files: fixes as `judge` and `replay` read them, tag events, and what was rejected."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from geofence.ids import TagId
from geofence.instants import instant
from geofence.tracks import Mechanism
from ingest.as_members import Unsaid, as_members
from ingest.connections import Connection
from ingest.exported_lines import Part, blocks, write_events, write_rejections
from ingest.fix import Fix, Profile
from ingest.fix_files import Form, writing_fixes

# In track order, tag by tag.
READ_FIXES = """
SELECT tag_id, recorded_at, uploaded_at, longitude_deg, latitude_deg, COALESCE(accuracy_m, 'NaN') AS accuracy_m,
       COALESCE(accuracy_confidence, 'NaN') AS accuracy_confidence, hdop, speed_kmh, heading_deg, satellites, mechanism,
       clock_suspect, position_id, person_id
FROM fix JOIN tag USING (tag_no)
WHERE recorded_at >= COALESCE($1::timestamptz, '-infinity') AND recorded_at < COALESCE($2::timestamptz, 'infinity')
  AND ($3::text IS NULL OR tag_no = (SELECT tag_no FROM tag WHERE tag_id = $3))
ORDER BY tag_id COLLATE "C", recorded_at, position_id COLLATE "C" NULLS FIRST, mechanism"""
KNOWN = """
SELECT EXISTS (SELECT FROM tag WHERE tag_id = $1) OR EXISTS (SELECT FROM tag_event WHERE tag_id = $1)
    OR EXISTS (SELECT FROM rejection WHERE tag_id = $1)"""

BLOCK = 10_000


@dataclass(frozen=True, slots=True)
class Paths:
    """Where to write to."""

    fixes: Path
    events: Path
    rejections: Path


@dataclass(frozen=True, slots=True)
class Exported:
    """How many were written, and what the profile could not say."""

    fixes: int
    events: int
    rejections: int
    unsaid: Unsaid


async def knows_tag(connection: Connection, tag_id: str) -> bool:
    """Whether anything ever named a tag."""
    return bool(await connection.fetchval(KNOWN, tag_id))


async def export(
    connection: Connection, part: Part, profile: Profile, form: Form, paths: Paths, progress: Callable[[int], None]
) -> Exported:
    """Write a part of the ledger to files, all of them from one snapshot.

    progress: told how many more fixes were written. Only a block of rows is in memory at a time. Raises OSError.
    """
    unsaid, fixes = Unsaid(profile), 0
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        with writing_fixes(paths.fixes, form, profile) as write:
            async for rows in blocks(connection, READ_FIXES, part, BLOCK):
                block = [_fix(row) for row in rows]
                unsaid.note(block)
                write([as_members(fix, profile) for fix in block])
                fixes += len(block)
                progress(len(block))
        events = await write_events(connection, part, paths.events)
        rejections = await write_rejections(connection, part, paths.rejections)
    return Exported(fixes, events, rejections, unsaid)


def _fix(row: asyncpg.Record) -> Fix:
    return Fix(
        TagId(row["tag_id"]),
        instant(row["recorded_at"]),
        row["latitude_deg"],
        row["longitude_deg"],
        row["position_id"],
        None if row["uploaded_at"] is None else instant(row["uploaded_at"]),
        row["accuracy_m"],
        row["accuracy_confidence"],
        Mechanism(row["mechanism"]),
        row["satellites"],
        row["hdop"],
        row["speed_kmh"],
        row["heading_deg"],
        row["person_id"],
        row["clock_suspect"],
    )
