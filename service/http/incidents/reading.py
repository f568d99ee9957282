"""Reading incidents out of the desk's tables."""

from dataclasses import dataclass
from datetime import date, datetime

from asyncpg import Record

from alerts.days import bounds_of
from alerts.incidents import resolve
from geofence.instants import Instant, instant, moment
from geofence.judgement import Grade
from service.access.actor import Actor
from service.database import Connection

# The force of the order, or the one that the zone names to respond: it receives that incident and nothing else.
SEEN_BY = "($1::text IS NULL OR incident.force = $1 OR zone.responding_force = $1)"

# A range of time lists what has a part in it, and whoever was lost inside before it and has not been heard of since.
LISTED_IN = """(incident.first_at < {until} AND (incident.last_at >= {since} OR incident.state = 'track_lost'
    AND {since} < LEAST(
      COALESCE((SELECT min(fix.recorded_at) FROM fix JOIN tag USING (tag_no)
                WHERE tag.tag_id = incident.tag_id AND fix.recorded_at > incident.last_at), 'infinity'),
      COALESCE((SELECT fitting.removed_at FROM fitting WHERE fitting.fitting_id = incident.fitting_id), 'infinity')
    )))"""

LIST = f"""
SELECT incident.* FROM incident JOIN zone USING (zone_id)
WHERE incident.standing AND {SEEN_BY}
  AND ($2::text IS NULL OR incident.force = $2 OR zone.responding_force = $2)
  AND ($3::text IS NULL OR incident.grade = $3)
  AND ($4::text IS NULL OR incident.wearer_id = $4)
  AND ($5::timestamptz IS NULL OR {LISTED_IN.format(since="$5", until="$6")})
  AND ($7::timestamptz IS NULL OR (incident.began_at, incident.incident_id) < ($7, $8))
ORDER BY incident.began_at DESC, incident.incident_id DESC
LIMIT $9"""  # noqa: S608 - a constant

ONE = f"SELECT incident.* FROM incident JOIN zone USING (zone_id) WHERE incident_id = $2 AND {SEEN_BY}"  # noqa: S608 - a constant

FIXES = """
SELECT incident.tag_id, incident_fix.* FROM incident_fix JOIN incident USING (incident_id)
WHERE incident_id = $1 ORDER BY recorded_at, position_id NULLS FIRST, mechanism"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents: None means any. `after` is the place in the list of the last one that was shown."""

    force: str | None = None
    grade: Grade | None = None
    wearer: str | None = None
    day: date | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 100


async def list_incidents(connection: Connection, actor: Actor, wanted: Wanted) -> list[Record]:
    """Return the standing incidents that the actor may see, those that began last first."""
    bounds = None if wanted.day is None else bounds_of(wanted.day)
    began_at, incident_id = wanted.after or (None, None)
    return await connection.fetch(
        LIST,
        actor.force,
        wanted.force,
        wanted.grade,
        wanted.wearer,
        None if bounds is None else moment(bounds.start),
        None if bounds is None else moment(bounds.end),
        began_at,
        incident_id,
        wanted.limit,
    )


async def find_incident(connection: Connection, actor: Actor, incident_id: str) -> Record | None:
    """Return one incident, under its own id or one that it had before a merger; None if the actor may not see it."""
    return await connection.fetchrow(ONE, actor.force, await resolve(connection, incident_id))


async def fixes_of(connection: Connection, incident_id: str) -> list[Record]:
    """Return the judged fixes of one incident in the order of its track."""
    return await connection.fetch(FIXES, incident_id)


def place_of(row: Record) -> str:
    """Return an incident's place in the list as text, for the link to the next page."""
    return f"{instant(row['began_at'])}.{row['incident_id']}"


def place_named(text: str) -> tuple[datetime, str]:
    """Return the place that `place_of` wrote. Raises ValueError if it did not."""
    began, _, incident_id = text.partition(".")
    try:
        return moment(Instant(int(began))), incident_id
    except (OverflowError, ValueError):
        raise ValueError("take it from the link to the next page") from None
