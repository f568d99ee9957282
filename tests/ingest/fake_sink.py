"""A sink into a log in memory: it does what a broker does, and can be held, full or away."""

import asyncio
from collections.abc import Sequence
from zlib import crc32

from ingest.sink import Message, SinkFailed, SinkFull
from tests.ingest.fake_log import FakeLog, FakeRecord


class FakeSink:
    """A `LogSink` over a log in memory.

    full: it can't take more in time. open: while it is not set, whatever is put waits. waiting: how many do.
    """

    def __init__(self, log: FakeLog) -> None:
        self._log = log
        self.full = False
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = 0

    async def put(self, topic: str, messages: Sequence[Message]) -> None:
        self.waiting += 1
        await self.open.wait()
        self.waiting -= 1
        partitions = sorted(one for one in self._log.kept if one.topic == topic)
        if self.full:
            raise SinkFull("the log is full")
        if self._log.away or (messages and not partitions):
            raise SinkFailed("the log is away")
        for one in messages:
            records = self._log.kept[partitions[crc32(one.key) % len(partitions)]]
            records.append(FakeRecord(len(records), one.value, one.headers))
