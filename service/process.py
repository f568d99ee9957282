"""A long-running process: reads settings, says when it is ready, outlives an absent database, ends well on SIGTERM."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable

import structlog

from ingest.partitions import AWAY
from service.database import DatabaseUnavailable, Pool, connected
from service.migrate import is_migrated
from service.settings import Settings
from service.supervise import waited

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0

Work = Callable[[Pool, asyncio.Event], Awaitable[None]]


async def run(settings: Settings, work: Work, answer_s: float | None = None) -> None:
    """Run `work(pool, stop)` until SIGTERM or SIGINT sets `stop`, with connections to a migrated database.

    answer_s: how long `work` waits for any statement (TimeoutError); None: for ever.
    """
    stop = stop_on_signals()
    # What was imported stays, and what is read comes in tens of thousands: no need to look through it again and again.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    while not stop.is_set():
        try:
            async with connected(settings.database_url.get_secret_value(), answer_s=answer_s) as pool:
                await _wait_until_migrated(pool, stop)
                if not stop.is_set():
                    await work(pool, stop)
                return
        except DatabaseUnavailable as unavailable:
            await _wait_for_database(settings, unavailable, stop)


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _wait_for_database(settings: Settings, first: DatabaseUnavailable, stop: asyncio.Event) -> None:
    """Say once that the database is absent, then try with growing pauses until it answers."""
    log.warning("The database is not available; trying again until it is.", reason=str(first))
    pause_s = FIRST_WAIT_S
    while not await waited(stop, pause_s):
        pause_s = min(2 * pause_s, LONGEST_WAIT_S)
        try:
            async with connected(settings.database_url.get_secret_value(), size=1):
                log.info("The database answers again.")
                return
        except DatabaseUnavailable:
            continue


async def _wait_until_migrated(pool: Pool, stop: asyncio.Event) -> None:
    said = False
    while not stop.is_set():
        try:
            async with pool.acquire() as connection:
                if await is_migrated(connection):
                    return
        except AWAY as failed:
            log.warning("The database went away at the start; trying again.", reason=type(failed).__name__)
            await waited(stop, FIRST_WAIT_S)
            continue
        if not said:
            log.warning("The database holds another version's schema; waiting for `cordon migrate`.")
            said = True
        await waited(stop, FIRST_WAIT_S)
