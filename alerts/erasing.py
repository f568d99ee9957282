"""Incidents that are past their period: each goes with its fixes, its history and its names, unless it is held.

What an edition said of it stands in the archive, which is never erased.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias

import asyncpg
import structlog

from alerts.days import bounds_of
from alerts.particulars import Connection
from geofence.instants import FOREVER, Instant, moment

log = structlog.get_logger(__name__)

CLASS: Final = "incidents"
AT_ONCE: Final = 500

# Old incidents that may go. Not one that is open or lost while its fitting lasts: each morning's report lists it still
# (R1). Not one that others were merged into, before these.
DUE = """
SELECT incident_id FROM incident LEFT JOIN fitting USING (fitting_id)
WHERE last_at < $1
  AND (NOT incident.standing OR state = 'closed' OR fitting.standing IS NOT TRUE OR removed_at < $1)
  AND NOT EXISTS (SELECT FROM incident AS merged WHERE merged.merged_into = incident.incident_id)
  AND NOT EXISTS (SELECT FROM legal_hold WHERE lifted_at IS NULL AND legal_hold.wearer_id = incident.wearer_id
                  AND starts_at <= last_at AND ends_at > first_at)
  AND NOT EXISTS (SELECT FROM held_stretch WHERE held_stretch.tag_id = incident.tag_id
                  AND starts_at <= last_at AND ends_at > first_at)"""
READ_DUE = f"{DUE} AND incident_id > $2 ORDER BY incident_id LIMIT $3"
COUNT = "SELECT count(*) FROM ({due}) AS due"
STILL_DUE = f"{DUE} AND incident_id = $2 FOR UPDATE OF incident"
BE_BRIEF = "SET LOCAL lock_timeout = '1s'"
HOLDS_STAND_STILL = "LOCK TABLE legal_hold IN SHARE MODE"
ERASE = (
    "DELETE FROM incident_fix WHERE incident_id = $1",
    "DELETE FROM incident_history WHERE incident_id = $1",
    "DELETE FROM incident_name WHERE incident_id = $1",
    "DELETE FROM incident WHERE incident_id = $1",
)
READ_NEEDED = "SELECT min(day) FROM report_due WHERE issued_at IS NULL"

Witness: TypeAlias = Callable[[Connection, str, int, str], Awaitable[None]]


async def needed_from(connection: Connection) -> Instant:
    """Return from when on everything is still needed, because a report of that day is due and not issued."""
    day = await connection.fetchval(READ_NEEDED)
    return FOREVER if day is None else bounds_of(day - timedelta(days=1)).start


async def count_aged_incidents(connection: Connection, before: Instant) -> int:
    """Return how many incidents `erase_aged_incidents` would erase, but for those that others were merged into."""
    count: int = await connection.fetchval(COUNT.format(due=DUE), moment(before))
    return count


async def erase_aged_incidents(
    connection: Connection, before: Instant, witness: Witness, stopped: Callable[[], bool]
) -> int:
    """Erase the incidents whose last fix or exit is before an instant, and return how many.

    Each goes in a transaction of its own; what others were merged into, once these are gone. One to which something
    else refers stays.
    """
    erased = gone = 0
    while not stopped():
        gone = await _erase_round(connection, before, witness, stopped)
        erased += gone
        if gone == 0:
            break
    return erased


async def _erase_round(connection: Connection, before: Instant, witness: Witness, stopped: Callable[[], bool]) -> int:
    gone, after, cutoff = 0, "", moment(before)
    while not stopped() and (rows := await connection.fetch(READ_DUE, cutoff, after, AT_ONCE)):
        for row in rows:
            if not stopped():
                gone += await _erase(connection, row["incident_id"], before, witness)
        after = rows[-1]["incident_id"]
    return gone


async def _erase(connection: Connection, incident_id: str, before: Instant, witness: Witness) -> int:
    try:
        async with connection.transaction():
            await connection.execute(BE_BRIEF)
            await connection.execute(HOLDS_STAND_STILL)
            if await connection.fetchval(STILL_DUE, moment(before), incident_id) is None:
                return 0
            for statement in ERASE:
                await connection.execute(statement, incident_id)
            await witness(connection, CLASS, 1, f"incident {incident_id}")
    except (asyncpg.ForeignKeyViolationError, asyncpg.LockNotAvailableError) as refused:
        log.warning("An old incident stays.", incident_id=incident_id, reason=type(refused).__name__)
        return 0
    return 1
