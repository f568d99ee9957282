"""What is sent to the broker, and the broker's topics, emptied for each run."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from ingest.fix import Profile
from ingest.kafka import make_topics
from ingest.profiles import CONTENT_TYPE_OF_PROFILE
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC, Partition

PARTITIONS = 4
JUNK = b"before all"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: those of one key keep their order."""

    topic: str
    key: bytes
    value: bytes
    profile: Profile = "cordon"


class Sending:
    """A producer that sends each message once, in order, however often the broker dies meanwhile."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self.ends: dict[Partition, int] = {}
        self.sent: Counter[str] = Counter()

    async def send(self, messages: Iterable[Message]) -> None:
        """Send messages, and return when the broker has them all."""
        waiting = []
        for message in messages:
            partition = _partition(message)
            sending = await self._producer.send(
                message.topic, message.value, message.key, partition=partition.number, headers=_headers(message)
            )
            waiting.append((partition, sending))
        for partition, sending in waiting:
            at = await sending
            self.ends[partition] = max(self.ends.get(partition, 0), at.offset + 1)
            self.sent[partition.topic] += 1


@asynccontextmanager
async def sending(kafka: str) -> AsyncIterator[Sending]:
    """Connect a producer."""
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka, enable_idempotence=True, linger_ms=5, request_timeout_ms=120_000, retry_backoff_ms=50
    )
    await producer.start()
    try:
        yield Sending(producer)
    finally:
        await producer.stop()


async def empty_topics(kafka: str) -> Mapping[Partition, int]:
    """Make the topics, throw away what is in them, and return where what comes next will stand.

    Never at 0: whoever has not read yet must find the beginning.
    """
    await make_topics(kafka, PARTITIONS, [FIXES_TOPIC])
    await make_topics(kafka, 1, [EVENTS_TOPIC])
    fixes = [Partition(FIXES_TOPIC, number) for number in range(PARTITIONS)]
    partitions = [*fixes, Partition(EVENTS_TOPIC, 0)]
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for partition in partitions:
            await producer.send_and_wait(partition.topic, JUNK, partition=partition.number)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=None)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await asyncio.gather(consumer.start(), admin.start())
    try:
        ends = await consumer.end_offsets([TopicPartition(*partition) for partition in partitions])
        await admin.delete_records({partition: RecordsToDelete(before_offset=end) for partition, end in ends.items()})
    finally:
        await asyncio.gather(consumer.stop(), admin.close())
    return {Partition(*partition): end for partition, end in ends.items()}


def _headers(message: Message) -> list[tuple[str, bytes]]:
    """Return the headers of a message; without any it is one of cordon's."""
    if message.profile == "cordon":
        return []
    return [("content-type", CONTENT_TYPE_OF_PROFILE[message.profile].encode())]


def _partition(message: Message) -> Partition:
    if message.topic == EVENTS_TOPIC:
        return Partition(EVENTS_TOPIC, 0)
    return Partition(FIXES_TOPIC, sum(message.key) % PARTITIONS)
