"""The incident desk: takes tracks from the work list, judges their windows, and writes what became of their incidents.

Any number of desks may run: a fitting's row is locked while its track is judged, so no two judge one track at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from alerts.incident_changes import Occasion, write
from alerts.incidents import Known, known_of_track
from alerts.particulars import Connection, Pool, RegisterReader
from alerts.reconcile import Changes, reconcile, span
from alerts.repeat import repeat
from alerts.waking import Waking, waking
from alerts.windows import Window, sufficient_window
from geofence.ids import TagId, WearerId
from geofence.instants import FOREVER, MINUTE_US, Instant, Interval, instant, moment
from geofence.judge import judge
from geofence.judgement import Incident
from geofence.register import Fitting, Register
from geofence.rules import Rules

log = structlog.get_logger(__name__)

PARKED_US = 5 * MINUTE_US  # after how long a track that could not be judged is tried again
TRACKS_AT_ONCE = 20
IDLE_S = 0.2

# Reasons of the desk's own rows: it takes them back whenever it judges the track.
TIME_PASSED = "time passed"
FAILED = "judging failed before"

# The track that has waited longest and that no other desk has in hand.
CLAIM = """
SELECT fitting_id, tag_id, wearer_id, fitted_at, removed_at, standing
FROM fitting
JOIN (SELECT fitting_id, min(not_before) AS due FROM to_judge WHERE not_before <= $1 GROUP BY fitting_id) AS waiting
USING (fitting_id)
ORDER BY due LIMIT 1 FOR NO KEY UPDATE OF fitting SKIP LOCKED"""
# What is to be done for a claimed track; read after the lock, so that what another desk has done is not seen.
READ_WORK = """
SELECT to_judge_id, since, reason FROM to_judge WHERE fitting_id = $1 AND (not_before <= $2 OR reason = ANY($3))"""
DELETE_WORK = "DELETE FROM to_judge WHERE to_judge_id = ANY($1)"
ADD_WORK = """
INSERT INTO to_judge (fitting_id, since, not_before, reason, added_at) VALUES ($1, $2, $3, $4, $5)"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A track to be judged from `since` on, and the rows of the work list that ask for it.

    standing: False if it turned out that this tag never was on this wearer: then there is no track.
    """

    fitting_id: int
    fitting: Fitting
    standing: bool
    rows: Sequence[int]
    since: Instant
    reasons: tuple[str, ...]


async def run_desk(
    pool: Pool,
    registers: RegisterReader,
    rules: Rules,
    clock: Callable[[], Instant],
    stop: asyncio.Event,
) -> None:
    """Judge whatever the work list asks for until `stop` is set. Outlives a database that does not answer."""

    async def work() -> int:
        return await judge_some(pool, registers, rules, clock(), TRACKS_AT_ONCE)

    await repeat(work, stop, task="desk", idle_s=IDLE_S)


async def judge_some(pool: Pool, registers: RegisterReader, rules: Rules, now: Instant, limit: int) -> int:
    """Judge up to `limit` tracks that are due at `now`, and return how many were taken in hand.

    For each track, in one transaction:
    1. Claim it: lock its fitting, then read the rows of the work list that ask for it.
    2. Read the wearer's register and the window of fixes that decides everything from the first change on.
    3. Judge with `now` as the horizon, in a thread: nothing else waits for it.
    4. Delete the rows that were read, and add one if time alone will change something.
    5. Reconcile with what was known, and write the changes with their history: the last work before the commit, because
       meanwhile no other desk can write history.
    Rows are read before fixes and the register: what comes in between is judged now and its row is judged again, to no
    effect. A crash before the commit leaves the rows. A track that fails is parked with an alarm, and the others go on.
    """
    for taken in range(limit):
        async with pool.acquire() as connection:
            if not await _judge_next(connection, registers, rules, now):
                return taken
    return limit


async def _judge_next(connection: Connection, registers: RegisterReader, rules: Rules, now: Instant) -> bool:
    claim, changes = None, Changes()
    try:
        async with connection.transaction():
            claim = await _claim(connection, now)
            if claim is not None:
                changes = await _judge_claimed(connection, registers, rules, now, claim)
    except Exception as fault:
        if claim is None:
            raise
        await _park(connection, claim, now)  # raises if it was the database that failed: then nobody is to blame
        log.exception("a track can't be judged and is parked", fitting_id=claim.fitting_id, reason=type(fault).__name__)
        return True
    if claim is not None and changes:
        _tell(claim, changes)
    return claim is not None


async def _claim(connection: Connection, now: Instant) -> Claim | None:
    row = await connection.fetchrow(CLAIM, moment(now))
    if row is None:
        return None
    work = await connection.fetch(READ_WORK, row["fitting_id"], moment(now), [TIME_PASSED, FAILED])
    removed_at = row["removed_at"]
    return Claim(
        fitting_id=row["fitting_id"],
        fitting=Fitting(
            TagId(row["tag_id"]),
            WearerId(row["wearer_id"]),
            instant(row["fitted_at"]),
            FOREVER if removed_at is None else instant(removed_at),
        ),
        standing=row["standing"],
        rows=[one["to_judge_id"] for one in work],
        since=min((instant(one["since"]) for one in work), default=now),
        reasons=tuple(sorted({one["reason"] for one in work})),
    )


async def _judge_claimed(
    connection: Connection, registers: RegisterReader, rules: Rules, now: Instant, claim: Claim
) -> Changes:
    if not claim.rows:
        return Changes()  # another desk did them between our look at the list and our lock
    if not claim.standing:
        return await _write(connection, rules, now, claim, await known_of_track(connection, claim.fitting_id, None), [])
    wearer = await registers.register(connection, [claim.fitting.wearer_id])
    register = replace(wearer, fittings=(claim.fitting,))
    window, known = await _window(connection, register, rules, min(claim.since, now), claim)
    judged = await asyncio.to_thread(_incidents, window, register, rules, now)
    wake = waking(window.tracks, judged, register, rules, now)
    if wake is not None:
        await _add_work(connection, claim.fitting_id, wake, TIME_PASSED, now)
    return await _write(connection, rules, now, claim, known, judged)


async def _write(
    connection: Connection, rules: Rules, now: Instant, claim: Claim, known: Sequence[Known], judged: Sequence[Incident]
) -> Changes:
    known_since = {one.incident.incident_id: one.detected_at for one in known}
    changes = reconcile((one.incident for one in known), judged, known_since)
    await connection.execute(DELETE_WORK, claim.rows)
    await write(connection, claim.fitting_id, changes, Occasion(now, ", ".join(claim.reasons), rules.version))
    return changes


async def _window(
    connection: Connection, register: Register, rules: Rules, since: Instant, claim: Claim
) -> tuple[Window, list[Known]]:
    """Read what decides the track from `since` on, and what was known from there.

    The window must not begin within an incident that was known: a register that changed may have made it shorter.
    """
    while True:
        window = await sufficient_window(
            connection, claim.fitting, register, rules, since=since, until=claim.fitting.removed_at
        )
        known = await known_of_track(connection, claim.fitting_id, window.settled)
        began = min((span(one.incident).first_at for one in known), default=since)
        if window.settled is None or began >= window.settled:
            return window, known
        since = began


def _incidents(window: Window, register: Register, rules: Rules, now: Instant) -> list[Incident]:
    """Return the incidents that the window decides."""
    if now <= window.start:
        return []
    judgement = judge(window.tracks, register, rules, Interval(window.start, now), now)
    settled = window.settled
    return [one for one in judgement.incidents if settled is None or span(one).last_at >= settled]


async def _park(connection: Connection, claim: Claim, now: Instant) -> None:
    async with connection.transaction():
        await connection.execute(DELETE_WORK, claim.rows)
        await _add_work(connection, claim.fitting_id, Waking(claim.since, Instant(now + PARKED_US)), FAILED, now)


async def _add_work(connection: Connection, fitting_id: int, wake: Waking, reason: str, now: Instant) -> None:
    await connection.execute(ADD_WORK, fitting_id, moment(wake.since), moment(wake.not_before), reason, moment(now))


def _tell(claim: Claim, changes: Changes) -> None:
    log.info(
        "incidents changed",
        fitting_id=claim.fitting_id,
        added=len(changes.added),
        changed=len(changes.changed),
        merged=len(changes.merged),
        withdrawn=len(changes.withdrawn),
    )
