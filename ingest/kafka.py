"""Records from Apache Kafka, through aiokafka."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from ingest.header_names import read_any_header_name
from ingest.records import bytes_of
from ingest.source import TOPICS, Held, Partition, Record, SourceFailed

# Few enough that nothing else waits long while they are taken apart and decoded.
RECORDS_AT_ONCE, BYTES_AT_ONCE = 500, 4 * 1024 * 1024
# Nothing is known of their size.
FIRST_RECORDS = 10
# As much of each partition is fetched, as it is compressed: some 12,000 fixes that are not, and without end of what
# holds little. A larger batch comes all the same, alone.
PARTITION_BYTES = 4 * 1024 * 1024
# aiokafka has one fetch under way at each broker. One that asks for a topic in which nothing happens holds up the next,
# which would ask for fixes, and whatever else is asked on its connection: so none may wait long.
FETCH_WAIT_MS = 25
ANSWER_S = 10.0
NOTE_S = 2.0


@asynccontextmanager
async def kafka_source(
    bootstrap_servers: str, group_id: str, topics: Sequence[str] = TOPICS
) -> AsyncIterator["KafkaSource"]:
    """Connect to a broker, and disconnect at the end. Raises SourceFailed if none answers.

    Partitions are assigned by us and not by the group: `group_id` only names under what the broker shows our progress.
    """
    read_any_header_name()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=group_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=round(ANSWER_S * 1000),
        retry_backoff_ms=100,
        max_partition_fetch_bytes=PARTITION_BYTES,
        fetch_max_wait_ms=FETCH_WAIT_MS,
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=round(ANSWER_S * 1000))
    try:
        async with _as_source_failed(bootstrap_servers):
            await consumer.start()
            await admin.start()
        yield KafkaSource(consumer, admin, topics)
    finally:
        with suppress(KafkaError, OSError):
            await admin.close()
        with suppress(KafkaError, OSError):
            await _stop(consumer)


class KafkaSource:
    """A `FixSource` over a started consumer and admin client."""

    def __init__(self, consumer: Any, admin: Any, topics: Sequence[str]) -> None:
        self._consumer = consumer
        self._admin = admin
        self._topics = list(topics)
        self._at_once = FIRST_RECORDS

    async def partitions(self) -> list[Partition]:
        """Return the partitions of those topics that exist."""
        async with _as_source_failed():
            described = await asyncio.wait_for(self._admin.describe_topics(self._topics), ANSWER_S)
        return sorted(
            Partition(topic["topic"], partition["partition"])
            for topic in described
            for partition in topic["partitions"]
        )

    async def held(self, partitions: Sequence[Partition]) -> dict[Partition, Held]:
        """Return which offsets the broker holds."""
        wanted = [TopicPartition(*partition) for partition in partitions]
        async with _as_source_failed():
            begins = await asyncio.wait_for(self._consumer.beginning_offsets(wanted), ANSWER_S)
            ends = await asyncio.wait_for(self._consumer.end_offsets(wanted), ANSWER_S)
        return {Partition(*one): Held(begins[one], ends[one]) for one in wanted}

    def read_from(self, positions: Mapping[Partition, int]) -> None:
        """Read these partitions from these offsets on, and no others."""
        self._consumer.assign([TopicPartition(*partition) for partition in positions])
        for partition, offset in positions.items():
            self.seek(partition, offset)

    def seek(self, partition: Partition, offset: int) -> None:
        """Read a partition again from an offset."""
        self._consumer.seek(TopicPartition(*partition), offset)

    async def fetch(self, wait_s: float) -> Mapping[Partition, Sequence[Record]]:
        """Return up to RECORDS_AT_ONCE records, and about BYTES_AT_ONCE if they are as large as those before them."""
        async with _as_source_failed():
            fetched = await self._consumer.getmany(timeout_ms=round(wait_s * 1000), max_records=self._at_once)
        if count := sum(map(len, fetched.values())):
            as_large = BYTES_AT_ONCE * count // sum(map(bytes_of, fetched.values()))
            self._at_once = max(1, min(as_large, 2 * self._at_once, RECORDS_AT_ONCE))
        return {Partition(*one): records for one, records in fetched.items()}

    async def note(self, positions: Mapping[Partition, int]) -> None:
        """Commit to the broker, for those who watch its lag; aiokafka does not take a commit of nothing."""
        if not positions:
            return
        offsets = {TopicPartition(*partition): offset for partition, offset in positions.items()}
        with suppress(KafkaError, TimeoutError):
            await asyncio.wait_for(self._consumer.commit(offsets), NOTE_S)


async def _stop(consumer: Any) -> None:
    """Stop a consumer. Where aiokafka cancels a fetch of its own that was about to try again, it stops half-way.

    It then raises the cancellation of that fetch, which would pass for one of ours and end the process.
    """
    stopped: BaseException | None
    (stopped,) = await asyncio.gather(consumer.stop(), return_exceptions=True)
    if isinstance(stopped, asyncio.CancelledError):
        await consumer._client.close()  # noqa: SLF001 - what stop() did not come to
    elif stopped is not None:
        raise stopped


async def make_topics(bootstrap_servers: str, partitions: int, topics: Sequence[str] = TOPICS) -> None:
    """Make topics that are missing, with one replica: for one machine. Raises SourceFailed."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        async with _as_source_failed(bootstrap_servers):
            await admin.start()
            for topic in topics:
                with suppress(TopicAlreadyExistsError):
                    await admin.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1)])
    finally:
        await admin.close()


@asynccontextmanager
async def _as_source_failed(at: str = "") -> AsyncIterator[None]:
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as failed:
        where = f" at {at}" if at else ""
        raise SourceFailed(f"Kafka{where} does not answer ({type(failed).__name__})") from failed
