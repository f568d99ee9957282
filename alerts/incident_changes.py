"""Writing what became of incidents: their rows, their fixes as differences, and a line of history for each change."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.difference import identity
from alerts.particulars import Connection
from alerts.reconcile import Changed, Changes, span
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
# Transactions are given history_ids in the order in which they commit: whoever comes second waits for the first.
REMEMBER = """
INSERT INTO incident_history (incident_id, changed_at, what, reason, incident, merged_into)
VALUES ($1, $2, $3, $4, $5, $6)"""
# What the rules call an incident now, and by which older identity it was known that stands no longer.
KNOWN_BEFORE = """
SELECT name, incident_id FROM incident_name JOIN incident USING (incident_id)
WHERE name = ANY($1) AND NOT standing AND NOT EXISTS (SELECT FROM incident AS own WHERE own.incident_id = name)"""
NAME = """
INSERT INTO incident_name (name, incident_id) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET incident_id = EXCLUDED.incident_id
WHERE incident_name.incident_id <> EXCLUDED.incident_id"""

FORGET_FIXES = "DELETE FROM incident_fix WHERE incident_id = ANY($1)"
FORGET_FIX = """
DELETE FROM incident_fix
WHERE incident_id = $1 AND recorded_at = $2 AND position_id IS NOT DISTINCT FROM $3 AND mechanism = $4"""
FIX_COLUMNS = (
    *("incident_id", "recorded_at", "position_id", "mechanism", "r95_m", "accuracy_assumed", "depth_m", "p_inside"),
    *("verdict", "zone_version", "implausible", "longitude_deg", "latitude_deg"),
)
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the incidents of one track, and on what occasion."""

    fitting_id: int
    changes: Changes
    occasion: Occasion


async def write(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Write what became of the incidents of some tracks, with a history row for each change.

    Statements go out in batches, so that many incidents cost no more round trips than one. Fixes are written as
    differences: what is there stays untouched. What stands no longer goes first, as another track, such as a fitting
    that was entered anew, may have what bears the same identity. History comes last: from there to the commit no other
    transaction can write any. Raises IdentityTaken.
    """
    outcomes = [one for one in outcomes if one.changes or one.changes.names]
    await _each(connection, NO_LONGER_STANDING, list(_gone(outcomes)))
    outcomes = await _as_known_before(connection, outcomes)
    await _add(connection, outcomes)
    changed = [(one, of) for of in outcomes for one in of.changes.changed]
    await _each(connection, CHANGE, [_row(one.incident, of.fitting_id, of.occasion) for one, of in changed])
    await _put_differences(connection, [one for one, _ in changed])
    await _each(connection, NAME, [name for one in outcomes for name in one.changes.names])
    history = list(_history(outcomes))
    if history:
        await connection.executemany(REMEMBER, history)


async def _each(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        await connection.executemany(statement, rows)


def _gone(outcomes: Sequence[Outcome]) -> Iterator[tuple[object, ...]]:
    for of in outcomes:
        now = moment(of.occasion.now)
        yield from ((one.before.incident_id, one.into, now) for one in of.changes.merged)
        yield from ((one.before.incident_id, None, now) for one in of.changes.withdrawn)


def without_fixes(incident: Incident) -> dict[str, object]:
    """Return an incident as history and live stream show it: judgement.json's members, its fixes left out."""
    members = printed_incident(replace(incident, fixes=()))
    del members["fixes"]
    return members


async def _as_known_before(connection: Connection, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return the outcomes, with what is added under the identity by which it was once made known, if it was.

    An incident keeps its identity whatever the rules call it later, so also when it is found again under that name.
    """
    names = [one.incident.incident_id for of in outcomes for one in of.changes.added]
    rows = await connection.fetch(KNOWN_BEFORE, names) if names else []
    known, taken = {}, set(names)
    for row in rows:
        if row["incident_id"] not in taken:
            known[row["name"]] = row["incident_id"]
            taken.add(row["incident_id"])
    return [replace(of, changes=_renamed(of.changes, known)) for of in outcomes] if known else outcomes


def _renamed(changes: Changes, known: Mapping[IncidentId, IncidentId]) -> Changes:
    added = []
    for one in changes.added:
        name = one.incident.incident_id
        added.append(replace(one, incident=replace(one.incident, incident_id=known.get(name, name))))
    return replace(changes, added=tuple(added))


async def _add(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    rows = [_row(one.incident, of.fitting_id, of.occasion) for of in outcomes for one in of.changes.added]
    if not rows:
        return
    incidents = [one.incident for of in outcomes for one in of.changes.added]
    added = await connection.fetchmany(ADD, rows)
    taken = Counter(one.incident_id for one in incidents) - Counter(row["incident_id"] for row in added)
    for incident_id in taken:
        raise IdentityTaken(incident_id)
    await connection.execute(FORGET_FIXES, [one.incident_id for one in incidents])
    fixes = [_fix_row(one.incident_id, fix) for one in incidents for fix in one.fixes]
    await connection.copy_records_to_table("incident_fix", records=fixes, columns=FIX_COLUMNS)


async def _put_differences(connection: Connection, changed: Sequence[Changed]) -> None:
    gone: list[tuple[object, ...]] = []
    new: list[tuple[object, ...]] = []
    for change in changed:
        incident_id, before, after = change.incident.incident_id, change.before.fixes, change.incident.fixes
        left = {identity(fix) for fix in before} - {identity(fix) for fix in after}
        gone += [(incident_id, moment(at), position_id, mechanism) for at, position_id, mechanism in left]
        new += [_fix_row(incident_id, fix) for fix in set(after) - set(before)]
    await _each(connection, FORGET_FIX, gone)
    await _each(connection, PUT_FIX, new)


def _history(outcomes: Sequence[Outcome]) -> Iterator[tuple[object, ...]]:
    """Yield a history row for each change in the order of writing; what no longer stands is told as it last was."""
    said: list[tuple[str, Incident, str, Occasion, IncidentId | None]] = []
    for of in outcomes:
        said += [("merged", one.before, one.reason, of.occasion, one.into) for one in of.changes.merged]
        said += [("withdrawn", one.before, one.reason, of.occasion, None) for one in of.changes.withdrawn]
    for of in outcomes:
        said += [("added", one.incident, one.reason, of.occasion, None) for one in of.changes.added]
        said += [("changed", one.incident, one.reason, of.occasion, None) for one in of.changes.changed]
    for what, incident, reason, occasion, into in said:
        text = json.dumps(without_fixes(incident), ensure_ascii=False)
        yield incident.incident_id, moment(occasion.now), what, f"{reason} ({occasion.cause})", text, into


def _fix_row(incident_id: IncidentId, fix: JudgedFix) -> tuple[object, ...]:
    return (
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
