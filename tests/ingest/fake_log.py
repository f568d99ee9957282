"""A log in memory: what a broker does, and what it does wrong now and then."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ingest.source import Held, Partition, SourceFailed


@dataclass(frozen=True, slots=True)
class FakeRecord:
    """One message."""

    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    key: bytes | None = None


@dataclass
class FakeLog:
    """Partitions with their records. Many sources may be open on it at once.

    strays: what the next fetch answers first, whatever was sought, as a client does that had fetched it before.
    away: every question fails meanwhile. handed_out: how many records were fetched, each as often as it was.
    quiet: where there is one, a fetch that finds nothing waits for it, and looks again. waiting: how many do.
    """

    kept: dict[Partition, list[FakeRecord]] = field(default_factory=lambda: defaultdict(list))
    strays: dict[Partition, list[FakeRecord]] = field(default_factory=dict)
    noted: dict[Partition, int] = field(default_factory=dict)
    away: bool = False
    handed_out: int = 0
    quiet: asyncio.Event | None = None
    waiting: int = 0

    def add(self, partition: Partition, *values: bytes | None) -> None:
        """Append messages to a partition."""
        records = self.kept[partition]
        start = records[-1].offset + 1 if records else 0
        records.extend(FakeRecord(start + index, value) for index, value in enumerate(values))

    @asynccontextmanager
    async def open(self) -> AsyncIterator["FakeSource"]:
        """Connect; at the end nobody may be fetching any more, or have told of nothing."""
        if self.away:
            raise SourceFailed("the log is away")
        source = FakeSource(self)
        try:
            yield source
        finally:
            assert (source.fetching, source.told_nothing) == (0, False)


class FakeSource:
    """A `FixSource` over a log in memory."""

    def __init__(self, log: FakeLog) -> None:
        self._log = log
        self._next: dict[Partition, int] = {}
        self.fetching, self.told_nothing = 0, False

    async def partitions(self) -> list[Partition]:
        self._answer()
        return sorted(self._log.kept)

    async def held(self, partitions: Sequence[Partition]) -> dict[Partition, Held]:
        self._answer()
        ranges = {}
        for partition in partitions:
            records = self._log.kept[partition]
            ranges[partition] = Held(records[0].offset, records[-1].offset + 1) if records else Held(0, 0)
        return ranges

    def read_from(self, positions: Mapping[Partition, int]) -> None:
        self._next = dict(positions)

    def seek(self, partition: Partition, offset: int) -> None:
        self._next[partition] = offset

    async def fetch(self, wait_s: float) -> Mapping[Partition, Sequence[FakeRecord]]:
        self.fetching += 1
        try:
            return await self._fetched(wait_s)
        finally:
            self.fetching -= 1

    async def _fetched(self, wait_s: float) -> Mapping[Partition, Sequence[FakeRecord]]:
        self._answer()
        await asyncio.sleep(0)
        if self._log.strays:
            strays, self._log.strays = self._log.strays, {}
            return strays
        fetched = self._found()
        if not fetched and self._log.quiet is not None:
            await self._quiet(self._log.quiet)
            return self._found()
        if not fetched:
            await asyncio.sleep(min(wait_s, 0.01))
        return fetched

    def _found(self) -> dict[Partition, list[FakeRecord]]:
        fetched = {}
        for partition, start in self._next.items():
            records = [record for record in self._log.kept[partition] if record.offset >= start][:100]
            if records:
                fetched[partition] = records
                self._next[partition] = records[-1].offset + 1
                self._log.handed_out += len(records)
        return fetched

    async def _quiet(self, end: asyncio.Event) -> None:
        self._log.waiting += 1
        try:
            await end.wait()
        finally:
            self._log.waiting -= 1

    async def note(self, positions: Mapping[Partition, int]) -> None:
        if not positions:
            # As aiokafka does.
            self.told_nothing = True
            raise ValueError(positions)
        self._log.noted |= positions

    def _answer(self) -> None:
        if self._log.away:
            raise SourceFailed("the log is away")
