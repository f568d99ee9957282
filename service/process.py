"""A long-running process: reads settings, says when it is ready, outlives an absent database, ends well on SIGTERM."""

import asyncio
import gc
import os
import signal
import threading
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
# Of the 10 s that a process has after SIGTERM. What `supervise` cancels after 6 s ends at once if the database answers.
CUT_AFTER_S = 7.0
LEAVE_AFTER_S = 9.0

Work = Callable[[Pool, asyncio.Event], Awaitable[None]]


def run_process(settings: Settings, work: Work, answer_s: float | None = None) -> None:
    """Be a process that does `work` as `run` does, and that ends within 10 s of SIGTERM or SIGINT, whatever hangs."""
    # Python waits for its threads without a limit, and nothing else can end one.
    at_the_latest = threading.Timer(LEAVE_AFTER_S, _leave)
    at_the_latest.daemon = True
    asyncio.run(run(settings, work, answer_s, at_the_latest.start))


def _leave() -> None:
    log.warning("Something did not end in time and is left as it is.")
    os._exit(0)


def _nothing() -> None:
    """Tell nobody."""


async def run(
    settings: Settings, work: Work, answer_s: float | None = None, told_to_end: Callable[[], None] = _nothing
) -> None:
    """Run `work(pool, stop)` until SIGTERM or SIGINT sets `stop`, with connections to a migrated database.

    Whatever has not ended CUT_AFTER_S later is cancelled, and its connections are cut: asyncpg would wait for ever
    until a server that hangs confirms that a statement is cancelled.

    answer_s: how long `work` waits for any statement (TimeoutError); None: for ever. told_to_end: called when `stop` is
    set. Raises what `work` raises.
    """
    stop = stop_on_signals()
    # What was imported stays, and what is read comes in tens of thousands: no need to look through it again and again.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    pool: Pool | None = None

    async def working() -> None:
        nonlocal pool
        while not stop.is_set():
            try:
                async with connected(settings.database_url.get_secret_value(), answer_s=answer_s) as pool:
                    await _wait_until_migrated(pool, stop)
                    if not stop.is_set():
                        await work(pool, stop)
                    return
            except DatabaseUnavailable as unavailable:
                await _wait_for_database(settings, unavailable, stop)

    running, stopping = asyncio.create_task(working()), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            told_to_end()
            await asyncio.wait([running], timeout=CUT_AFTER_S)
        if running.done():
            await running
            return
        log.warning("The end takes too long; the database's answer is not waited for.")
        if pool is not None:
            pool.terminate()
    finally:
        running.cancel()
        stopping.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)


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
