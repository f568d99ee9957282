"""When a report is due: planned ahead, leased by one process at a time, made up if it was missed, never lost.

Due times are rows of our own: no timer that was asleep, and no scheduler that counts in UTC, can drop a day.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from alerts.days import bounds_of, deadlines_of, report_day_of
from alerts.issue import Press, issue
from alerts.particulars import Connection, Pool
from alerts.repeat import repeat
from geofence.instants import BEGINNING, MINUTE_US, SECOND_US, Instant, instant, moment

log = structlog.get_logger(__name__)

MADE_UP_DAYS = 30  # how far back a missed report is made up
LEASE_US = 15 * MINUTE_US  # after how long another process may take over what one has in hand
FIRST_BACKOFF_US = 10 * SECOND_US
LONGEST_BACKOFF_US = 5 * MINUTE_US
PLAN_EVERY_US = MINUTE_US  # within this a new day, or a force's first order, is noticed
IDLE_S = 1.0

# From when each force has had an order, and from when this installation has known of it (at the earliest from $1).
READ_FORCES = """
SELECT code, min(effective_from) AS ordered_from, greatest(known_from, $1) AS known_from
FROM force JOIN court_order ON force = code AND published_at IS NOT NULL GROUP BY code ORDER BY code"""
HAS_FIXES = "SELECT EXISTS (SELECT FROM fix WHERE recorded_at >= $1 AND recorded_at < $2)"
PLAN = """
INSERT INTO report_due (force, day, seal_at, due_at, not_before)
SELECT force, day, seal_at, due_at, seal_at
FROM unnest($1::text[], $2::date[], $3::timestamptz[], $4::timestamptz[]) AS wanted (force, day, seal_at, due_at)
ON CONFLICT (force, day) DO NOTHING"""
# Take the report that has waited longest; whoever else looks at the same moment takes the next. A process that lost its
# database in the middle finds its own lease again.
LEASE = """
UPDATE report_due SET leased_until = $2, leased_by = $3, attempts = attempts + 1
WHERE (force, day) = (
    SELECT force, day FROM report_due
    WHERE issued_at IS NULL AND not_before <= $1 AND (leased_until IS NULL OR leased_until <= $1 OR leased_by = $3)
    ORDER BY not_before, day, force LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING force, day, due_at, attempts"""
DONE = """
UPDATE report_due SET issued_at = $3, leased_until = NULL, leased_by = NULL, last_fault = NULL
WHERE force = $1 AND day = $2"""
FAILED = """
UPDATE report_due SET not_before = $4, leased_until = NULL, leased_by = NULL, last_fault = $5
WHERE force = $1 AND day = $2 AND leased_by = $3"""


@dataclass(frozen=True, slots=True)
class Lease:
    """A due report that this process has in hand, for the `attempt`th time."""

    force: str
    day: date
    due_at: Instant
    attempt: int


async def plan(pool: Pool, now: Instant) -> None:
    """Enter every report whose seal time is coming or was missed; what is entered already stays as it is.

    A report is due for each day from a force's first order on, at most `MADE_UP_DAYS` back, today's included; but for
    none before the force was entered in the register and the ledger's first fix: nothing was monitored here then.
    """
    today = report_day_of(now)
    days = [today - timedelta(days=back) for back in range(MADE_UP_DAYS, -1, -1)]
    async with pool.acquire() as connection:
        wanted = await _wanted(connection, days)
        deadlines = [deadlines_of(day) for _, day in wanted]
        await connection.execute(
            PLAN,
            [force for force, _ in wanted],
            [day for _, day in wanted],
            [moment(at.seal_at) for at in deadlines],
            [moment(at.due_at) for at in deadlines],
        )


async def _wanted(connection: Connection, days: Sequence[date]) -> list[tuple[str, date]]:
    """Return which of these days, in order, each force is owed a report for."""
    forces = await connection.fetch(READ_FORCES, moment(bounds_of(days[0]).start))
    latest = max((report_day_of(instant(force["known_from"])) for force in forces), default=days[0])
    first_fix = await _first_with_fixes(connection, [day for day in days if day < latest])
    owed = []
    for force in forces:
        known = report_day_of(instant(force["known_from"]))
        since = max(report_day_of(instant(force["ordered_from"])), min(known, first_fix or known))
        owed += [(force["code"], day) for day in days if day >= since]
    return owed


async def _first_with_fixes(connection: Connection, days: Sequence[date]) -> date | None:
    for day in days:
        between = bounds_of(day)
        if await connection.fetchval(HAS_FIXES, moment(between.start), moment(between.end)):
            return day
    return None


async def run_due(press: Press, owner: str) -> int:
    """Issue every report that is due now, and return how many were issued.

    1. Lease the report that has waited longest; a lease that its process did not live to end runs out.
    2. Issue it. An edition that is there already counts as issued: nothing is issued twice.
    3. Mark it as issued, or after a failure keep the fault and try again later, longer each time.
    A report that fails does not keep the others waiting. `owner` names this process in the table.
    """
    issued = 0
    while (lease := await _lease(press, owner)) is not None:
        try:
            edition = await issue(press, lease.force, lease.day)
        except Exception as fault:
            await _failed(press, lease, owner, fault)  # raises if it was the database that failed: the lease stays ours
            log.exception(
                "a report can't be issued and is tried again later", reason=type(fault).__name__, **_said(lease)
            )
            continue
        async with press.pool.acquire() as connection:
            await connection.execute(DONE, lease.force, lease.day, moment(edition.issued_at))
        late_s = max(edition.issued_at - lease.due_at, 0) / SECOND_US
        log.info("report issued", **_said(lease), edition=edition.edition, late_s=late_s)
        issued += 1
    return issued


async def once(press: Press, owner: str) -> int:
    """Plan and issue what is due now, and return how many reports were issued."""
    await plan(press.pool, press.clock())
    return await run_due(press, owner)


async def run_deadline(press: Press, owner: str, stop: asyncio.Event) -> None:
    """Plan and issue reports when they are due until `stop` is set. Outlives a database that does not answer."""
    planned_at = BEGINNING

    async def work() -> int:
        nonlocal planned_at
        now = press.clock()
        if not planned_at <= now < planned_at + PLAN_EVERY_US:  # also after the clock was put back
            await plan(press.pool, now)
            planned_at = now
        return await run_due(press, owner)

    await repeat(work, stop, task="deadline", idle_s=IDLE_S)


async def _lease(press: Press, owner: str) -> Lease | None:
    now = press.clock()
    async with press.pool.acquire() as connection:
        row = await connection.fetchrow(LEASE, moment(now), moment(Instant(now + LEASE_US)), owner)
    return None if row is None else Lease(row["force"], row["day"], instant(row["due_at"]), row["attempts"])


async def _failed(press: Press, lease: Lease, owner: str, fault: Exception) -> None:
    backoff_us = min(FIRST_BACKOFF_US * 2 ** min(lease.attempt - 1, 10), LONGEST_BACKOFF_US)
    again_at = moment(Instant(press.clock() + backoff_us))
    async with press.pool.acquire() as connection:
        # The kind of the fault only: its message may quote a name or an address.
        await connection.execute(FAILED, lease.force, lease.day, owner, again_at, type(fault).__qualname__)


def _said(lease: Lease) -> dict[str, object]:
    return {"force": lease.force, "day": lease.day.isoformat(), "attempt": lease.attempt}
