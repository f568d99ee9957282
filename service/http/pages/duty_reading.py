"""What the first page shows of one force: whoever is inside now, the incidents of a day, what was heard and issued."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from asyncpg import Record

from geofence.instants import Instant, instant, moment
from geofence.judgement import Grade, State
from service.access.actor import Actor
from service.database import Connection
from service.http.incidents.reading import Wanted, list_incidents

# Whoever was lost inside counts until his tag is heard of again, or is off him. $2: now.
_INSIDE = """
SELECT incident.* FROM incident LEFT JOIN fitting USING (fitting_id)
WHERE incident.standing AND NOT incident.suspended AND NOT incident.before_aware
  AND (incident.state = 'open' OR incident.state = 'track_lost'
    AND coalesce(fitting.removed_at, 'infinity') > $2
    AND NOT EXISTS (SELECT FROM fix JOIN tag USING (tag_no)
                    WHERE tag.tag_id = incident.tag_id AND fix.recorded_at > incident.last_at
                      AND fix.recorded_at <= $2))"""
INSIDE_NOW = f"""
SELECT inside.* FROM ({_INSIDE}) AS inside JOIN zone USING (zone_id)
WHERE inside.force = $1 OR zone.responding_force = $1
ORDER BY inside.began_at DESC, inside.incident_id"""  # noqa: S608 - a constant
FORCES = f"""
SELECT code, coalesce(name, code) AS name,
       (SELECT count(*) FROM ({_INSIDE}) AS inside JOIN zone USING (zone_id)
        WHERE inside.force = code OR zone.responding_force = code) AS inside
FROM force WHERE $1::text IS NULL OR code = $1 ORDER BY code"""  # noqa: S608 - a constant

NAMES = """
SELECT incident.incident_id, wearer.name AS wearer, zone.label AS zone, prohibition.clause, court_order.reference
FROM incident JOIN wearer USING (wearer_id) JOIN zone USING (zone_id)
JOIN prohibition ON prohibition.prohibition_id = incident.prohibition_id
JOIN court_order ON court_order.order_id = incident.order_id
WHERE incident.incident_id = ANY($1)"""

# Tags fitted now on wearers with an order of the force; a tag that was never heard of counts as silent. A fix whose
# clock runs ahead says nothing of the present.
HEARD = """
SELECT count(*) AS fitted, count(*) FILTER (WHERE last_at >= $3) AS heard, max(last_at) AS last_at
FROM (SELECT DISTINCT fitting.tag_id FROM court_order JOIN fitting USING (wearer_id)
      WHERE court_order.force = $1 AND court_order.published_at IS NOT NULL AND standing AND fitting.fitted_at <= $2
        AND coalesce(fitting.removed_at, 'infinity') > $2) AS worn
LEFT JOIN tag USING (tag_id)
LEFT JOIN LATERAL (SELECT recorded_at AS last_at FROM fix WHERE fix.tag_no = tag.tag_no AND recorded_at <= $2
                   ORDER BY recorded_at DESC LIMIT 1) AS newest ON true"""

OUTSTANDING = "SELECT day, due_at FROM report_due WHERE force = $1 AND issued_at IS NULL ORDER BY day DESC LIMIT 7"

SILENT_AFTER = timedelta(minutes=15)
MOST = 500


@dataclass(frozen=True, slots=True)
class ForceLine:
    """A force, and how many incidents `inside_now` would list for it."""

    code: str
    name: str
    inside: int


@dataclass(frozen=True, slots=True)
class Line:
    """One incident in a table."""

    incident_id: str
    wearer: str
    zone: str
    clause: str
    reference: str
    grade: Grade
    state: State
    kind: str
    began_at: Instant
    ended_at: Instant | None
    last_at: Instant
    apart: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """How many of the tags fitted now were heard of lately, and when the last fix of any of them was recorded."""

    fitted: int
    heard: int
    last_at: Instant | None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A report that is not issued yet."""

    day: date
    due_at: Instant
    overdue: bool


async def forces_of(connection: Connection, actor: Actor, now: Instant) -> list[ForceLine]:
    """Return the forces that the actor may see, by their codes."""
    rows = await connection.fetch(FORCES, actor.force, moment(now))
    return [ForceLine(row["code"], row["name"], row["inside"]) for row in rows]


async def inside_now(connection: Connection, force: str, now: Instant) -> list[Line]:
    """Return the incidents of a force that are open, or whose wearer was lost inside and not heard of since."""
    return await _lines(connection, await connection.fetch(INSIDE_NOW, force, moment(now)))


async def of_day(connection: Connection, actor: Actor, force: str, day: date) -> list[Line]:
    """Return the incidents of a report day, those that began last first; at most MOST."""
    return await _lines(connection, await list_incidents(connection, actor, Wanted(force=force, day=day, limit=MOST)))


async def heard(connection: Connection, force: str, now: Instant) -> Heard:
    """Return whether the tags of a force's wearers speak."""
    at = moment(now)
    row = await connection.fetchrow(HEARD, force, at, at - SILENT_AFTER)
    if row is None:
        return Heard(0, 0, None)
    return Heard(row["fitted"], row["heard"], _instant(row["last_at"]))


async def outstanding(connection: Connection, force: str, now: Instant) -> list[Outstanding]:
    """Return the reports that a force still awaits, the newest day first."""
    rows = await connection.fetch(OUTSTANDING, force)
    return [Outstanding(row["day"], instant(row["due_at"]), instant(row["due_at"]) < now) for row in rows]


async def _lines(connection: Connection, incidents: list[Record]) -> list[Line]:
    rows = await connection.fetch(NAMES, [row["incident_id"] for row in incidents])
    names = {row["incident_id"]: row for row in rows}
    return [_line(row, names[row["incident_id"]]) for row in incidents]


def _line(row: Record, named: Record) -> Line:
    apart = "before awareness" if row["before_aware"] else "suspended" if row["suspended"] else None
    return Line(
        incident_id=row["incident_id"],
        wearer=named["wearer"],
        zone=named["zone"] or row["zone_id"],
        clause=named["clause"],
        reference=named["reference"],
        grade=row["grade"],
        state=row["state"],
        kind=row["kind"],
        began_at=instant(row["began_at"]),
        ended_at=_instant(row["ended_at"]),
        last_at=instant(row["last_at"]),
        apart=apart,
    )


def _instant(value: datetime | None) -> Instant | None:
    return None if value is None else instant(value)
