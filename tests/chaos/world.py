"""Everything that runs while faults strike: servers, a proxy between, consumers and desks, and those who look on."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from geofence.instants import SECOND_US, Instant
from ingest.source import Partition
from service.clock import now as present
from service.embedded import EmbeddedPostgres
from tests.chaos.proxy import Proxy, proxied
from tests.chaos.rooms import Room, place, positions, room
from tests.chaos.waiting import eventually
from tests.chaos.workers import Worker
from tests.servers.kafka.broker import KafkaBroker

# How things stand, when they do not go on.
POSITIONS = """
SELECT topic, partition, next_offset, epoch, owner, leased_until::text, clock_timestamp()::text FROM kafka_position"""
READERS = "SELECT reader, alive_until::text FROM kafka_reader WHERE alive_until > clock_timestamp()"
WORK = "SELECT reason, count(*), min(not_before)::text, max(not_before)::text FROM to_judge GROUP BY 1"
SESSIONS = """
SELECT pid, state, wait_event_type, wait_event, (clock_timestamp() - state_change)::text, left(query, 80)
FROM pg_stat_activity WHERE datname = current_database()"""

LEASE_S = 0.6
RECORDS = 200
CONSUMERS, DESKS = 2, 2


@dataclass(slots=True)
class World:
    """What faults may touch. `now` is what the workers' clocks say, but for one that may be wrong."""

    room: Room
    server: EmbeddedPostgres
    broker: KafkaBroker
    proxy: Proxy
    rng: random.Random
    consumers: list[Worker] = field(default_factory=list)
    desks: list[Worker] = field(default_factory=list)

    @property
    def workers(self) -> list[Worker]:
        """All that should be running."""
        return [*self.consumers, *self.desks]

    def now(self) -> Instant:
        """Return the instant that clocks without a fault show."""
        return Instant(present() + round(self.room.place.shift_s * SECOND_US))

    def let_time_pass(self, seconds: float) -> None:
        """Move every clock on, and right."""
        self.room.place = replace(self.room.place, shift_s=self.room.place.shift_s + seconds)
        for worker in self.workers:
            worker.set_clock(self.room.place.shift_s)

    def add(self, command: str) -> Worker:
        """Start another worker."""
        worker = self.room.start(command)
        self.of(command).append(worker)
        return worker

    def of(self, command: str) -> list[Worker]:
        """Return the workers of one kind."""
        return {"consume": self.consumers, "desk": self.desks}[command]

    def take(self, command: str) -> Worker:
        """Choose one to be ended, and count on it no more."""
        workers = self.of(command)
        return workers.pop(self.rng.randrange(len(workers)))

    async def in_thread(self, *steps: Callable[[], object]) -> None:
        """Do what takes long while everything else goes on."""
        for step in steps:
            await asyncio.to_thread(step)

    async def read_since(self, start: Mapping[Partition, int], messages: int) -> None:
        """Wait until so many messages were read since the positions were at `start`."""

        async def read() -> bool:
            stand = await positions(self.room.pool)
            return sum(stand.get(one, 0) for one in start) - sum(start.values()) >= messages

        await eventually(read, f"{messages} more messages are in the ledger")

    async def recovered(self, ends: Mapping[Partition, int]) -> None:
        """Wait until everything that was sent is in the ledger and judged."""
        await self.room.read_up_to(ends)
        await self.room.judged_up_to(self.now())

    async def told(self) -> str:
        """Return how things stand, for whoever must find out why they do not go on."""
        lines = []
        for query in (POSITIONS, READERS, WORK, SESSIONS):
            lines += [str(tuple(row.values())) for row in await self.room.pool.fetch(query)]
        for worker in self.room.workers:
            said = worker.said.splitlines()[-5:]
            lines += [
                f"{worker.name}, process {worker.pid}, exit {worker.exit_code}:",
                *(f"  {line:.400}" for line in said),
            ]
        return "\n".join(lines)

    def all_are_alive(self) -> None:
        """Raise AssertionError if a worker ended that nobody had ended."""
        gone = [worker for worker in self.workers if worker.exit_code is not None]
        assert not gone, [f"{one.name} ended by itself with {one.exit_code}:\n{one.said[-3000:]}" for one in gone]


@asynccontextmanager
async def world(
    server: EmbeddedPostgres, template: str, broker: KafkaBroker, folder: Path, now: Instant, seed: int
) -> AsyncIterator[World]:
    """Set workers upon a copy of `template`, which they reach through the proxy; their clocks show `now`."""
    shift_s = (now - present()) / SECOND_US
    there = place(broker.bootstrap_servers, folder, shift_s, lease_s=LEASE_S, records=RECORDS)
    async with room(server, template, there) as made, proxied(server.folder) as (proxy, port):
        database = made.place.database_url.split("@/")[1].split("?")[0]
        made.place = replace(made.place, database_url=f"postgresql://cordon@127.0.0.1:{port}/{database}")
        whole = World(made, server, broker, proxy, random.Random(seed))  # noqa: S311 - chaos, not secrets
        for command, count in (("consume", CONSUMERS), ("desk", DESKS)):
            for _ in range(count):
                whole.add(command)
        yield whole
