"""Who reads which partition? Leases in PostgreSQL, in place of Kafka's group protocol.

Readers announce themselves; the partitions are dealt out to them in order; each takes its own as they come free. The
fence is the epoch, which every taking raises: a reader that overslept its lease fails when it appends. Compared with
the group protocol there are no heartbeats that a busy loop may miss, no rebalance that stops everybody, and no seek
that races with an assignment; and where reading stands and who may move it on is one row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from ingest.connections import Connection, Pool
from ingest.source import Partition

ANNOUNCE = """
INSERT INTO kafka_reader (reader, alive_until) VALUES ($1, clock_timestamp() + $2 * interval '1 second')
ON CONFLICT (reader) DO UPDATE SET alive_until = excluded.alive_until"""
FORGET_THE_DEAD = "DELETE FROM kafka_reader WHERE alive_until < clock_timestamp() - interval '1 hour'"
# Whoever asks is alive, also if the way to the database is so slow that its own announcement is over again.
READERS = "SELECT reader FROM kafka_reader WHERE alive_until > clock_timestamp() OR reader = $1 ORDER BY reader"
# Only what is missing: a conflict with a row that somebody is moving on would wait for him, however long he takes.
MAKE_POSITIONS = """
INSERT INTO kafka_position (topic, partition)
SELECT * FROM unnest($1::text[], $2::integer[]) AS wanted (topic, partition)
WHERE NOT EXISTS (SELECT FROM kafka_position AS known
                  WHERE known.topic = wanted.topic AND known.partition = wanted.partition)
ON CONFLICT DO NOTHING"""
RELEASE = """
UPDATE kafka_position SET owner = NULL, leased_until = '-infinity'
WHERE owner = $1 AND (topic, partition) NOT IN (SELECT * FROM unnest($2::text[], $3::integer[]))"""
RENEW = """
UPDATE kafka_position SET leased_until = clock_timestamp() + $2 * interval '1 second'
WHERE owner = $1 RETURNING topic, partition, epoch, next_offset"""
# Rows that somebody has locked are in use, whatever their lease says: the next time will do.
TAKE = """
UPDATE kafka_position SET owner = $1, epoch = epoch + 1, leased_until = clock_timestamp() + $2 * interval '1 second'
WHERE (topic, partition) IN (
    SELECT topic, partition FROM kafka_position
    WHERE (topic, partition) IN (SELECT * FROM unnest($3::text[], $4::integer[]))
      AND leased_until < clock_timestamp() AND owner IS DISTINCT FROM $1
    FOR UPDATE SKIP LOCKED)
RETURNING topic, partition, epoch, next_offset"""
LEAVE = "DELETE FROM kafka_reader WHERE reader = $1"
START_AGAIN = "UPDATE kafka_position SET next_offset = $4 WHERE topic = $1 AND partition = $2 AND epoch = $3"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to read a partition from `next_offset` on, under an epoch of its own."""

    epoch: int
    next_offset: int


class Leases:
    """One reader's leases. `name` is for people; a process that was started again is another reader all the same."""

    def __init__(self, pool: Pool, name: str, lease_s: float) -> None:
        self._pool = pool
        self.reader = f"{name} {uuid4()}"
        self.lease_s = lease_s

    async def renew(self, partitions: Sequence[Partition]) -> dict[Partition, Lease]:
        """Keep what is this reader's share of all partitions, give back the rest, take what is free.

        Returns what it holds now, with positions as they stand in the database. To be called well within `lease_s`, and
        only while nothing is being appended.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(ANNOUNCE, self.reader, self.lease_s)
            await connection.execute(FORGET_THE_DEAD)
            await connection.execute(MAKE_POSITIONS, *_columns(partitions))
            share = _columns(await self._share(connection, partitions))
            await connection.execute(RELEASE, self.reader, *share)
            rows = await connection.fetch(RENEW, self.reader, self.lease_s)
            rows += await connection.fetch(TAKE, self.reader, self.lease_s, *share)
        return {Partition(row["topic"], row["partition"]): Lease(row["epoch"], row["next_offset"]) for row in rows}

    async def extend(self) -> None:
        """Keep what is held for another `lease_s`; nothing is taken or given back, and nothing that is lost comes back.

        Only while nothing is being appended.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(ANNOUNCE, self.reader, self.lease_s)
            await connection.execute(RENEW, self.reader, self.lease_s)

    async def start_again(self, partition: Partition, lease: Lease, offset: int) -> None:
        """Move a position to where the log really begins; in vain if the lease is lost."""
        await self._pool.execute(START_AGAIN, partition.topic, partition.number, lease.epoch, offset)

    async def leave(self) -> None:
        """Give everything back, so that others can take it at once."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(RELEASE, self.reader, [], [])
            await connection.execute(LEAVE, self.reader)

    async def _share(self, connection: Connection, partitions: Sequence[Partition]) -> list[Partition]:
        readers = [row["reader"] for row in await connection.fetch(READERS, self.reader)]
        return sorted(partitions)[readers.index(self.reader) :: len(readers)]


def _columns(partitions: Sequence[Partition]) -> tuple[list[str], list[int]]:
    return [one.topic for one in partitions], [one.number for one in partitions]
