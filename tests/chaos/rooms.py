"""Databases that begin as copies of a prepared one, with workers to set upon them."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg

from geofence.instants import Instant, moment
from ingest.source import Partition
from service.database import Pool
from service.embedded import EmbeddedPostgres
from service.register.document import read_register
from service.register.load import load
from tests.chaos.points import Point
from tests.chaos.waiting import PATIENCE_S, eventually
from tests.chaos.workers import Place, Worker, kill_all

READ = "SELECT topic, partition, next_offset FROM kafka_position"
DUE = "SELECT count(*) FROM to_judge WHERE not_before <= $1"

# Not the minute of a deployment, and yet longer than any statement takes here.
ANSWER_S = 8.0

_numbers = itertools.count(1)


@dataclass(slots=True)
class Room:
    """A database, connections for those who look on, and the workers in it. `place` may lead there by another way."""

    pool: Pool
    place: Place
    workers: list[Worker] = field(default_factory=list)

    def start(self, command: str, point: Point | None = None) -> Worker:
        """Start a worker."""
        worker = Worker(command, self.place, point).start()
        self.workers.append(worker)
        return worker

    async def read_up_to(self, ends: Mapping[Partition, int], patience_s: float = PATIENCE_S) -> None:
        """Wait until consumers have read everything."""

        async def all_read() -> bool:
            stand = await positions(self.pool)
            return all(stand.get(partition, -1) >= end for partition, end in ends.items())

        await eventually(all_read, "all that was sent is in the ledger", patience_s)

    async def judged_up_to(self, now: Instant, patience_s: float = PATIENCE_S) -> None:
        """Wait until the work list holds nothing that is due."""

        async def nothing_due() -> bool:
            return not await self.pool.fetchval(DUE, moment(now))

        await eventually(nothing_due, "all that is due is judged", patience_s)


async def positions(pool: Pool) -> dict[Partition, int]:
    """Return how far each partition was read."""
    return {Partition(row["topic"], row["partition"]): row["next_offset"] for row in await pool.fetch(READ)}


async def copy_database(server: EmbeddedPostgres, template: str) -> str:
    """Copy a database to which nobody is connected, and return the copy's name."""
    name = f"chaos_{next(_numbers)}"
    await _run(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return name


@asynccontextmanager
async def room(server: EmbeddedPostgres, template: str, place: Place) -> AsyncIterator[Room]:
    """A room over a copy of `template`; in the end its workers are killed and the copy is dropped.

    place: its database_url is filled in here.
    """
    name = await copy_database(server, template)
    url = server.url(name)
    filled = replace(place, database_url=url)
    try:
        looks_on = {"application_name": "looks on"}
        async with asyncpg.create_pool(url, min_size=0, max_size=4, server_settings=looks_on) as pool:
            made = Room(pool, filled)
            try:
                yield made
            finally:
                await kill_all(made.workers)
    finally:
        await _run(server, f"DROP DATABASE {name} WITH (FORCE)")


async def load_register(url: str, register: bytes, now: Instant) -> None:
    """Load a register file into a database."""
    document = read_register(register).document
    assert document is not None
    connection = await asyncpg.connect(url)
    try:
        await load(connection, document, actor="test", reason="simulated", now=now)
    finally:
        await connection.close()


def place(kafka: str, folder: Path, shift_s: float, *, lease_s: float = 0.3, records: int | None = 60) -> Place:
    """Return a place whose database is yet to be made. records: of a batch at the most; None: as in earnest."""
    return Place("", kafka, folder, shift_s, lease_s, ANSWER_S, records)


async def _run(server: EmbeddedPostgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
