"""What is in the ledger and at the desk in the end: all of it that must not depend on what died on the way."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from alerts.incident_changes import without_fixes
from alerts.incidents import known_in_range, resolve
from geofence.ids import WearerId
from geofence.instants import Instant
from geofence.judgement import printed_incident
from service.database import Pool

FIXES = """
SELECT tag_id, recorded_at, position_id, mechanism, uploaded_at, longitude_deg, latitude_deg, accuracy_m,
       accuracy_confidence, hdop, speed_kmh, heading_deg, satellites, clock_suspect, person_id
FROM fix JOIN tag USING (tag_no)"""
# A message's place holds its offset, which differs from run to run on one broker; its bytes do not.
QUARANTINE = "SELECT body, contradiction, faults FROM rejection"
EVENTS = "SELECT tag_id, event_id, occurred_at, ended_at, kind, detail FROM tag_event"
# When a clock was suspect is when we received its fixes, which differs from run to run; how many they were does not.
DOUBTS = """
SELECT tag_id, person_id, first_at, last_at, fixes FROM named_person
UNION ALL SELECT tag_id, NULL, NULL, NULL, fixes FROM suspect_clock"""
ARRIVED = """
SELECT coalesce(sum(messages), 0)::int AS messages, coalesce(sum(fixes), 0)::int AS fixes,
       coalesce(sum(duplicates), 0)::int AS duplicates, coalesce(sum(contradictions), 0)::int AS contradictions,
       coalesce(sum(rejected), 0)::int AS rejected FROM arrival"""
LAST_TOLD = """
SELECT DISTINCT ON (incident_id) incident_id, what, incident FROM incident_history
ORDER BY incident_id, history_id DESC"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows as multisets. incidents: those that stand, by how `judgement.json` prints them, their names left out.

    names: of each, the identity that leads to it. told: what the history last said of each incident.
    """

    fixes: Counter[tuple[Any, ...]]
    quarantine: Counter[tuple[Any, ...]]
    events: Counter[tuple[Any, ...]]
    doubts: Counter[tuple[Any, ...]]
    arrived: dict[str, int]
    incidents: list[dict[str, Any]]
    names: list[str]

    @property
    def doubled(self) -> int:
        """How many fixes and events are there more than once. A refused message may well have been sent twice."""
        return sum(count - 1 for rows in (self.fixes, self.events) for count in rows.values())


async def outcome(pool: Pool, between: tuple[Instant, Instant]) -> Outcome:
    """Read it all. Raises AssertionError if the history tells anything else than what stands."""
    async with pool.acquire() as connection:
        wearers = [WearerId(row["wearer_id"]) for row in await connection.fetch("SELECT wearer_id FROM wearer")]
        known = [one.incident for one in await known_in_range(connection, wearers, *between)]
        known.sort(key=lambda one: (one.began_at, one.zone_id, one.incident_id))
        told = {row["incident_id"]: row for row in await connection.fetch(LAST_TOLD)}
    stand = {name: json.loads(row["incident"]) for name, row in told.items() if row["what"] in ("added", "changed")}
    assert stand == {one.incident_id: json.loads(json.dumps(without_fixes(one))) for one in known}, (
        "the history differs"
    )
    return Outcome(
        fixes=await _rows(pool, FIXES),
        quarantine=await _rows(pool, QUARANTINE),
        events=await _rows(pool, EVENTS),
        doubts=await _rows(pool, DOUBTS),
        arrived=dict((await pool.fetch(ARRIVED))[0]),
        incidents=[unnamed(json.loads(json.dumps(printed_incident(one)))) for one in known],
        names=[one.incident_id for one in known],
    )


def unnamed(incident: dict[str, Any]) -> dict[str, Any]:
    """Return an incident without its name, which is the one by which it was first known."""
    return {name: value for name, value in incident.items() if name != "incident_id"}


async def leads_to(pool: Pool, name: str) -> str | None:
    """Return the identity to which a name leads that the rules give an incident."""
    async with pool.acquire() as connection:
        return await resolve(connection, name)


async def _rows(pool: Pool, query: str) -> Counter[tuple[Any, ...]]:
    rows = await pool.fetch(query)
    return Counter(tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in rows)
