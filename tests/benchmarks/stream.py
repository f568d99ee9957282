"""From Kafka to incidents: how many fixes a second, broker, database, consumer and desk on the same machine?

`python -m tests.benchmarks.stream [FIXES]`: 2,000 tags report once a minute; each wearer has four zones some kilometres
from home, and one in twenty goes into one of them for ten minutes in ninety. Two baselines of the same run: the bare
pipeline of `ingest.py`, and the same ledger without anybody who judges. Then two consumers against one, and the memory
of a consumer and a desk with 100,000 tags.
"""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from geofence.instants import instant
from ingest.connections import Pool
from ingest.kafka import make_topics
from ingest.partitions import days_around, ensure_partitions
from service.embedded import EmbeddedPostgres
from tests.benchmarks.feeds.people import TOPIC, enter_people, minutes
from tests.benchmarks.feeds.processes import running
from tests.benchmarks.ingest import BARE_TABLE, bare
from tests.servers import database as databases
from tests.servers.kafka.broker import KafkaBroker

FIXES, TAGS, MANY_TAGS, ROUNDS = 800_000, 2_000, 100_000, 3
TAG = b'"tag_id":"'

READ = "SELECT COALESCE(sum(next_offset), 0) FROM kafka_position WHERE topic = $1"
DUE = "SELECT count(*) FROM to_judge WHERE not_before <= clock_timestamp()"


@asynccontextmanager
async def peopled(server: EmbeddedPostgres, tags: int, zones: int = 4) -> AsyncIterator[tuple[Pool, str]]:
    """A database with so many wearers."""
    database = await databases.create(server)
    async with asyncpg.create_pool(database.url, min_size=1, max_size=4) as pool:
        now = datetime.now(UTC)
        await enter_people(pool, tags, now - timedelta(days=30), zones)
        async with pool.acquire() as connection:
            await ensure_partitions(connection, days_around(instant(now)))
        yield pool, database.url
    await databases.drop(server, database)


async def produce(broker: KafkaBroker, bodies: Sequence[bytes], partitions: int) -> None:
    """Put all messages into a topic made anew, those of a tag into one partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    await admin.start()
    await admin.delete_topics([TOPIC])
    while TOPIC in await admin.list_topics():  # noqa: ASYNC110 - the broker sets no event
        await asyncio.sleep(0.05)
    await admin.close()
    await make_topics(broker.bootstrap_servers, partitions)
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, linger_ms=20, max_batch_size=500_000)
    await producer.start()
    for number, one in enumerate(bodies):
        await producer.send(TOPIC, one, key=one[(start := one.index(TAG) + len(TAG)) : one.index(b'"', start)])
        if number % 20_000 == 0:
            await producer.flush()
    await producer.stop()


async def until(pool: Pool, query: str, *arguments: object, least: int | None = None) -> None:
    """Wait until a count reaches `least`, or 0."""
    while True:
        count = await pool.fetchval(query, *arguments)
        if count == 0 if least is None else count >= least:
            return
        await asyncio.sleep(0.05)


async def piped(
    broker: KafkaBroker, server: EmbeddedPostgres, messages: int, *, consumers: int = 1, desks: int = 1
) -> tuple[float, int]:
    """Return the seconds from a consumer's first look at the log until everything is judged, and the incidents."""
    async with peopled(server, TAGS) as (pool, url):
        settings = {"CORDON_DATABASE_URL": url, "CORDON_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
        with ExitStack() as processes:
            for _ in range(desks):
                processes.enter_context(running("desk", settings))
            begun = time.perf_counter()
            for number in range(consumers):
                processes.enter_context(running("consume", settings))
                # What the first one needs to come to life is nobody's business; the second comes to life beside it.
                begun = begun if number else time.perf_counter()
            await until(pool, READ, TOPIC, least=messages)
            if desks:
                await until(pool, DUE)
            took = time.perf_counter() - begun
        return took, await pool.fetchval("SELECT count(*) FROM incident")


def high_water_mib(pid: int) -> float:
    """Return the most memory that a process ever had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


async def remembered(broker: KafkaBroker, server: EmbeddedPostgres, messages: int) -> tuple[float, float]:
    """Return the most memory of a consumer and a desk in MiB with the zones of very many tags."""
    async with peopled(server, MANY_TAGS, zones=2) as (pool, url):
        settings = {"CORDON_DATABASE_URL": url, "CORDON_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
        with running("desk", settings) as (_, desk), running("consume", settings) as (_, consumer):
            await until(pool, READ, TOPIC, least=messages)
            await until(pool, DUE)
            return high_water_mib(consumer), high_water_mib(desk)


async def compared(broker: KafkaBroker, server: EmbeddedPostgres, messages: int) -> tuple[float, float, float, int]:
    """Return the seconds of the bare pipeline, of the ledger alone, of ledger and incidents; and the incidents."""
    async with peopled(server, 1) as (pool, _):
        await pool.execute(BARE_TABLE)
        begun = time.perf_counter()
        await bare(broker, pool, messages, TOPIC)
        base = time.perf_counter() - begun
    alone, _ = await piped(broker, server, messages, desks=0)
    took, incidents = await piped(broker, server, messages)
    return base, alone, took, incidents


def middle(values: Sequence[float]) -> str:
    """Return the median, and between what the values lie."""
    return f"{median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


async def measure(broker: KafkaBroker, server: EmbeddedPostgres, fixes: int) -> None:
    """Measure and print."""
    await databases.make_template(server)
    begin = datetime.now(UTC) - timedelta(minutes=fixes // TAGS + 5)
    print(f"stream: {fixes:,} messages of {TAGS:,} tags, broker, database, consumer and desk on two cores")
    print(f"  fixes a second, medians of {ROUNDS} rounds; ratios within a round, median (lowest-highest)")
    for duplicates in (0.0, 0.01, 0.2):
        await produce(broker, list(minutes(fixes, TAGS, begin, duplicates)), 1)
        rounds = [await compared(broker, server, fixes) for _ in range(ROUNDS)]
        base, alone, took = (median(seconds) for seconds in list(zip(*rounds, strict=True))[:3])
        print(
            f"  {duplicates:4.0%} duplicates: bare {fixes / base:9,.0f}   ledger {fixes / alone:9,.0f}"
            f"   ledger and incidents {fixes / took:9,.0f}   incidents {rounds[0][3]}\n"
            f"        ledger and incidents of bare {middle([one[0] / one[2] for one in rounds])}"
            f", of the ledger alone {middle([one[1] / one[2] for one in rounds])}",
            flush=True,
        )
    await produce(broker, list(minutes(fixes, TAGS, begin)), 2)
    for consumers in (1, 2):
        times = [(await piped(broker, server, fixes, consumers=consumers))[0] for _ in range(ROUNDS)]
        print(f"  two partitions, consumers: {consumers}   {fixes / median(times):9,.0f}", flush=True)
    await produce(broker, list(minutes(fixes, MANY_TAGS, begin)), 1)
    consumer, desk = await remembered(broker, server, fixes)
    print(f"  {MANY_TAGS:,} tags: consumer {consumer:,.0f} MiB, desk {desk:,.0f} MiB at the most", flush=True)


def main() -> None:
    """Start the servers and measure."""
    fixes = int(sys.argv[1]) if len(sys.argv) > 1 else FIXES
    with EmbeddedPostgres() as server, KafkaBroker() as broker:
        asyncio.run(measure(broker, server, fixes))


if __name__ == "__main__":
    main()
