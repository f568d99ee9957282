"""Waiting for what must come true, through whatever is down meanwhile; never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

PATIENCE_S = 60.0
# What a database says, or does not, that is being restarted or was cut off.
DOWN = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


async def eventually(holds: Callable[[], Awaitable[Any]], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds. Raises TimeoutError that says what was waited for."""
    try:
        async with asyncio.timeout(patience_s):
            while not await _holds(holds):  # noqa: ASYNC110 - a database sets no event
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise TimeoutError(f"in vain waited {patience_s:.0f} s until {what}") from None


async def _holds(holds: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await holds()
    except DOWN:
        return False
