"""What is in the ledger, as tests look at it."""

from geofence.instants import Instant, instant, moment
from ingest.connections import Database


async def identities(database: Database) -> list[tuple[str, Instant, str | None, int]]:
    """Return tag, instant, position_id and mechanism of every fix, in order."""
    rows = await database.fetch(
        "SELECT tag_id, recorded_at, position_id, mechanism FROM fix JOIN tag USING (tag_no) ORDER BY 1, 2, 3, 4"
    )
    return [(row[0], instant(row[1]), row[2], row[3]) for row in rows]


async def rejections(database: Database) -> list[tuple[str, str, bool, list[str]]]:
    """Return origin, place, whether it is a contradiction, and faults of every rejection, in order."""
    rows = await database.fetch("SELECT origin, place, contradiction, faults FROM rejection ORDER BY 1, 2")
    return [tuple(row) for row in rows]


async def arrivals(database: Database) -> dict[str, tuple[int, ...]]:
    """Return, by origin, messages, fixes, duplicates, contradictions and rejected, over all hours."""
    rows = await database.fetch(
        "SELECT origin, sum(messages)::int, sum(fixes)::int, sum(duplicates)::int, sum(contradictions)::int,"
        " sum(rejected)::int FROM arrival GROUP BY origin"
    )
    return {row[0]: tuple(row[1:]) for row in rows}


async def fit(database: Database, tag_id: str, fitted_at: Instant, removed_at: Instant | None = None) -> int:
    """Put a tag on a wearer of its own, and return the fitting."""
    wearer = f"W-{tag_id}-{fitted_at}"
    await database.execute("INSERT INTO wearer (wearer_id, name) VALUES ($1, $1)", wearer)
    fitting_id: int = await database.fetchval(
        "INSERT INTO fitting (tag_id, wearer_id, fitted_at, removed_at) VALUES ($1, $2, $3, $4) RETURNING fitting_id",
        tag_id,
        wearer,
        moment(fitted_at),
        None if removed_at is None else moment(removed_at),
    )
    return fitting_id


async def work(database: Database) -> list[tuple[int, Instant, Instant, str]]:
    """Return fitting, since, not_before and reason of every row of the work list, in order."""
    rows = await database.fetch("SELECT fitting_id, since, not_before, reason FROM to_judge ORDER BY 1, 3, 2")
    return [(row[0], instant(row[1]), instant(row[2]), row[3]) for row in rows]
