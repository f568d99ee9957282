"""The account of what was erased: an entry in the audit and a total, written in the transaction that erases."""

from dataclasses import dataclass
from datetime import date

from geofence.instants import Instant, instant, moment
from service.database import Connection

ERASER = "cordon upkeep"

RECORD = "INSERT INTO audit (at, actor, role, action, subject) VALUES ($1, $2, 'operator', 'erasure', $3)"
ADD = """
INSERT INTO erased_total (class, erased, at) VALUES ($1, $2, $3)
ON CONFLICT (class) DO UPDATE SET erased = erased_total.erased + excluded.erased, at = excluded.at"""
READ_TOTALS = "SELECT class, erased FROM erased_total ORDER BY class"
READ_ERASED = """
SELECT day, fixes, sha256, erased_at FROM erased_fixes WHERE tag_id = $1 ORDER BY day, erased_fixes_id"""


@dataclass(frozen=True, slots=True)
class ErasedFixes:
    """What remains of some unassigned fixes of one tag and day (UTC) that were erased together."""

    day: date
    fixes: int
    sha256: bytes
    erased_at: Instant


async def keep_account(connection: Connection, class_: str, count: int, said: str, *, now: Instant) -> None:
    """Write down that so many of a class were erased; `said`: of what, by ids and days, never by a name."""
    subject = said if count == 1 and class_ == "incidents" else f"{said}: {count}"
    await connection.execute(RECORD, moment(now), ERASER, subject)
    await connection.execute(ADD, class_, count, moment(now))


async def read_totals(connection: Connection) -> dict[str, int]:
    """Return how much was ever erased of each class."""
    return {row["class"]: row["erased"] for row in await connection.fetch(READ_TOTALS)}


async def read_erased_fixes(connection: Connection, tag_id: str) -> list[ErasedFixes]:
    """Return what remains of a tag's erased unassigned fixes, by day."""
    rows = await connection.fetch(READ_ERASED, tag_id)
    return [ErasedFixes(row["day"], row["fixes"], row["sha256"], instant(row["erased_at"])) for row in rows]
