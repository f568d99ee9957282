"""Reading what was issued: which editions there are, and their files out of the archive."""

from datetime import date

from asyncpg import Record

from service.access.actor import Actor
from service.database import Connection

LATEST = "SELECT max(edition) FROM edition WHERE force = $1 AND day = $2"
# Keyset paging: after the edition ($3, $4, $5), of the newest days first.
LIST = """
SELECT force, day, edition, horizon, due_at, issued_at, files FROM edition
WHERE ($1::text IS NULL OR force = $1) AND ($2::text IS NULL OR force = $2)
  AND ($3::date IS NULL OR (day, force, edition) < ($3, $4, $5))
ORDER BY day DESC, force DESC, edition DESC LIMIT $6"""

Place = tuple[date, str, int]


async def latest_edition(connection: Connection, force: str, day: date) -> int | None:
    """Return the number of the newest edition of a force's day, None if none was issued."""
    latest: int | None = await connection.fetchval(LATEST, force, day)
    return latest


async def list_editions(
    connection: Connection, actor: Actor, force: str | None, after: Place | None, limit: int
) -> list[Record]:
    """Return the editions that the actor may see, of the newest days first."""
    return await connection.fetch(LIST, actor.force, force, *(after or (None, None, None)), limit)
