"""A feed that has fallen silent is told of in the log: for those who have no Prometheus to watch it."""

import asyncio
from collections.abc import Callable

import structlog

from alerts.repeat import repeat
from geofence.instants import MINUTE_US, Instant, instant, moment, printed
from ingest.doubts import forget_doubts
from ingest.freshness import read_freshness
from service.database import Connection, Pool

log = structlog.get_logger(__name__)

WATCH_EVERY_S = 30.0
FORGET_EVERY_US = 60 * MINUTE_US

# Of all processes that watch, the one whose row it is tells the silence.
BEGIN = "INSERT INTO feed_silence (origin, since, told_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"
END = """
UPDATE feed_silence SET over_at = $3 WHERE origin = $1 AND since < $2 AND over_at IS NULL RETURNING since"""


async def watch_feeds(pool: Pool, clock: Callable[[], Instant], stop: asyncio.Event) -> None:
    """Tell silences until `stop` is set, and forget old doubts about tags. Outlives a database that does not answer."""
    forgotten_at: Instant | None = None

    async def work() -> int:
        nonlocal forgotten_at
        now = clock()
        await tell_silences(pool, now)
        if forgotten_at is None or not forgotten_at <= now < forgotten_at + FORGET_EVERY_US:
            await forget_doubts(pool, now)
            forgotten_at = now
        return 0

    await repeat(work, stop, task="watching the feeds", idle_s=WATCH_EVERY_S)


async def tell_silences(pool: Pool, now: Instant) -> None:
    """Say of each feed once that it is silent, and once that it is no longer, however many processes look.

    It is said before it is written down: a crash in between says it twice, never not at all.
    """
    async with pool.acquire() as connection:
        for fresh in await read_freshness(connection, now):
            if fresh.last_at is None:
                continue
            async with connection.transaction():
                await _tell_end(connection, fresh.origin, fresh.last_at, now)
                if fresh.silent:
                    await _tell_begin(connection, fresh.origin, fresh.last_at, now)


async def _tell_begin(connection: Connection, origin: str, last_at: Instant, now: Instant) -> None:
    if await connection.fetchval(BEGIN, origin, moment(last_at), moment(now)):
        log.error(
            "A feed is silent: nothing has come for 15 minutes; ask the provider, and see that what reads it runs.",
            origin=origin,
            since=printed(last_at),
        )


async def _tell_end(connection: Connection, origin: str, last_at: Instant, now: Instant) -> None:
    over = await connection.fetch(END, origin, moment(last_at), moment(now))
    if over:
        since = max(instant(row["since"]) for row in over)
        log.info("A feed that was silent brings something again.", origin=origin, since=printed(since))
