"""Reading what became of incidents: line after line as it became known, or all about one of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from asyncpg import Record

from alerts.incidents import resolve
from service.access.actor import Actor
from service.database import Connection
from service.http.documents import at
from service.http.incidents.document import IncidentChange
from service.http.incidents.reading import SEEN_BY

# The next lines, whoever may see them: the place that was reached moves on over those of other forces too.
FOLLOWING = f"""
SELECT line.*, incident.force, {SEEN_BY} AS seen
FROM (SELECT * FROM incident_history WHERE history_id > $2 ORDER BY history_id LIMIT $3) AS line
JOIN incident USING (incident_id) LEFT JOIN zone USING (zone_id)
ORDER BY line.history_id"""  # noqa: S608 - a constant

# An incident, and all that were merged into it, one after another.
_PARTS = """
WITH RECURSIVE part AS (
    SELECT incident_id FROM incident WHERE incident_id = $1
    UNION
    SELECT former.incident_id FROM incident AS former JOIN part ON former.merged_into = part.incident_id
)"""
OF_ONE = f"""{_PARTS}
SELECT line.*, incident.force
FROM incident_history AS line JOIN part USING (incident_id) JOIN incident USING (incident_id)
WHERE line.history_id > $2 ORDER BY line.history_id LIMIT $3"""  # noqa: S608 - a constant
# Whatever may lead to it: a name may since be that of an incident of its own.
FORMER_IDS = f"""{_PARTS}
SELECT incident_id FROM part WHERE incident_id <> $1
UNION
SELECT name FROM incident_name JOIN part USING (incident_id) WHERE name <> $1
ORDER BY incident_id"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class News:
    """Lines that an actor may see. `reached`: the place after them; `full`: there may be more already."""

    changes: Sequence[IncidentChange]
    reached: int
    full: bool


async def read_news(connection: Connection, actor: Actor, after: int, limit: int) -> News:
    """Return what the actor may see of the next `limit` lines of the history of all incidents."""
    rows = await connection.fetch(FOLLOWING, actor.force, after, limit)
    reached = rows[-1]["history_id"] if rows else after
    return News([_change(row) for row in rows if row["seen"]], reached, len(rows) == limit)


async def read_changes(connection: Connection, incident_id: str, after: int, limit: int) -> list[IncidentChange]:
    """Return what became of an incident and of those that were merged into it, the oldest line first."""
    return [_change(row) for row in await connection.fetch(OF_ONE, incident_id, after, limit)]


async def former_ids(connection: Connection, incident_id: str) -> list[str]:
    """Return every other id that leads to an incident: of what was merged into it, and what the rules called it."""
    names: list[str] = [row["incident_id"] for row in await connection.fetch(FORMER_IDS, incident_id)]
    return [name for name in names if await resolve(connection, name) == incident_id]


def _change(row: Record) -> IncidentChange:
    return IncidentChange(
        id=row["history_id"],
        what=row["what"],
        reason=row["reason"],
        changed_at=at(row["changed_at"]),
        force=row["force"],
        into=row["merged_into"],
        incident=json.loads(row["incident"]),
    )
