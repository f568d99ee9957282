"""The same with a real broker: what it really does when it dies, and what really stands in its log."""

import asyncio
import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from ingest.connections import Pool
from ingest.consume import OpenSource
from ingest.kafka import KafkaSource, _stop, kafka_source, make_topics
from ingest.source import EVENTS_TOPIC, SourceFailed
from tests.ingest import ledger_rows
from tests.ingest.fake_log import FakeRecord
from tests.ingest.messages import body, event_message, fix_message, mdss_message
from tests.ingest.reading import consuming, eventually, fixes_in
from tests.servers.kafka.broker import KafkaBroker

_numbers = itertools.count(1)


@pytest.fixture
async def topic(kafka: KafkaBroker) -> str:
    """A topic of four partitions that nobody else uses."""
    name = f"fixes-{next(_numbers)}"
    await make_topics(kafka.bootstrap_servers, 4, [name])
    return name


@pytest.fixture
def opening(kafka: KafkaBroker, topic: str) -> OpenSource:
    """Opens a source on that topic."""

    def opened() -> AbstractAsyncContextManager[KafkaSource]:
        return kafka_source(kafka.bootstrap_servers, f"group of {topic}", [topic])

    return opened


def fixes(start: int, end: int) -> Iterator[bytes]:
    return (body(fix_message(tag_id=f"T-{number % 50}", position_id=number)) for number in range(start, end))


async def send(
    kafka: KafkaBroker,
    topic: str,
    *bodies: bytes,
    headers: list[tuple[str, bytes]] | None = None,
    compression: str | None = None,
) -> None:
    """Send messages, keyed by their number, and return when the broker has them all."""
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, acks="all", enable_idempotence=True, compression_type=compression
    )
    await producer.start()
    try:
        for number, one in enumerate(bodies):
            await producer.send(topic, one, key=f"{number % 50}".encode(), headers=headers)
        await producer.flush()
    finally:
        await producer.stop()


async def read_in_all(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT sum(next_offset) FROM kafka_position"))


async def test_objects_arrays_profiles_events_and_poison_arrive(kafka: KafkaBroker, topic: str, pool: Pool) -> None:
    await make_topics(kafka.bootstrap_servers, 1, [EVENTS_TOPIC, topic])
    await send(kafka, topic, body(fix_message()), body([fix_message(position_id=2), {}]), b"\x00\xff")
    await send(kafka, topic, body(mdss_message()), headers=[("content-type", b"application/vnd.mdss.position+json")])
    await send(kafka, EVENTS_TOPIC, body(event_message(tag_id=topic)))

    def opened() -> AbstractAsyncContextManager[KafkaSource]:
        return kafka_source(kafka.bootstrap_servers, topic, [topic, EVENTS_TOPIC])

    async with consuming(opened, pool):
        await eventually(lambda: pool.fetchval("SELECT count(*) = 1 FROM tag_event WHERE tag_id = $1", topic))
        query = "SELECT sum(next_offset) = 4 FROM kafka_position WHERE topic = $1"
        await eventually(lambda: pool.fetchval(query, topic))
    assert [row[2] for row in await ledger_rows.identities(pool)] == ["2", "8812345"]
    assert len(await ledger_rows.rejections(pool)) == 2


async def test_records_may_be_compressed_in_every_way(
    kafka: KafkaBroker, topic: str, opening: OpenSource, pool: Pool
) -> None:
    for number, compression in enumerate(("gzip", "lz4", "snappy", "zstd")):
        await send(kafka, topic, *fixes(50 * number, 50 * (number + 1)), compression=compression)
    async with consuming(opening, pool):
        await eventually(lambda: _both(pool, at_least=200))
    assert await fixes_in(pool) == 200


async def test_a_header_whose_name_is_no_text_stalls_nothing(
    kafka: KafkaBroker, topic: str, opening: OpenSource, pool: Pool
) -> None:
    bodies = [body(fix_message(position_id=number)).decode() for number in range(6)]
    for compression, some in (("none", bodies[:3]), ("gzip", bodies[3:])):
        command = [sys.executable, "-m", "tests.ingest.odd_header", kafka.bootstrap_servers, topic, compression, *some]
        await (await asyncio.create_subprocess_exec(*command, env={**os.environ, "AIOKAFKA_NO_EXTENSIONS": "1"})).wait()
    async with consuming(opening, pool):
        await eventually(lambda: pool.fetchval("SELECT sum(next_offset) = 6 FROM kafka_position"))
    assert [row[2] for row in await ledger_rows.identities(pool)] == ["0", "1", "2", "3", "4", "5"]


async def test_readers_come_go_and_crash_and_each_fix_is_there_once(
    kafka: KafkaBroker, topic: str, opening: OpenSource, pool: Pool
) -> None:
    await send(kafka, topic, *fixes(0, 2000))
    async with consuming(opening, pool, "first") as first:
        await eventually(lambda: _both(pool, at_least=500))
        async with consuming(opening, pool, "second"):
            await send(kafka, topic, *fixes(2000, 4000))
            first.cancel()
            await eventually(lambda: _both(pool, at_least=4000))
            async with consuming(opening, pool, "third"):
                await send(kafka, topic, *fixes(4000, 5000))
                await eventually(lambda: _both(pool, at_least=5000))
    assert await fixes_in(pool) == 5000
    assert await ledger_rows.arrivals(pool) == {"kafka": (5000, 5000, 0, 0, 0)}


async def test_a_broker_that_dies_is_waited_for(
    kafka: KafkaBroker, topic: str, opening: OpenSource, pool: Pool
) -> None:
    await send(kafka, topic, *fixes(0, 100))
    async with consuming(opening, pool):
        await eventually(lambda: _both(pool, at_least=100))
        kafka.kill()
        kafka.start()
        await send(kafka, topic, *fixes(100, 200))
        await eventually(lambda: _both(pool, at_least=200))
    assert await ledger_rows.arrivals(pool) == {"kafka": (200, 200, 0, 0, 0)}


async def test_markers_of_transactions_are_gaps_that_are_passed(
    kafka: KafkaBroker, topic: str, opening: OpenSource, pool: Pool
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, transactional_id=topic)
    await producer.start()
    for number, one in enumerate(fixes(0, 5)):
        async with producer.transaction():
            await producer.send(topic, one, partition=0, key=f"{number}".encode())
    await producer.stop()
    async with consuming(opening, pool):
        await eventually(lambda: _both(pool, at_least=5))
    assert await ledger_rows.arrivals(pool) == {"kafka": (5, 5, 0, 0, 0)}
    assert await read_in_all(pool) == 9


async def test_the_broker_shows_how_far_reading_got(
    kafka: KafkaBroker, topic: str, opening: OpenSource, pool: Pool
) -> None:
    await send(kafka, topic, *fixes(0, 60))
    async with consuming(opening, pool):
        await eventually(lambda: _committed(kafka, topic, 60))


async def test_there_may_be_nothing_to_show(kafka: KafkaBroker, topic: str, opening: OpenSource) -> None:
    async with opening() as source:
        source.read_from({})
        await source.note({})


async def test_no_broker_is_a_failure_of_the_source() -> None:
    with pytest.raises(SourceFailed, match=r"Kafka at .* does not answer"):
        async with kafka_source("127.0.0.1:9", "group"):
            pass


async def _both(pool: Pool, at_least: int) -> bool:
    return await fixes_in(pool) >= at_least


async def _committed(kafka: KafkaBroker, topic: str, expected: int) -> bool:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, group_id=f"group of {topic}")
    await consumer.start()
    try:
        offsets = [await consumer.committed(TopicPartition(topic, number)) for number in range(4)]
    finally:
        await consumer.stop()
    return sum(offset or 0 for offset in offsets) == expected


class HalfStopped:
    """A client whose stop() ends as aiokafka's does when it cancels a fetch of its own."""

    def __init__(self) -> None:
        self._client = self
        self.closed = False

    async def stop(self) -> None:
        raise asyncio.CancelledError

    async def close(self) -> None:
        self.closed = True


async def test_a_cancellation_within_the_client_passes_for_none_of_ours() -> None:
    consumer = HalfStopped()
    await _stop(consumer)
    assert consumer.closed


class Asked:
    """A client that holds records without end, and remembers for how many it was asked."""

    def __init__(self) -> None:
        self.record = FakeRecord(0, None)
        self.asked: list[int] = []

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[FakeRecord]]:
        self.asked.append(max_records)
        return {TopicPartition("topic", number): [self.record] * (max_records // 2) for number in range(2)}


async def test_few_records_are_fetched_at_once_while_their_size_is_not_known_or_large() -> None:
    consumer = Asked()
    source = KafkaSource(consumer, None, [])

    async def asked(record: FakeRecord, times: int) -> list[int]:
        consumer.record, consumer.asked = record, []
        for _ in range(times):
            await source.fetch(0)
        return consumer.asked

    assert await asked(FakeRecord(0, b"x" * 350), 8) == [10, 20, 40, 80, 160, 320, 500, 500]
    assert await asked(FakeRecord(0, b"x" * 1_000_000), 3) == [500, 4, 4]
    assert await asked(FakeRecord(0, None, [("name", b"x" * 10_000_000)]), 2) == [4, 1]
    consumer.asked = []
    assert await asked(FakeRecord(0, None), 2) == [1, 1]
