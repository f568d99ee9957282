"""Writing what became of incidents: their rows, their fixes as differences, and a line of history for each change."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.difference import identity
from alerts.particulars import Connection
from alerts.reconcile import Changes, span
from geofence.ids import IncidentId
from geofence.instants import Instant, moment
from geofence.judgement import Incident, JudgedFix, printed_incident

# A withdrawn or merged incident that the rules find again stands again, under its own identity.
ADD = """
INSERT INTO incident (
    incident_id, fitting_id, wearer_id, tag_id, order_id, prohibition_id, zone_id, kind, grade, state,
    began_at, began_after, began_before, ended_at, ended_after, ended_before, already_inside, suspended, before_aware,
    visits, deepest_m, p_inside_max, first_at, last_at, rules_version, changed_at, detected_at, force)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
       $25, $26, $26, force
FROM court_order WHERE order_id = $5
ON CONFLICT (incident_id) DO UPDATE SET (
    fitting_id, wearer_id, tag_id, order_id, prohibition_id, zone_id, kind, grade, state,
    began_at, began_after, began_before, ended_at, ended_after, ended_before, already_inside, suspended, before_aware,
    visits, deepest_m, p_inside_max, first_at, last_at, rules_version, changed_at, standing, merged_into
) = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
     $26, true, NULL)
WHERE NOT incident.standing
RETURNING incident_id"""
CHANGE = """
UPDATE incident SET (
    fitting_id, wearer_id, tag_id, order_id, prohibition_id, zone_id, kind, grade, state,
    began_at, began_after, began_before, ended_at, ended_after, ended_before, already_inside, suspended, before_aware,
    visits, deepest_m, p_inside_max, first_at, last_at, rules_version, changed_at
) = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
     $26)
WHERE incident_id = $1"""
NO_LONGER_STANDING = "UPDATE incident SET standing = false, merged_into = $2, changed_at = $3 WHERE incident_id = $1"
REMEMBER = """
INSERT INTO incident_history (incident_id, changed_at, what, reason, incident) VALUES ($1, $2, $3, $4, $5)"""
NAME = """
INSERT INTO incident_name (name, incident_id) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET incident_id = EXCLUDED.incident_id
WHERE incident_name.incident_id <> EXCLUDED.incident_id"""

FORGET_FIXES = "DELETE FROM incident_fix WHERE incident_id = $1"
FORGET_FIX = """
DELETE FROM incident_fix
WHERE incident_id = $1 AND recorded_at = $2 AND position_id IS NOT DISTINCT FROM $3 AND mechanism = $4"""
PUT_FIX = """
INSERT INTO incident_fix (incident_id, recorded_at, position_id, mechanism, r95_m, accuracy_assumed, depth_m, p_inside,
                          verdict, zone_version, implausible, longitude_deg, latitude_deg)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT ON CONSTRAINT incident_fix_identity DO UPDATE
SET (r95_m, accuracy_assumed, depth_m, p_inside, verdict, zone_version, implausible, longitude_deg, latitude_deg)
    = ($5, $6, $7, $8, $9, $10, $11, $12, $13)"""


class IdentityTaken(Exception):
    """The rules gave a new incident the identity of one that stands elsewhere on its track."""

    def __init__(self, incident_id: IncidentId) -> None:
        super().__init__(f"incident {incident_id} stands already and would be added a second time")


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, for what reason and by which rules a track was judged: it goes with every change into the history."""

    now: Instant
    cause: str
    rules_version: int


async def write(connection: Connection, fitting_id: int, changes: Changes, occasion: Occasion) -> None:
    """Write what became of the incidents of one track, with a history row for each change.

    Fixes are written as differences: what is there stays untouched. Raises IdentityTaken.
    """
    for addition in changes.added:
        await _add(connection, fitting_id, addition.incident, occasion)
        await _remember(connection, "added", addition.incident, addition.reason, occasion)
    for change in changes.changed:
        await connection.execute(CHANGE, *_row(change.incident, fitting_id, occasion))
        await _put_difference(connection, change.before, change.incident)
        await _remember(connection, "changed", change.incident, change.reason, occasion)
    for merge in changes.merged:
        await connection.execute(NO_LONGER_STANDING, merge.before.incident_id, merge.into, moment(occasion.now))
        await _remember(connection, "merged", merge.before, merge.reason, occasion)
    for withdrawal in changes.withdrawn:
        await connection.execute(NO_LONGER_STANDING, withdrawal.before.incident_id, None, moment(occasion.now))
        await _remember(connection, "withdrawn", withdrawal.before, withdrawal.reason, occasion)
    if changes.names:
        await connection.executemany(NAME, changes.names)


def without_fixes(incident: Incident) -> dict[str, object]:
    """Return an incident as history and live stream show it: judgement.json's members, its fixes left out."""
    members = printed_incident(replace(incident, fixes=()))
    del members["fixes"]
    return members


async def _add(connection: Connection, fitting_id: int, incident: Incident, occasion: Occasion) -> None:
    if await connection.fetchval(ADD, *_row(incident, fitting_id, occasion)) is None:
        raise IdentityTaken(incident.incident_id)
    await connection.execute(FORGET_FIXES, incident.incident_id)
    await _put_fixes(connection, incident.incident_id, incident.fixes)


async def _put_difference(connection: Connection, before: Incident, after: Incident) -> None:
    gone = {identity(fix) for fix in before.fixes} - {identity(fix) for fix in after.fixes}
    rows = [(after.incident_id, moment(at), position_id, mechanism) for at, position_id, mechanism in gone]
    if rows:
        await connection.executemany(FORGET_FIX, rows)
    await _put_fixes(connection, after.incident_id, set(after.fixes) - set(before.fixes))


async def _put_fixes(connection: Connection, incident_id: IncidentId, fixes: Iterable[JudgedFix]) -> None:
    rows = [
        (
            incident_id,
            moment(fix.recorded_at),
            fix.position_id,
            fix.mechanism,
            fix.r95_m,
            fix.accuracy_assumed,
            fix.depth_m,
            fix.p_inside,
            fix.verdict,
            fix.zone_version,
            fix.implausible,
            fix.longitude_deg,
            fix.latitude_deg,
        )
        for fix in fixes
    ]
    if rows:
        await connection.executemany(PUT_FIX, rows)


async def _remember(connection: Connection, what: str, incident: Incident, reason: str, occasion: Occasion) -> None:
    text = json.dumps(without_fixes(incident), ensure_ascii=False)
    said = f"{reason} ({occasion.cause})"
    await connection.execute(REMEMBER, incident.incident_id, moment(occasion.now), what, said, text)


def _row(incident: Incident, fitting_id: int, occasion: Occasion) -> tuple[object, ...]:
    reach = span(incident)
    return (
        incident.incident_id,
        fitting_id,
        incident.wearer_id,
        incident.tag_id,
        incident.order_id,
        incident.prohibition_id,
        incident.zone_id,
        incident.kind,
        incident.grade,
        incident.state,
        *map(_moment, (incident.began_at, *incident.began_between, incident.ended_at, *incident.ended_between)),
        incident.already_inside,
        incident.suspended,
        incident.before_aware,
        incident.visits,
        incident.deepest_m,
        incident.p_inside_max,
        moment(reach.first_at),
        moment(reach.last_at),
        occasion.rules_version,
        moment(occasion.now),
    )


def _moment(at: Instant | None) -> datetime | None:
    return None if at is None else moment(at)
