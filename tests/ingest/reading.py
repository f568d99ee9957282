"""Consumers that run while a test looks on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from geofence.instants import Instant
from ingest.connections import Pool
from ingest.consume import OpenSource, consume
from ingest.following import UNWATCHED, Watch
from tests.ingest.messages import RECEIVED

PATIENCE_S = 30.0


async def eventually(holds: Callable[[], Awaitable[Any]]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():  # noqa: ASYNC110 - a database sets no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def consuming(
    open_source: OpenSource,
    pool: Pool,
    name: str = "reader",
    lease_s: float = 1.0,
    *,
    now: Callable[[], Instant] = lambda: RECEIVED,
    watch: Watch = UNWATCHED,
) -> AsyncIterator["asyncio.Task[None]"]:
    """Run a consumer, and stop it well at the end; a test may cancel the task, which is a crash."""
    stop, begun = asyncio.Event(), asyncio.Event()
    work = consume(open_source, pool, name, now, stop, lease_s=lease_s, ready=begun.set, watch=watch)
    task = asyncio.create_task(work)
    waiting = asyncio.create_task(begun.wait())
    await asyncio.wait([waiting, task], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait([task], timeout=10)
        assert task.done()
        if not task.cancelled():
            task.result()


async def fixes_in(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM fix")
    return count
