"""What all live streams of one process share: who tells them that there is news, how many there may be, and the end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from alerts.repeat import UNREACHABLE, rest
from service.database import Connection, Pool

log = structlog.get_logger(__name__)

CHANNEL = "incident_history"  # named in the migration that notifies it
ANSWER_WITHIN_S = 5.0
LOOK_S = 2.0  # how late news is at most whose notification was lost
AGAIN_S = 1.0
HEARTBEAT_S = 15.0  # proxies close what is silent for a minute, some sooner
MOST_STREAMS = 200
READING_AT_ONCE = 3  # of the process's ten connections: all streams wake at once, and pages must not wait for them

NEWEST = "SELECT COALESCE(max(history_id), 0) FROM incident_history"
# The highest id that any line ever had, also if it was erased since.
HIGHEST = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('incident_history', 'history_id')), 0)"


class Full(Exception):
    """As many streams are open as one process serves."""


class Live:
    """News for all streams of a process. Made anew for each application; `run` must run beside it.

    A stream has no queue here: it is woken, and reads on from the place that it has reached itself.
    """

    def __init__(self, *, most: int = MOST_STREAMS, heartbeat_s: float = HEARTBEAT_S, look_s: float = LOOK_S) -> None:
        self.most, self.heartbeat_s, self.look_s = most, heartbeat_s, look_s
        self.reading = asyncio.Semaphore(READING_AT_ONCE)
        self.taken = 0
        self.ended = False
        self._news = asyncio.Event()

    @property
    def news(self) -> asyncio.Event:
        """The event that the next news, or the end, will set. Take it before you read: then nothing can slip by."""
        return self._news

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places that there are for streams. Raises Full."""
        if self.taken >= self.most:
            raise Full
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    def end(self) -> None:
        """Have every stream end, also those that are opened from now on."""
        self.ended = True
        self._wake()

    async def run(self, pool: Pool, stop: asyncio.Event) -> None:
        """Wake the streams whenever a desk commits, and end them when `stop` is set. Outlives the database."""
        await asyncio.gather(self._end_on(stop), self._listen(pool, stop))

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _end_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.end()

    async def _listen(self, pool: Pool, stop: asyncio.Event) -> None:
        deaf = False
        while not stop.is_set():
            try:
                async with pool.acquire(timeout=ANSWER_WITHIN_S) as connection:
                    if deaf:
                        log.info("The database answers again; live streams go on.")
                    deaf = False
                    await self._hear(connection, stop)
            except UNREACHABLE as failed:
                if not deaf:
                    log.warning("The database does not answer; live streams wait.", reason=type(failed).__name__)
                deaf = True
                await rest(stop, AGAIN_S)

    async def _hear(self, connection: Connection, stop: asyncio.Event) -> None:
        """Listen until `stop` is set, or the connection breaks, which looking now and then makes known."""

        def heard(*_: object) -> None:
            self._wake()

        await connection.add_listener(CHANNEL, heard)
        try:
            newest: int | None = None
            while not stop.is_set():
                found = await connection.fetchval(NEWEST, timeout=ANSWER_WITHIN_S)
                if found != newest:
                    newest = found
                    self._wake()
                await rest(stop, self.look_s)
        finally:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await connection.remove_listener(CHANNEL, heard)
