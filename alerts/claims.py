"""Tracks taken from the work list: nobody else judges one while its fitting is locked, or until it is let go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import asyncpg

from alerts.particulars import Connection
from alerts.waking import Waking
from alerts.windows import FIRST_CONTEXT_US
from geofence.ids import TagId, WearerId
from geofence.instants import FOREVER, MINUTE_US, Instant, instant, moment
from geofence.register import Fitting

PARKED_US = 5 * MINUTE_US  # after how long a track that could not be judged is tried again
LIVE_US = 60 * MINUTE_US  # a track of which no more than this is to be judged has just reported

# How much time the windows of all tracks that are judged together may take: a fix a minute makes 7,200 of it.
MOST_US = 5 * 24 * 60 * MINUTE_US

# Reasons of the desk's own rows: it takes them back whenever it judges the track.
TIME_PASSED = "time passed"
FAILED = "judging failed before"

# The tracks that have waited longest and that no other desk has in hand; $2: of those with a row that asks for nothing
# before. One with several rows may come several times.
CLAIM = """
SELECT fitting_id, tag_id, wearer_id, fitted_at, removed_at, standing
FROM to_judge JOIN fitting USING (fitting_id)
WHERE not_before <= $1 AND ($2::timestamptz IS NULL OR since >= $2)
ORDER BY not_before LIMIT $3 FOR NO KEY UPDATE OF fitting SKIP LOCKED"""
CLAIM_THESE = """
SELECT fitting_id, tag_id, wearer_id, fitted_at, removed_at, standing
FROM fitting WHERE fitting_id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED"""
# What is to be done for claimed tracks; read after the lock, so that what another desk has done is not seen.
READ_WORK = """
SELECT fitting_id, to_judge_id, since, reason FROM to_judge
WHERE fitting_id = ANY($1) AND (not_before <= $2 OR reason = ANY($3))"""
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


async def claim(connection: Connection, now: Instant, limit: int) -> list[Claim]:
    """Take in hand tracks that are due, about `limit` at most: the one that has waited longest, and others beside it.

    If there are any of which much is to be judged, more are taken of those that have just reported: what is live does
    not wait for what was late. Beside the first come those that ask for least, as long as they take `MOST_US` together.
    """
    claims = await _with_work(connection, await connection.fetch(CLAIM, moment(now), None, limit), now)
    lately = Instant(now - LIVE_US)
    if any(one.since < lately for one in claims):
        rows = await connection.fetch(CLAIM, moment(now), moment(lately), limit)
        known = {one.fitting_id for one in claims}
        claims += await _with_work(connection, [row for row in rows if row["fitting_id"] not in known], now)
    beside = sorted(claims[1:], key=lambda one: -one.since)
    costs = accumulate(now - one.since + FIRST_CONTEXT_US for one in beside)
    return claims[:1] + [one for one, cost_us in zip(beside, costs, strict=True) if cost_us <= MOST_US]


async def claim_these(connection: Connection, fitting_ids: Collection[int], now: Instant) -> list[Claim]:
    """Take some tracks in hand, in their order, but for those that another desk has."""
    rows = {row["fitting_id"]: row for row in await connection.fetch(CLAIM_THESE, list(fitting_ids))}
    return await _with_work(connection, [rows[one] for one in fitting_ids if one in rows], now)


async def let_go(connection: Connection, rows: Sequence[int], wakings: Mapping[int, Waking], now: Instant) -> None:
    """Take rows off the work list that were seen to, and add what time alone will ask for, by fitting."""
    await connection.execute(DELETE_WORK, rows)
    await _add_work(connection, wakings, TIME_PASSED, now)


async def park(connection: Connection, failed: Claim, now: Instant) -> None:
    """Put off a track that can't be judged."""
    await connection.execute(DELETE_WORK, failed.rows)
    later = Waking(failed.since, Instant(now + PARKED_US))
    await _add_work(connection, {failed.fitting_id: later}, FAILED, now)


async def _with_work(connection: Connection, rows: Sequence[asyncpg.Record], now: Instant) -> list[Claim]:
    fittings = {row["fitting_id"]: row for row in rows}
    if not fittings:
        return []
    work: dict[int, list[asyncpg.Record]] = {fitting_id: [] for fitting_id in fittings}
    for one in await connection.fetch(READ_WORK, list(fittings), moment(now), [TIME_PASSED, FAILED]):
        work[one["fitting_id"]].append(one)
    return [_claim(row, work[fitting_id], now) for fitting_id, row in fittings.items()]


def _claim(row: asyncpg.Record, work: Sequence[asyncpg.Record], now: Instant) -> Claim:
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


async def _add_work(connection: Connection, wakings: Mapping[int, Waking], reason: str, now: Instant) -> None:
    rows = [
        (fitting_id, moment(one.since), moment(one.not_before), reason, moment(now))
        for fitting_id, one in wakings.items()
    ]
    if rows:
        await connection.executemany(ADD_WORK, rows)
