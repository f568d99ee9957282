"""The incident desk: takes tracks from the work list, judges their windows, and writes what became of their incidents.

Any number of desks may run: a fitting's row is locked while its track is judged, so no two judge one track at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import asyncpg
import structlog

from alerts.claims import Claim, claim, claim_these, let_go, park
from alerts.incident_changes import Occasion, Outcome, write
from alerts.judging import Judged, judged
from alerts.particulars import Connection, Pool, RegisterReader
from alerts.reconcile import reconcile
from alerts.repeat import repeat
from geofence.instants import Instant
from geofence.rules import Rules

log = structlog.get_logger(__name__)

# Others were in the way, and a moment later may not be.
PASSING = (asyncpg.TransactionRollbackError, asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)
TRACKS_AT_ONCE = 128  # which takes well under a second; more of them would gain little
IDLE_S = 0.1


async def run_desk(
    pool: Pool,
    registers: RegisterReader,
    rules: Rules,
    clock: Callable[[], Instant],
    stop: asyncio.Event,
) -> None:
    """Judge whatever the work list asks for until `stop` is set. Outlives a database that does not answer."""

    async def work() -> int:
        # The time anew for each of them: what comes meanwhile does not wait for all that was due before.
        return await _judge_due(pool, registers, rules, clock(), TRACKS_AT_ONCE)

    await repeat(work, stop, task="desk", idle_s=IDLE_S)


async def judge_some(pool: Pool, registers: RegisterReader, rules: Rules, now: Instant, limit: int) -> int:
    """Judge about `limit` tracks that are due at `now`, and return how many were taken in hand; 0 if none is due.

    Some at a time, together in one transaction:
    1. Claim them: lock their fittings, then read the rows of the work list that ask for them.
    2. Read the wearers' registers, and of each track the window of fixes that decides everything from its first change
       on; what would take too long is left to the next time, never what has waited longest.
    3. Judge with `now` as the horizon, in a thread: nothing else waits for it.
    4. Reconcile with what was known; delete the rows that were read, and add one if time alone will change something.
    5. Write the changes, and their history last of all: from there to the commit no other desk can write any.
    Rows are read before fixes and the register: what comes in between is judged now and its row is judged again, to no
    effect. A crash before the commit leaves the rows. Where it fails, each half is judged again, down to the track that
    is to blame: it is parked with an alarm, and the others go on.
    """
    taken = 0
    while taken < limit:
        done = await _judge_due(pool, registers, rules, now, min(limit - taken, TRACKS_AT_ONCE))
        if not done:
            break
        taken += done
    return taken


async def _judge_due(pool: Pool, registers: RegisterReader, rules: Rules, now: Instant, limit: int) -> int:
    return await _judge_together(pool, registers, rules, now, partial(claim, now=now, limit=limit))


async def _judge_together(
    pool: Pool,
    registers: RegisterReader,
    rules: Rules,
    now: Instant,
    take: Callable[[Connection], Awaitable[list[Claim]]],
    *,
    again: bool = True,
) -> int:
    """Judge the tracks that are taken in one transaction; if that fails, in two. Returns how many were judged.

    again: whether a single track is tried once more after a fault of the database that passes.
    """
    claims: list[Claim] = []
    outcomes: list[Outcome] = []
    async with pool.acquire() as connection:
        try:
            async with connection.transaction():
                claims = await take(connection)
                outcomes = await _judge_claimed(connection, registers, rules, now, claims)
        except Exception as fault:
            if not claims or connection.is_closed():
                raise
            reason = type(fault).__name__
            again = again and isinstance(fault, PASSING)
            if len(claims) == 1 and not again:
                await _park(connection, claims[0], now)
                log.exception("a track can't be judged and is parked", fitting_id=claims[0].fitting_id, reason=reason)
                return 1
            log.info("tracks can't be judged together and are judged once more", tracks=len(claims), reason=reason)
        else:
            _tell(outcomes)
            return len(outcomes)
    fittings = [one.fitting_id for one in claims]
    if len(fittings) == 1:
        once_more = partial(claim_these, fitting_ids=fittings, now=now)
        return await _judge_together(pool, registers, rules, now, once_more, again=False)
    middle = len(fittings) // 2
    done = 0
    for half in (fittings[:middle], fittings[middle:]):
        done += await _judge_together(pool, registers, rules, now, partial(claim_these, fitting_ids=half, now=now))
    return done


async def _judge_claimed(
    connection: Connection, registers: RegisterReader, rules: Rules, now: Instant, claims: Sequence[Claim]
) -> list[Outcome]:
    if not claims:
        return []
    done = await judged(connection, registers, rules, now, claims)
    outcomes = [_outcome(one, rules, now) for one in done]
    wakings = {one.claim.fitting_id: one.waking for one in done if one.waking is not None}
    await let_go(connection, [row for one in done for row in one.claim.rows], wakings, now)
    await write(connection, outcomes)
    return outcomes


def _outcome(one: Judged, rules: Rules, now: Instant) -> Outcome:
    known_since = {known.incident.incident_id: known.detected_at for known in one.known}
    changes = reconcile((known.incident for known in one.known), one.incidents, known_since)
    return Outcome(one.claim.fitting_id, changes, Occasion(now, ", ".join(one.claim.reasons), rules.version))


async def _park(connection: Connection, failed: Claim, now: Instant) -> None:
    """Put a track off; raises if it was the database that failed: then nobody is to blame."""
    async with connection.transaction():
        await park(connection, failed, now)


def _tell(outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        if one.changes:
            log.info(
                "incidents changed",
                fitting_id=one.fitting_id,
                added=len(one.changes.added),
                changed=len(one.changes.changed),
                merged=len(one.changes.merged),
                withdrawn=len(one.changes.withdrawn),
            )
