"""How much of what is pushed may be in hand at once? What is beyond it is sent away before it is read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from service.http.body import MIB, read_body
from service.http.problems import Problem

# Of one process. Taken apart and on its way, a body takes about five times its size in memory.
MOST_BODIES = 32
MOST_BYTES = 64 * MIB
# Whoever sends too slowly would keep others out.
READ_WITHIN_S = 60.0
RETRY_AFTER_S = 2
# What waits for the ledger, because somebody has its tags locked, must leave connections for all others.
MOST_APPENDS = 4
APPEND_WITHIN_S = 20.0


class Room:
    """Bodies, and bytes of them, that were let in and are not answered yet; and those that are at the ledger."""

    def __init__(
        self,
        bodies: int = MOST_BODIES,
        bytes_: int = MOST_BYTES,
        read_within_s: float = READ_WITHIN_S,
        appends: int = MOST_APPENDS,
        append_within_s: float = APPEND_WITHIN_S,
    ) -> None:
        self._bodies, self._bytes, self._read_within_s = bodies, bytes_, read_within_s
        self._appends, self._append_within_s = asyncio.Semaphore(appends), append_within_s

    @asynccontextmanager
    async def taking(self, request: Request, limit: int) -> AsyncIterator[bytes]:
        """Read a body of at most `limit` bytes, and keep its place until the end of the block.

        A body that does not say how long it is needs room for the largest one until it has been read.
        Raises Problem 429 before anything is read if there is no room, 408 if it comes too slowly, 413, 415.
        """
        announced = request.headers.get("content-length", "")
        held = min(int(announced), limit) if announced.isdigit() else limit
        if self._bodies < 1 or self._bytes < held:
            raise full()
        self._bodies -= 1
        self._bytes -= held
        try:
            async with _in_time(self._read_within_s):
                body = await read_body(request, limit)
            self._bytes += held - len(body)
            held = len(body)
            yield body
        finally:
            self._bodies += 1
            self._bytes += held

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Keep one of the few places at the ledger until the end of the block. Raises Problem 429 if none is free."""
        try:
            async with asyncio.timeout(self._append_within_s):
                await self._appends.acquire()
        except TimeoutError:
            raise full() from None
        try:
            yield
        finally:
            self._appends.release()


def full() -> Problem:
    """Return the problem of whoever sends more than is taken."""
    return Problem(
        429,
        "More is being sent than can be taken. Nothing is certain to be kept: send all of it again later.",
        headers={"Retry-After": f"{RETRY_AFTER_S}"},
    )


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Problem(408, f"The body did not come within {seconds:.0f} s; send a smaller one.") from None
