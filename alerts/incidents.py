"""Which incidents does the desk know, and where does an identity lead that was once made known?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from alerts.particulars import Connection
from geofence.ids import IncidentId, OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import Instant, instant, moment
from geofence.judgement import Bracket, Incident, JudgedFix

# What is known of some tracks, of each from an instant on; others wait who would change it. A disposition, which only
# refers to an incident, need not.
READ_TRACKS = """
SELECT incident.* FROM unnest($1::bigint[], $2::timestamptz[]) AS asked (fitting_id, since) JOIN incident
USING (fitting_id) WHERE standing AND (since IS NULL OR last_at >= since)
ORDER BY incident_id FOR NO KEY UPDATE OF incident"""
# What is known of some wearers within a range.
READ_RANGE = """
SELECT * FROM incident WHERE wearer_id = ANY($1) AND standing AND first_at < $3
   AND (last_at >= $2 OR state = 'track_lost') ORDER BY incident_id"""
WHERE_STANDING = "SELECT incident_id, fitting_id, first_at FROM incident WHERE incident_id = ANY($1) AND standing"
READ_FIXES = """
SELECT incident_id, recorded_at, position_id, mechanism, r95_m, accuracy_assumed, depth_m, p_inside, verdict,
       zone_version, implausible, longitude_deg, latitude_deg
FROM incident_fix WHERE incident_id = ANY($1)
ORDER BY incident_id, recorded_at, position_id COLLATE "C" NULLS FIRST, mechanism COLLATE "C\""""

# Where an identity that was once made known leads: to itself while it stands; else to what a merge, or else the rules'
# name, leads to; a withdrawn incident leads to itself.
RESOLVE = """
WITH RECURSIVE way AS (
    SELECT incident_id, merged_into FROM incident
    WHERE incident_id = COALESCE((SELECT incident_id FROM incident
                                  WHERE incident_id = $1 AND (standing OR merged_into IS NOT NULL)),
                                 (SELECT incident_id FROM incident_name WHERE name = $1), $1)
    UNION
    SELECT further.incident_id, further.merged_into FROM incident AS further
    JOIN way ON further.incident_id = way.merged_into
)
SELECT incident_id FROM way WHERE merged_into IS NULL"""


@dataclass(frozen=True, slots=True)
class Known:
    """A standing incident, the track it is of, and when it was first made known."""

    incident: Incident
    fitting_id: int
    detected_at: Instant


async def known_of_tracks(connection: Connection, since: Mapping[int, Instant | None]) -> dict[int, list[Known]]:
    """Return, by fitting, the standing incidents whose last fix or exit is at or after `since` (None: all), locked."""
    instants = [None if at is None else moment(at) for at in since.values()]
    found: dict[int, list[Known]] = {fitting_id: [] for fitting_id in since}
    for one in await _with_fixes(connection, await connection.fetch(READ_TRACKS, list(since), instants)):
        found[one.fitting_id].append(one)
    return found


async def where_standing(connection: Connection, incident_ids: Sequence[str]) -> dict[str, tuple[int, Instant]]:
    """Return, of those of some identities that stand, the fitting, and the first fix or entry."""
    rows = await connection.fetch(WHERE_STANDING, incident_ids)
    return {row["incident_id"]: (row["fitting_id"], instant(row["first_at"])) for row in rows}


async def known_in_range(
    connection: Connection, wearers: Sequence[WearerId], start: Instant, until: Instant
) -> list[Known]:
    """Return the standing incidents of some wearers that touch `[start, until)`, and those lost before it."""
    rows = await connection.fetch(READ_RANGE, wearers, moment(start), moment(until))
    return await _with_fixes(connection, rows)


async def resolve(connection: Connection, incident_id: str) -> IncidentId | None:
    """Return where an identity that was once made known leads now; None if it never was."""
    found = await connection.fetchval(RESOLVE, incident_id)
    return None if found is None else IncidentId(found)


async def _with_fixes(connection: Connection, rows: Sequence[asyncpg.Record]) -> list[Known]:
    fixes: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for fix in await connection.fetch(READ_FIXES, [row["incident_id"] for row in rows]) if rows else ():
        fixes[fix["incident_id"]].append(fix)
    return [
        Known(_incident(row, fixes[row["incident_id"]]), row["fitting_id"], instant(row["detected_at"])) for row in rows
    ]


def _incident(row: asyncpg.Record, fixes: Sequence[asyncpg.Record]) -> Incident:
    tag_id = TagId(row["tag_id"])
    return Incident(
        incident_id=IncidentId(row["incident_id"]),
        wearer_id=WearerId(row["wearer_id"]),
        tag_id=tag_id,
        order_id=OrderId(row["order_id"]),
        prohibition_id=ProhibitionId(row["prohibition_id"]),
        zone_id=ZoneId(row["zone_id"]),
        kind=row["kind"],
        grade=row["grade"],
        state=row["state"],
        began_at=instant(row["began_at"]),
        began_between=_bracket(row, "began"),
        ended_at=_instant(row["ended_at"]),
        ended_between=_bracket(row, "ended"),
        already_inside=row["already_inside"],
        suspended=row["suspended"],
        before_aware=row["before_aware"],
        visits=row["visits"],
        deepest_m=row["deepest_m"],
        p_inside_max=row["p_inside_max"],
        fixes=tuple(_fix(tag_id, fix) for fix in fixes),
    )


def _fix(tag_id: TagId, row: asyncpg.Record) -> JudgedFix:
    return JudgedFix(
        tag_id=tag_id,
        position_id=row["position_id"],
        recorded_at=instant(row["recorded_at"]),
        mechanism=row["mechanism"],
        r95_m=row["r95_m"],
        accuracy_assumed=row["accuracy_assumed"],
        depth_m=row["depth_m"],
        p_inside=row["p_inside"],
        verdict=row["verdict"],
        zone_version=row["zone_version"],
        implausible=row["implausible"],
        longitude_deg=row["longitude_deg"],
        latitude_deg=row["latitude_deg"],
    )


def _bracket(row: asyncpg.Record, end: str) -> Bracket:
    return _instant(row[f"{end}_after"]), _instant(row[f"{end}_before"])


def _instant(value: Any) -> Instant | None:
    return None if value is None else instant(value)
