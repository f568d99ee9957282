"""Doing the same work until told to stop: resting when there is none, backing off while the database is away."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # said of a connection that was cut at an awkward moment
)


async def repeat(work: Callable[[], Awaitable[int]], stop: asyncio.Event, *, task: str, idle_s: float) -> None:
    """Call `work`, which returns how much it did, again and again until `stop` is set.

    1. Work. What it was doing when the database went away was rolled back and is still to be done.
    2. If there was nothing to do, rest for `idle_s` seconds.
    3. If the database does not answer, say so once, and wait twice as long each time, up to half a minute.
    `task` is what the log calls it. Any other error of `work` ends this and is the caller's.
    """
    wait_s = 0.0
    while not stop.is_set():
        try:
            done = await work()
        except UNREACHABLE as failed:
            if wait_s == 0.0:
                log.warning(
                    "the database does not answer; trying again until it does", task=task, reason=type(failed).__name__
                )
            wait_s = min(max(2 * wait_s, FIRST_WAIT_S), LONGEST_WAIT_S)
            await rest(stop, wait_s)
            continue
        if wait_s > 0.0:
            log.info("the database answers again", task=task)
            wait_s = 0.0
        if done == 0:
            await rest(stop, idle_s)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so many seconds, or until `stop` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
