"""All that is due is erased, class by class: by one process at a time, in small transactions, each accounted for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, TypeAlias

import structlog

from alerts.erasing import count_aged_incidents, erase_aged_incidents, needed_from
from alerts.repeat import UNREACHABLE
from geofence.instants import MINUTE_US, Instant, instant, moment
from ingest.aged_fixes import count_aged_fixes, erase_aged_fixes
from ingest.erasing import ARRIVALS, REJECTIONS, TAG_EVENTS, Aged, count_aged, erase_aged
from ingest.unassigned import CLASS as UNASSIGNED
from ingest.unassigned import erase_unassigned
from service.database import Connection, Pool
from service.http.answered import KEPT as ANSWER_KEPT
from service.retention.account import keep_account
from service.retention.periods import CLASSES, cutoff, read_periods

log = structlog.get_logger(__name__)

HOUR_US: Final = 60 * MINUTE_US
HOURS_A_DAY: Final = 24

# Held by whoever erases, for as long as it is connected.
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtext('cordon: erasing'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('cordon: erasing'))"
READ_RUN = "SELECT hour FROM retention_run"
MARK_RUN = "UPDATE retention_run SET hour = $1, done_at = $2"

# Whom an entry concerns is text: while any hold stands, all of the audit from its beginning on is kept.
AUDIT = Aged(
    "audit",
    """
SELECT ctid FROM audit WHERE at < $1
  AND NOT EXISTS (SELECT FROM legal_hold WHERE lifted_at IS NULL AND starts_at <= audit.at)""",
    "audit entries from before",
)
LINKS = Aged("sign_in_link", "SELECT ctid FROM sign_in_link WHERE expires_at < $1", "sign-in links expired before")
SESSIONS = Aged("web_session", "SELECT ctid FROM web_session WHERE expires_at < $1", "sessions expired before")
# What was answered may hold personal data, and is of no use once it can't be asked for again.
ANSWERS = Aged("answered_request", "SELECT ctid FROM answered_request WHERE answered_at <= $1", "answers kept before")

TABLES: Final[Mapping[str, tuple[Aged, ...]]] = {
    "tag_events": (TAG_EVENTS,),
    "rejections": (REJECTIONS,),
    "arrivals": (ARRIVALS,),
    "audit": (AUDIT,),
    "access": (LINKS, SESSIONS),
}

Step: TypeAlias = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Done:
    """How much was erased of each class, and which classes failed and are tried again."""

    erased: Mapping[str, int]
    failed: tuple[str, ...]


async def erase_due(pool: Pool, now: Instant, stopped: Callable[[], bool], *, whole: bool = False) -> Done | None:
    """Erase all that is due, once an hour; None if another process is at it, nothing in `Done` if one has done it.

    1. Take the lock, on the one connection that erases: who loses it erases nothing more.
    2. Look which hours have passed since: older days are looked through once a day, each in its own hour.
    3. Erase class by class; one that fails is said and does not keep the others.
    4. If none failed, mark the hour as done.
    whole: all of it now, whatever was done in this hour.
    """
    async with pool.acquire() as connection:
        if not await connection.fetchval(TRY_LOCK):
            return None
        try:
            hours = await _hours_passed(connection, now)
            if not hours and not whole:
                return Done({}, ())
            done = await _erase(connection, now, frozenset(range(HOURS_A_DAY)) if whole else hours, stopped)
            if not done.failed and not stopped():
                await connection.execute(MARK_RUN, moment(Instant(now - now % HOUR_US)), moment(now))
        finally:
            if not connection.is_closed():
                await connection.execute(UNLOCK)
    log.info(
        "What was due has been erased.",
        unassigned=done.erased.get(UNASSIGNED, 0),
        fixes=done.erased.get("fixes", 0),
        events=done.erased.get("tag_events", 0),
        rejected=done.erased.get("rejections", 0),
        incidents=done.erased.get("incidents", 0),
        rows=sum(done.erased.get(name, 0) for name in ("arrivals", "audit", "access")),
    )
    return done


async def count_due(connection: Connection, name: str, days: int, now: Instant) -> int:
    """Return about how much of a class would be erased if it were kept for so many days."""
    before = min(cutoff(now, days), await needed_from(connection))
    match name:
        case "fixes":
            return await count_aged_fixes(connection, before)
        case "incidents":
            return await count_aged_incidents(connection, before)
        case _:
            return sum([await count_aged(connection, aged, before) for aged in TABLES[name]])


async def _hours_passed(connection: Connection, now: Instant) -> frozenset[int]:
    """Return the hours of the day, in UTC, that have begun since the last run; none if its hour is this one."""
    last = await connection.fetchval(READ_RUN)
    this = now // HOUR_US
    first = this - HOURS_A_DAY + 1
    if last is not None and instant(last) <= now:  # a clock that was far ahead would put all off
        first = max(first, instant(last) // HOUR_US + 1)
    return frozenset(hour % HOURS_A_DAY for hour in range(first, this + 1))


async def _erase(connection: Connection, now: Instant, hours: frozenset[int], stopped: Callable[[], bool]) -> Done:
    erased: dict[str, int] = {}
    failed = []
    for name, step in await _steps(connection, now, hours, stopped):
        try:
            erased[name] = erased.get(name, 0) + await step()
        except UNREACHABLE:
            raise
        except Exception as fault:
            failed.append(name)
            log.exception(
                "Old data can't be erased and stay until the next try.", task=name, reason=type(fault).__name__
            )
    return Done(erased, tuple(failed))


async def _steps(
    connection: Connection, now: Instant, hours: frozenset[int], stopped: Callable[[], bool]
) -> list[tuple[str, Step]]:
    """Return what is to be done, in order: incidents before the fixes that they keep."""

    def turn(day: date) -> bool:
        return day.toordinal() % HOURS_A_DAY in hours

    witness = partial(keep_account, now=now)
    needed, periods = await needed_from(connection), await read_periods(connection)
    steps: list[tuple[str, Step]] = [
        (UNASSIGNED, partial(erase_unassigned, connection, now, turn, witness, stopped)),
    ]
    before = {
        name: min(cutoff(now, period.days), needed) for name, period in periods.items() if period.days is not None
    }
    if "incidents" in before:
        steps.append(("incidents", partial(erase_aged_incidents, connection, before["incidents"], witness, stopped)))
    if "fixes" in before:
        steps.append(("fixes", partial(erase_aged_fixes, connection, before["fixes"], turn, witness, stopped)))
    aged = [(name, table, before[name]) for name in before for table in TABLES.get(name, ())]
    aged.append(("access", ANSWERS, instant(moment(now) - ANSWER_KEPT)))
    steps += [(name, partial(erase_aged, connection, name, table, at, witness, stopped)) for name, table, at in aged]
    return steps


ERASED_CLASSES: Final = (UNASSIGNED, *(each.name for each in CLASSES))
