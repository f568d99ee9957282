"""`proposals.jsonl`: what one person asked for and another was to approve, one a line, the oldest first."""

from typing import TextIO

from asyncpg import Record

from geofence.instants import Instant
from service.database import Connection
from service.register.as_written import Json, at, parsed
from service.register.export.rows import as_json, rows_of
from service.register.rows import optional_moment

# $1: NULL for now. What was decided later was open then.
PROPOSALS = """
SELECT proposal_id, kind, order_id, zone_id, force, fitting_id, wearer_id, asked, reason, authority, proposed_by,
       proposed_role, proposed_at, decision, decided_by, decided_at, decision_reason, register_version
FROM proposal WHERE proposed_at <= coalesce($1::timestamptz, 'infinity') AND decided_at <= coalesce($1, 'infinity')
UNION ALL
SELECT proposal_id, kind, order_id, zone_id, force, fitting_id, wearer_id, asked, reason, authority, proposed_by,
       proposed_role, proposed_at, NULL, NULL, NULL, NULL, NULL
FROM proposal WHERE proposed_at <= coalesce($1, 'infinity') AND (decided_at IS NULL OR decided_at > $1)
ORDER BY proposal_id"""


async def write_proposals(connection: Connection, as_of: Instant | None, file: TextIO) -> int:
    """Write the proposals as they stood at `as_of` (None: now); return how many there are."""
    count = 0
    async for row in rows_of(connection, PROPOSALS, optional_moment(as_of)):
        file.write(as_json(_written(row)) + "\n")
        count += 1
    return count


def _written(row: Record) -> Json:
    changed = {name: at(row[name]) for name in ("proposed_at", "decided_at")} | {"asked": parsed(row["asked"])}
    return {**row, **changed}
