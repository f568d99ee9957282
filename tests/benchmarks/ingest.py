"""How many fixes a second go into the ledger? Ratios against a bare pipeline in one run, broker and database beside.

`python -m tests.benchmarks.ingest [FIXES]`: tags report once a minute, in order of time, one fix a message. The bare
pipeline reads the same messages with aiokafka, decodes them with msgspec, and copies what is of fixed size into a table
without an index, offsets in the same transaction: no identity, no quarantine, no time zones, no work list.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import asyncpg
import msgspec
import numpy as np
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from geofence.instants import Instant, instant
from geofence.rules import Rules
from ingest.connections import Pool
from ingest.consume import consume
from ingest.following import Watch
from ingest.kafka import KafkaSource, kafka_source, make_topics
from ingest.partitions import days_around, ensure_partitions
from ingest.replay import replay
from service.embedded import EmbeddedPostgres
from service.register.watched import WatchedZones
from tests.servers import database as databases
from tests.servers.kafka.broker import KafkaBroker

FIXES = 200_000
TAGS = 2_000
TOPIC = "fixes"
BEGUN = datetime(2026, 11, 20, 6, tzinfo=UTC)
NOW = instant(BEGUN + timedelta(days=1))


class BareFix(msgspec.Struct, gc=False):
    """What the bare pipeline reads of a message."""

    tag_id: str
    recorded_at: datetime
    latitude: float
    longitude: float
    position_id: int
    uploaded_at: datetime
    accuracy_m: float
    accuracy_confidence: float
    mechanism: str
    satellites: int
    hdop: float
    speed_kmh: float
    heading_deg: float


BARE_TABLE = """
CREATE TABLE bare_fix (tag integer, recorded_at timestamptz, latitude float8, longitude float8, position_id bigint,
                       accuracy_m float8, hdop float8, speed_kmh float8, heading_deg float8);
CREATE TABLE bare_position (next_offset bigint);
INSERT INTO bare_position VALUES (0)"""
BARE_WIDTHS = [4] + [8] * 8
PG_EPOCH_S = 946_684_800


def messages(fixes: int) -> Iterator[bytes]:
    """Yield the fixes of all tags, minute after minute, each tag at a second of its own."""
    for number in range(fixes):
        minute, tag = divmod(number, TAGS)
        at = BEGUN + timedelta(minutes=minute, seconds=tag % 60)
        yield msgspec.json.encode(
            {
                "position_id": number,
                "tag_id": f"T-{tag:06d}",
                "recorded_at": f"{at:%Y-%m-%dT%H:%M:%S}Z",
                "uploaded_at": f"{at + timedelta(minutes=6):%Y-%m-%dT%H:%M:%S}Z",
                "latitude": 51.3 + (number * 7 % 1000) / 10_000,
                "longitude": -0.1 - (number * 13 % 1000) / 10_000,
                "accuracy_m": 8.0,
                "accuracy_confidence": 0.95,
                "mechanism": "gps",
                "satellites": 9,
                "hdop": 1.1,
                "speed_kmh": 3.5,
                "heading_deg": number % 360,
            }
        )


async def bare(broker: KafkaBroker, pool: Pool, fixes: int, topic: str = TOPIC) -> None:
    """Read and copy everything, and nothing else."""
    decoder, tags = msgspec.json.Decoder(BareFix), dict[str, int]()
    partition, done = TopicPartition(topic, 0), 0
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap_servers, group_id=None, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([partition])
    consumer.seek(partition, 0)
    while done < fixes:
        fetched = await consumer.getmany(timeout_ms=500, max_records=10_000)
        read = [decoder.decode(record.value) for records in fetched.values() for record in records]
        if read:
            rows = bare_rows(read, tags)
            async with pool.acquire() as connection, connection.transaction():
                await connection.copy_to_table("bare_fix", source=BytesIO(rows), format="binary")
                await connection.execute("UPDATE bare_position SET next_offset = $1", done + len(read))
        done += len(read)
    await consumer.stop()


def bare_rows(read: Sequence[BareFix], tags: dict[str, int]) -> bytes:
    """Return fixes as the body of a binary COPY, made column by column."""
    columns = [
        [tags.setdefault(fix.tag_id, len(tags)) for fix in read],
        [round((fix.recorded_at.timestamp() - PG_EPOCH_S) * 1e6) for fix in read],
        [fix.latitude for fix in read],
        [fix.longitude for fix in read],
        [fix.position_id for fix in read],
        [fix.accuracy_m for fix in read],
        [fix.hdop for fix in read],
        [fix.speed_kmh for fix in read],
        [fix.heading_deg for fix in read],
    ]
    kinds = [">i4", ">i8", ">f8", ">f8", ">i8", ">f8", ">f8", ">f8", ">f8"]
    fields = [("fields", ">i2")]
    for number, kind in enumerate(kinds):
        fields += [(f"length{number}", ">i4"), (f"value{number}", kind)]
    rows = np.empty(len(read), dtype=fields)
    rows["fields"] = len(kinds)
    for number, (column, width) in enumerate(zip(columns, BARE_WIDTHS, strict=True)):
        rows[f"length{number}"], rows[f"value{number}"] = width, column
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


async def consumed(broker: KafkaBroker, pool: Pool, fixes: int) -> None:
    """Let a consumer read everything, and stop it."""
    stop = asyncio.Event()

    def opened() -> AbstractAsyncContextManager[KafkaSource]:
        return kafka_source(broker.bootstrap_servers, "bench", [TOPIC])

    watched = WatchedZones(pool)
    await watched.read()
    task = asyncio.create_task(consume(opened, pool, "bench", lambda: NOW, stop, watch=Watch(watched, Rules())))
    query = "SELECT COALESCE(sum(next_offset), 0) FROM kafka_position"
    while await pool.fetchval(query) < fixes:  # noqa: ASYNC110 - a database sets no event
        await asyncio.sleep(0.05)
    stop.set()
    await task


async def produce(broker: KafkaBroker, bodies: Sequence[bytes]) -> None:
    """Put all messages into one partition."""
    await make_topics(broker.bootstrap_servers, 1, [TOPIC])
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, linger_ms=20, max_batch_size=500_000)
    await producer.start()
    for number, one in enumerate(bodies):
        await producer.send(TOPIC, one)
        if number % 20_000 == 0:
            await producer.flush()
    await producer.stop()


@asynccontextmanager
async def fresh(server: EmbeddedPostgres) -> AsyncIterator[Pool]:
    """A fresh, migrated database."""
    database = await databases.create(server)
    async with asyncpg.create_pool(database.url, min_size=1, max_size=4) as pool:
        async with pool.acquire() as connection:
            await ensure_partitions(connection, days_around(NOW))
        yield pool
    await databases.drop(server, database)


async def measure(
    broker: KafkaBroker, server: EmbeddedPostgres, bodies: Sequence[bytes], path: Path
) -> dict[str, float]:
    """Return fixes a second of each way, each into a database of its own."""
    await databases.make_template(server)
    await produce(broker, bodies)
    rates = {}

    def told(name: str, begun: float) -> None:
        rates[name] = len(bodies) / (time.perf_counter() - begun)

    async with fresh(server) as pool:
        await pool.execute(BARE_TABLE)
        begun = time.perf_counter()
        await bare(broker, pool, len(bodies))
        told("bare pipeline from Kafka", begun)
    async with fresh(server) as pool:
        begun = time.perf_counter()
        await consumed(broker, pool, len(bodies))
        told("consume", begun)
    async with fresh(server) as pool:
        for name in ("replay", "replay of a file that is in the ledger already"):
            begun = time.perf_counter()
            await replay(pool, path, "cordon", lambda: Instant(NOW), lambda count: None)
            told(name, begun)
    return rates


def main() -> None:
    """Measure and print."""
    fixes = int(sys.argv[1]) if len(sys.argv) > 1 else FIXES
    bodies = list(messages(fixes))
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres() as server, KafkaBroker() as broker:
        path = Path(folder) / "F.jsonl"
        path.write_bytes(b"\n".join(bodies))
        rates = asyncio.run(measure(broker, server, bodies, path))
    base = rates["bare pipeline from Kafka"]
    print(f"ingest: {fixes:,} fixes of {TAGS:,} tags")
    for name, rate in rates.items():
        print(f"  {name:50} {rate:9,.0f} fixes/s   {rate / base:5.2f}")


if __name__ == "__main__":
    main()
