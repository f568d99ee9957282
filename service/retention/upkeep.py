"""The upkeep of the ledger: tables for the days to come, and the erasing of what is past its period, every hour."""

import asyncio

from alerts.repeat import repeat
from ingest.partitions import days_around, ensure_partitions
from service.clock import Clock
from service.database import Pool
from service.retention.erasing import HOUR_US, erase_due

LOOK_EVERY_S = 60.0  # within this a new hour is noticed, or that the process which was at it has gone


async def keep_up(pool: Pool, clock: Clock, stop: asyncio.Event) -> None:
    """Do the upkeep of each hour, in one process at a time, until `stop` is set. Outlives an absent database.

    What failed is tried again in the next hour; what another process has in hand, until it has done it.
    """
    tried = None

    async def work() -> int:
        nonlocal tried
        now = clock()
        if tried == now // HOUR_US:
            return 0
        async with pool.acquire() as connection:
            await ensure_partitions(connection, days_around(now))
        if await erase_due(pool, now, stop.is_set) is not None:
            tried = now // HOUR_US
        return 0

    await repeat(work, stop, task="upkeep", idle_s=LOOK_EVERY_S)
